"""The panel at work in JupyterLab, Notebook 7 and Voila."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.looks import faint_texts
from tests.notebook.browser.opening import DARK, LIGHT, Opener
from tests.notebook.browser.pages import NotebookPage
from tests.notebook.browser.panels import PanelOnPage

FRONT_ENDS = ["lab", "notebook", "voila"]
MAX_CHARACTERS = 20_000

# Of a box that is filled from its end: how far its end is out of sight.
_FROM_THE_END = """box => {
  while (getComputedStyle(box).overflowY !== 'auto') box = box.parentElement;
  return box.scrollTop;
}"""
BILLION = "1000000000"


PROGRAMS = ("Bell", "Hello", "add", "dumps", "floods", "million_lines", "slow_shots")

PanelIn = Callable[[str], PanelOnPage]


@pytest.fixture(scope="module")
def notebooks(opener: Opener) -> Callable[[str], NotebookPage]:
    """A notebook in each front end in which everything was run; they stay open, since opening them takes long."""

    @functools.cache
    def opened(front_end: str) -> NotebookPage:
        notebook = opener(front_end, LOAD, *map(adding, PROGRAMS), PANEL)
        if front_end != "voila":
            notebook.run_all()
        return notebook

    return opened


@pytest.fixture
def panel_in(notebooks: Callable[[str], NotebookPage]) -> Iterator[PanelIn]:
    """The panel in a front end: a new one, but in Voila."""
    used: list[NotebookPage] = []

    def panel(front_end: str) -> PanelOnPage:
        notebook = notebooks(front_end)
        used.append(notebook)
        if front_end != "voila":
            notebook.show_anew(len(PROGRAMS) + 1)
        return PanelOnPage(notebook.page)

    yield panel
    assert [problem for notebook in used for problem in notebook.unexpected_problems()] == []


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_the_entry_that_is_chosen_runs_for_as_many_shots_as_are_set(front_end: str, panel_in: PanelIn) -> None:
    panel = panel_in(front_end)
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


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_lines_and_progress_are_live_and_stop_keeps_the_shots_that_are_done(front_end: str, panel_in: PanelIn) -> None:
    panel = panel_in(front_end)
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


def test_parameters_have_fields_and_a_wrong_value_is_told_beside_its_field(panel_in: PanelIn) -> None:
    panel = panel_in("lab")
    panel.choose("add · Add(i64, double) → double")
    panel.argument("Argument 1 (i64)").fill("forty")
    expect(panel.root.get_by_role("alert")).to_contain_text("an integer from")
    expect(panel.run).to_be_disabled()
    panel.argument("Argument 1 (i64)").fill("40")
    panel.argument("Argument 2 (double)").fill("2.5")
    expect(panel.root.get_by_role("alert")).to_have_count(0)
    panel.run.click()
    expect(panel.shown).to_contain_text("42.5")


def test_a_panel_is_worked_from_the_keyboard(panel_in: PanelIn) -> None:
    panel = panel_in("lab")
    panel.choose("Hello · Hello__HelloQ()")
    panel.entry.focus()
    for name in ("Shots", "Seed", "Simulator", "Method"):
        panel.page.keyboard.press("Tab")
        expect(panel.root.get_by_label(name, exact=True)).to_be_focused()
    panel.page.keyboard.press("Tab")
    expect(panel.run).to_be_focused()
    panel.page.keyboard.press("Enter")
    expect(panel.output).to_have_text("Hello quantum world!\n")


def test_each_tab_shows_its_page(panel_in: PanelIn) -> None:
    panel = panel_in("lab")
    panel.choose("Bell · Bell() → i64 *")
    panel.shots.fill("1000")
    panel.run.click()
    expect(panel.tab("Histogram")).to_have_attribute("aria-selected", "true")
    expect(panel.shown.get_by_role("img", name=re.compile("Histogram"))).to_be_visible()
    panel.tab("Circuit").click()
    expect(panel.shown.get_by_role("img", name=re.compile("Circuit of Bell"))).to_be_visible()
    panel.tab("IR").click()
    expect(panel.shown).to_contain_text("define i64 @Bell()")
    panel.choose("dumps · dumps() *")
    panel.shots.fill("1")
    panel.run.click()
    expect(panel.tab("Records")).to_have_attribute("aria-selected", "true")
    panel.tab("Messages").click()
    expect(panel.shown).to_contain_text("between")
    panel.tab("State").click()
    expect(panel.shown.get_by_role("columnheader", name="amplitude").first).to_be_visible()
    panel.tab("Records").click()
    expect(panel.shown).to_contain_text("RESULT")


def test_of_a_million_lines_the_page_keeps_the_newest_and_goes_on_answering(panel_in: PanelIn) -> None:
    panel = panel_in("lab")
    panel.choose("million_lines · million_lines() *")
    panel.run.click()
    expect(panel.output).to_contain_text("12345678")
    panel.choose("floods · long_message(i64)")
    expect(panel.argument("Argument 1 (i64)")).to_be_visible()  # the kernel has answered
    expect(panel.run).to_be_enabled()
    expect(panel.output).to_contain_text("12345678")
    assert len(panel.output.inner_text()) <= MAX_CHARACTERS
    expect(panel.root.get_by_role("link", name="Save the output")).to_be_visible()
    distance = (
        "box => { while (getComputedStyle(box).overflowY !== 'auto') box = box.parentElement; return box.scrollTop }"
    )
    assert panel.output.evaluate(distance) == 0  # of a box that is filled from its end: the end is in sight


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_panel_can_be_read_in_the_theme_one_switches_to(
    front_end: str, panel_in: PanelIn, notebooks: Callable[[str], NotebookPage]
) -> None:
    panel = panel_in(front_end)
    panel.choose("Bell · Bell() → i64 *")
    panel.shots.fill("1000")
    panel.run.click()
    expect(panel.tab("Histogram")).to_have_attribute("aria-selected", "true")  # it comes to the front when it is there
    for theme in (DARK, LIGHT):
        notebooks(front_end).switch_theme(theme)
        for title, part in (("IR", "define"), ("Circuit", "depth"), ("Histogram", "outcomes")):
            panel.tab(title).click()
            expect(panel.shown).to_contain_text(part)
            assert faint_texts(panel.root) == [], (theme, title)
