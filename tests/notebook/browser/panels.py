"""The panel on a page, its parts found by what a reader of screens would call them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

_DONE = re.compile(r"([\d,]+) of [\d,]+ shots")


def _named(word: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*{word}$")  # a button's icon is a character of its name


@dataclass(frozen=True)
class PanelOnPage:
    """The parts of the panel."""

    page: Page

    @property
    def root(self) -> Locator:
        """All of it."""
        return self.page.locator(".jp-OutputArea-output").filter(has=self.page.get_by_label("Entry point"))

    @property
    def entry(self) -> Locator:
        """The dropdown of entry points."""
        return self.root.get_by_role("combobox", name="Entry point")

    @property
    def shots(self) -> Locator:
        """The field of shots."""
        return self.root.get_by_label("Shots")

    @property
    def run(self) -> Locator:
        """The button that starts a run."""
        return self.root.get_by_role("button", name=_named("Run"))

    @property
    def stop(self) -> Locator:
        """The button that ends it."""
        return self.root.get_by_role("button", name=_named("Stop"))

    def choose(self, label: str) -> None:
        """Choose an entry point."""
        self.entry.select_option(label=label)

    def shots_done(self) -> int:
        """How many shots of a long run are done; waits until it says so."""
        expect(self.root).to_contain_text(_DONE)
        found = _DONE.search(self.root.inner_text())
        return int(found[1].replace(",", "")) if found else -1
