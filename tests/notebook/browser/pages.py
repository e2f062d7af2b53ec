"""A notebook in a browser's page."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

TIMEOUT_S = 30.0

# Where notebooks are opened; each page of JupyterLab has a workspace of its own, without what earlier ones left.
FRONT_ENDS = {"lab": "lab/workspaces/{number}/tree", "notebook": "notebooks", "voila": "voila/render"}

# Notebook 7 has these errors with any notebook, also an empty one.
_OF_NOTEBOOK_7 = ("Cannot read properties of undefined (reading 'schema')",)

_READY = """() => {
  const shown = window.jupyterapp?.shell?.currentWidget;
  const session = shown?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === 'idle' && shown.content?.widgets?.length > 0;
}"""
_ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .flatMap(cell => cell.model.type === 'code' ? cell.model.sharedModel.toJSON().outputs : [])
  .filter(output => output.output_type === 'error').map(output => `${output.ename}: ${output.evalue}`)"""

_SHOW_ANEW = """async index => {
  jupyterapp.shell.currentWidget.content.activeCellIndex = index;
  await jupyterapp.commands.execute('notebook:clear-cell-output');
  await jupyterapp.commands.execute('notebook:run-cell');
}"""


@dataclass
class NotebookPage:
    """A notebook that is open.

    Attributes:
        page: Playwright's.
        front_end: a name of `FRONT_ENDS`.
        problems: errors of the page's own scripts that nothing caught.
    """

    page: Page
    front_end: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(1000 * TIMEOUT_S)
        self.page.on("pageerror", lambda error: self.problems.append(error.message))

    def open(self, url: str) -> None:
        """Open it, and wait until its kernel is there."""
        self.page.goto(url, wait_until="domcontentloaded")
        if self.front_end == "voila":  # it has run every cell then
            expect(self.page.locator(".jp-OutputArea-output").first).to_be_visible()
        else:
            self.page.wait_for_function(_READY)

    def run_all(self, *, may_fail: bool = False) -> None:
        """Run every cell; none may end in an error, unless that is what one wants to see."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        assert may_fail or self.page.evaluate(_ERRORS) == []

    def cell(self, index: int) -> Locator:
        """A cell, and what is below it."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def outputs(self, index: int) -> Locator:
        """What a cell shows."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def run_cell(self, index: int, text: str | None = None) -> None:
        """Run a cell from the keyboard, with another text where one is given."""
        editor = self.cell(index).locator(".cm-content")
        if text is not None:
            editor.fill(text)
        editor.press("Shift+Enter")

    def show_anew(self, index: int) -> None:
        """Run a cell once more, with nothing below it until it shows something."""
        self.page.evaluate(_SHOW_ANEW, index)

    def switch_theme(self, theme: str) -> None:
        """Have another theme: ``JupyterLab Dark``, ``JupyterLab Light``."""
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", theme)

    def unexpected_problems(self) -> list[str]:
        """The problems, without those that the front end always has."""
        known = _OF_NOTEBOOK_7 if self.front_end == "notebook" else ()
        return [problem for problem in self.problems if problem not in known]
