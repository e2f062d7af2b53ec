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
    expect(panel.root.get_by_role("status")).to_contain_text("20 shots in")
    panel.choose("Hello · Hello__HelloQ()")
    panel.shots.fill("3")
    panel.run.click()
    expect(panel.output).to_have_text("Hello quantum world!\n" * 3)
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


def test_parameters_have_fields_and_a_wrong_value_is_told_beside_its_field(open_notebook: Opener) -> None:
    notebook = open_notebook("lab", LOAD, adding("add"), PANEL)
    notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.argument("Argument 1 (i64)").fill("forty")
    expect(panel.root.get_by_role("alert")).to_contain_text("an integer from")
    expect(panel.run).to_be_disabled()
    panel.argument("Argument 1 (i64)").fill("40")
    panel.argument("Argument 2 (double)").fill("2.5")
    expect(panel.root.get_by_role("alert")).to_have_count(0)
    panel.run.click()
    expect(panel.shown).to_contain_text("42.5")


def test_a_panel_is_worked_from_the_keyboard(open_notebook: Opener) -> None:
    notebook = open_notebook("lab", LOAD, adding("Hello"), PANEL)
    notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.entry.focus()
    for name in ("Shots", "Seed", "Simulator", "Method"):
        notebook.page.keyboard.press("Tab")
        expect(panel.root.get_by_label(name, exact=True)).to_be_focused()
    notebook.page.keyboard.press("Tab")
    expect(panel.run).to_be_focused()
    notebook.page.keyboard.press("Enter")
    expect(panel.output).to_have_text("Hello quantum world!\n")


def test_each_tab_shows_its_page(open_notebook: Opener) -> None:
    notebook = open_notebook("lab", LOAD, adding("Bell"), adding("dumps"), PANEL)
    notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.choose("Bell · Bell() → i64 *")
    panel.shots.fill("1000")
    panel.run.click()
    expect(panel.tab("Histogram")).to_have_attribute("aria-selected", "true")
    expect(panel.shown.get_by_role("img", name=re.compile("Histogram"))).to_be_visible()
    panel.tab("IR").click()
    expect(panel.shown).to_contain_text("define i64 @Bell()")
    panel.tab("Histogram").click()
    expect(panel.shown.get_by_role("img", name=re.compile("Histogram"))).to_be_visible()
