"""Pictures of every view in both themes, wide and as narrow as a telephone, to be looked at: nothing is compared.

Run: ``python -m tests.notebook.screenshots FOLDER``, with the extra `test` and Chromium.
"""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.notebook.browser.lessons import LOAD, PANEL, adding
from tests.notebook.browser.opening import DARK, LIGHT, Opener, chromium
from tests.notebook.browser.pages import NotebookPage
from tests.notebook.browser.panels import PanelOnPage
from tests.notebook.browser.servers import Servers
from tests.notebook.kernels import program

_WIDE, _NARROW, _HIGH = 1100, 390, 3000
_THEMES = {"light": LIGHT, "dark": DARK}
_FOLD_SIDEBAR = "jupyterapp.commands.execute('application:toggle-left-area')"

# Programs, by the names of their modules.
PROGRAMS = {
    "Bell": "Bell",
    "Hello": "Hello",
    "add": "add",
    "coins": "coins",
    "dumps": "dumps",
    "every_gate": "circuits/every_gate",
    "failing": "failing",
    "floods": "floods",
    "long": "circuits/long",
    "qft": "circuits/qft",
    "records": "records/every_record",
    "slow_shots": "slow_shots",
    "sum": "sum",
    "teleport": "teleport",
}

# Cells, by the names of the pictures of what they show.
CELLS = {
    "histogram": "%qir Bell --shots 1000 --seed 7",
    "histogram-of-many": "%qir coins --shots 3000 --seed 7",
    "records": "%qir main --seed 7",
    "messages": "%qir Hello__HelloQ --shots 3",
    "state": "%qir dumps --seed 7",
    "circuit": "%qir_show Bell --circuit",
    "circuit-every-gate": "%qir_show every_gate --circuit",
    "circuit-feedback": "%qir_show teleport --circuit",
    "circuit-qft": "%qir_show qft --circuit",
    "circuit-long": "%qir_show long --circuit --args 100",
    "ir": "%qir_show sum",
    "assembly": "%qir_show sum --asm",
    "profile": "%qir_show Bell --profile",
    "list": "%qir_list",
    "status": "%qir_status",
    "compiled": adding("slow_coin"),
    "syntax-error": f"%%qir\n{program('refused/value_without_definition')}",
    "program-failed": "%qir third_shot_fails --shots 5",
}


@dataclass(frozen=True)
class Camera:
    """Takes pictures of one page.

    Attributes:
        folder: where they go.
        prefix: what their names begin with.
    """

    folder: Path
    prefix: str

    def take(self, name: str, what: Locator) -> None:
        """A picture of a part of the page."""
        what.screenshot(path=self.folder / f"{self.prefix}-{name}.png", animations="disabled")


def _take_cells(notebook: NotebookPage, camera: Camera) -> None:
    for index, name in enumerate(CELLS, len(PROGRAMS) + 1):
        camera.take(name, notebook.cell(index))


def _take_panel(panel: PanelOnPage, camera: Camera) -> None:
    panel.choose("add · Add(i64, double) → double")
    panel.argument("Argument 1 (i64)").fill("forty")
    expect(panel.root.get_by_role("alert")).to_be_visible()
    camera.take("panel-wrong-argument", panel.root)
    _run(panel, "Bell · Bell() → i64 *", shots=1000)
    for title in ("Histogram", "Circuit", "IR"):
        _take_tab(panel, title, camera)
    _run(panel, "dumps · dumps() *", shots=1)
    for title in ("Records", "Messages", "State"):
        _take_tab(panel, title, camera)
    panel.choose("failing · fails()")
    panel.run.click()
    expect(panel.root.get_by_role("alert")).to_be_visible()
    camera.take("panel-failed", panel.root)
    panel.choose("slow_shots · slow() *")
    panel.shots.fill("100000")
    panel.run.click()
    panel.shots_done()
    camera.take("panel-running", panel.root)
    panel.stop.click()
    expect(panel.run).to_be_enabled()
    camera.take("panel-stopped", panel.root)


def _run(panel: PanelOnPage, label: str, *, shots: int) -> None:
    panel.choose(label)
    panel.seed.fill(str(shots))
    panel.shots.fill(str(shots))
    panel.run.click()
    expect(panel.root.get_by_role("status")).to_contain_text(f"seed {shots}")
    expect(panel.run).to_be_enabled()


def _take_tab(panel: PanelOnPage, title: str, camera: Camera) -> None:
    panel.tab(title).click()
    expect(panel.shown).not_to_contain_text("being made")
    camera.take(f"panel-{title.lower()}", panel.root)


def take_all(opener: Opener, folder: Path) -> None:
    """All pictures: ``lab-…`` and ``narrow-…`` (of Notebook 7), in both themes, and ``voila-…``."""
    preparing = [LOAD, *(adding(name, program(path)) for name, path in PROGRAMS.items())]
    for theme, full_name in _THEMES.items():
        for prefix, front_end, width in (("lab", "lab", _WIDE), ("narrow", "notebook", _NARROW)):
            notebook = opener(front_end, *preparing, *CELLS.values(), PANEL, theme=full_name, width=width, height=_HIGH)
            if front_end == "lab":
                notebook.page.evaluate(_FOLD_SIDEBAR)
            notebook.run_all(may_fail=True)
            camera = Camera(folder, f"{prefix}-{theme}")
            _take_cells(notebook, camera)
            _take_panel(PanelOnPage(notebook.page), camera)
            opener.close()
        notebook = opener("voila", *preparing, PANEL, theme=full_name, width=_WIDE)
        _take_panel(PanelOnPage(notebook.page), Camera(folder, f"voila-{theme}"))
        opener.close()


def main(folder: Path) -> None:
    """Take them, and say how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as closing, chromium() as browser:
        take_all(Opener(Servers(closing), browser), folder)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")  # noqa: T201 - a command line prints


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.notebook.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
