"""The panel follows the cells of its notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage

ANSWER = "define i64 @{name}() {{\n  ret i64 {value}\n}}\n"


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_a_cell_that_is_run_again_changes_the_dropdown_and_what_runs(front_end: str, open_notebook: Opener) -> None:
    notebook = open_notebook(
        front_end, LOAD, adding("answer", ANSWER.format(name="before", value=41)), PANEL, "%qir_reset"
    )
    notebook.page.evaluate("jupyterapp.commands.execute('notebook:move-cursor-up')")
    for index in range(3):
        notebook.run_cell(index)
    panel = PanelOnPage(notebook.page)
    expect(panel.entry.locator("option")).to_have_text(["answer · before() → i64"])

    notebook.run_cell(1, adding("answer", ANSWER.format(name="after", value=42)))
    expect(panel.entry.locator("option")).to_have_text(["answer · after() → i64"])
    panel.run.click()
    expect(panel.root).to_contain_text("42")

    notebook.run_cell(3)
    expect(panel.entry.locator("option")).to_have_count(0)
    expect(panel.run).to_be_disabled()
