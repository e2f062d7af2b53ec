"""A program that says very much."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import Opener
from tests.notebook.browser.panels import PanelOnPage

MOST_CHARACTERS = 20_000

# Of a box that is filled from its end: how far its end is out of sight.
_FROM_THE_END = """box => {
  while (getComputedStyle(box).overflowY !== 'auto') box = box.parentElement;
  return box.scrollTop;
}"""


def test_of_a_million_lines_the_page_keeps_the_newest_and_goes_on_answering(open_notebook: Opener) -> None:
    notebook = open_notebook("lab", LOAD, adding("floods"), adding("million_lines"), PANEL)
    notebook.run_all()
    panel = PanelOnPage(notebook.page)
    panel.choose("million_lines · million_lines() *")
    panel.run.click()
    expect(panel.output).to_contain_text("12345678")
    panel.choose("floods · long_message(i64)")
    expect(panel.argument("Argument 1 (i64)")).to_be_visible()  # the kernel has answered
    expect(panel.run).to_be_enabled()
    expect(panel.output).to_contain_text("12345678")
    assert len(panel.output.inner_text()) <= MOST_CHARACTERS
    expect(panel.root.get_by_role("link", name="Save the output")).to_be_visible()
    distance = (
        "box => { while (getComputedStyle(box).overflowY !== 'auto') box = box.parentElement; return box.scrollTop }"
    )
    assert panel.output.evaluate(distance) == 0  # of a box that is filled from its end: the end is in sight
