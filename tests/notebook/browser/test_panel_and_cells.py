"""The panel follows the cells of its notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage
from tests.notebook.kernels import program


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_a_cell_that_is_run_again_changes_the_dropdown_and_what_runs(front_end: str, open_notebook: Opener) -> None:
    notebook = open_notebook(front_end, LOAD, adding("code", program("counter")), PANEL, "%qir_reset")
    for index in range(3):
        notebook.run_cell(index)
    panel = PanelOnPage(notebook.page)
    expect(panel.entry.locator("option")).to_have_text(["code · increment() → i64"])

    notebook.run_cell(1, adding("code", program("sum")))
    expect(panel.entry.locator("option")).to_have_text(["code · sum(i64) → i64"])
    panel.argument("Argument 1 (i64)").fill("9")
    panel.run.click()
    expect(panel.shown).to_contain_text("45")

    notebook.run_cell(3)
    expect(panel.entry.locator("option")).to_have_count(0)
    expect(panel.run).to_be_disabled()
