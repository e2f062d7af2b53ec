"""The panel on a page, by what a user of a screen reader would call its parts."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass(frozen=True)
class PanelOnPage:
    """The parts of the panel."""

    page: Page

    @property
    def root(self) -> Locator:
        """All of it."""
        has_entry = self.page.get_by_label("Entry point")
        return self.page.locator(".jp-OutputArea-output").filter(has=has_entry)

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
        return self.root.get_by_role("button", name="Run")

    @property
    def stop(self) -> Locator:
        """The button that ends it."""
        return self.root.get_by_role("button", name="Stop")

    def choose(self, label: str) -> None:
        """Choose an entry point."""
        self.entry.select_option(label=label)
