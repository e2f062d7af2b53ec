"""The panel on a narrow page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.looks import hidden_width
from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage


@pytest.mark.parametrize("front_end", ["notebook", "voila"])
def test_the_panel_fits_a_page_of_390_pixels(front_end: str, open_notebook: Opener) -> None:
    notebook = open_notebook(front_end, LOAD, adding("Hello"), adding("add"), PANEL, width=390)
    if front_end == "notebook":
        notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.choose("add · Add(i64, double) → double")
    panel.run.click()
    expect(panel.shown).to_contain_text("0.0")
    assert hidden_width(panel.root) == 0
    panel.choose("Hello · Hello__HelloQ()")
    panel.shots.fill("50")
    panel.run.click()
    expect(panel.output).to_contain_text("Hello")
    assert hidden_width(panel.root) == 0
