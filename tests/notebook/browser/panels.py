"""The panel on a page, its parts found by what a reader of screens would call them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

_DONE = re.compile(r"([\d\s]+) / [\d\s]+")


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
        return self.root.get_by_role("spinbutton", name="Shots")

    @property
    def seed(self) -> Locator:
        """The field of the seed."""
        return self.root.get_by_role("textbox", name="Seed")

    @property
    def run(self) -> Locator:
        """The button that starts a run."""
        return self.root.get_by_role("button", name="Run", exact=True)

    @property
    def stop(self) -> Locator:
        """The button that ends it."""
        return self.root.get_by_role("button", name="Stop", exact=True)

    @property
    def output(self) -> Locator:
        """What a run says."""
        return self.root.get_by_role("region", name="Output")

    @property
    def progress(self) -> Locator:
        """The bar of a run."""
        return self.root.get_by_role("progressbar")

    def argument(self, label: str) -> Locator:
        """The field of a parameter, such as ``Argument 1 (i64)``."""
        return self.root.get_by_label(label)

    def tab(self, title: str) -> Locator:
        """The title of a page."""
        return self.root.get_by_role("tab", name=title, exact=True)

    @property
    def shown(self) -> Locator:
        """The page whose tab is chosen."""
        return self.root.locator(".widget-tab-contents > :not(.lm-mod-hidden)")

    def choose(self, label: str) -> None:
        """Choose an entry point."""
        self.entry.select_option(label=label)

    def shots_done(self) -> int:
        """How many shots of a long run are done; waits until it says so."""
        told = self.progress.locator("..")
        expect(told).to_contain_text(_DONE)
        found = _DONE.search(told.inner_text())
        return int("".join(found[1].split())) if found else -1
