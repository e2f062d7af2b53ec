"""The panel in JupyterLab, Notebook 7 and Voila."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage
from tests.notebook.kernels import program

LOAD = "%load_ext qirjit_magic"
SLOW = f"%%qir --name slow --no-run\n{program('slow_coin')}"
HELLO = f"%%qir --name hello --no-run\n{program('Hello')}"


@pytest.mark.parametrize("front_end", ["lab", "notebook", "voila"])
def test_an_entry_is_chosen_and_run_from_the_panel(front_end: str, open_notebook: Opener) -> None:
    notebook = open_notebook(front_end, LOAD, HELLO, SLOW, "%qir_panel")
    if front_end != "voila":
        notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.choose("slow · SlowCoin() *")
    panel.shots.fill("20")
    panel.run.click()
    expect(panel.root).to_contain_text("20 shots")
    panel.choose("hello · Hello__HelloQ()")
    panel.shots.fill("3")
    panel.run.click()
    expect(panel.root).to_contain_text("Hello quantum world!")
    expect(panel.stop).to_be_disabled()
    expect(panel.run).to_be_enabled()
