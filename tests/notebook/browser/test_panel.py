"""The panel at work in JupyterLab, Notebook 7 and Voila."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage

FRONT_ENDS = ["lab", "notebook", "voila"]
BILLION = "1000000000"


@pytest.fixture
def panel(request: pytest.FixtureRequest, open_notebook: Opener) -> PanelOnPage:
    """The panel of a notebook in which every cell was run."""
    notebook = open_notebook(request.param, LOAD, adding("Hello"), adding("slow_shots"), PANEL)
    if notebook.front_end != "voila":
        notebook.run_all()
    return PanelOnPage(notebook.page)


@pytest.mark.parametrize("panel", FRONT_ENDS, indirect=True)
def test_the_entry_that_is_chosen_runs_for_as_many_shots_as_are_set(panel: PanelOnPage) -> None:
    expect(panel.stop).to_be_disabled()
    panel.choose("slow_shots · slow() *")
    panel.shots.fill("20")
    panel.run.click()
    expect(panel.root).to_contain_text("20 shots")
    panel.choose("Hello · Hello__HelloQ()")
    panel.shots.fill("3")
    panel.run.click()
    expect(panel.root).to_contain_text(re.compile(r"(Hello quantum world!\s*){3}"))
    expect(panel.run).to_be_enabled()
    expect(panel.stop).to_be_disabled()


@pytest.mark.parametrize("panel", FRONT_ENDS, indirect=True)
def test_lines_and_progress_are_live_and_stop_keeps_the_shots_that_are_done(panel: PanelOnPage) -> None:
    panel.choose("slow_shots · slow() *")
    panel.shots.fill(BILLION)
    panel.run.click()
    expect(panel.run).to_be_disabled()
    expect(panel.output).to_contain_text(re.compile(r"(running\s+){2}"))
    early = panel.shots_done()
    while panel.shots_done() == early:
        expect(panel.stop).to_be_enabled()
    panel.stop.click()
    expect(panel.root).to_contain_text(re.compile(r"stopped: [\d\s]+ of 1\s000\s000\s000 shots kept"))
    expect(panel.tab("Histogram")).to_be_visible()
    expect(panel.run).to_be_enabled()
    expect(panel.stop).to_be_disabled()
