"""A hostile program in a real kernel: what it prints, names and labels reaches the cell as text and does nothing."""

from __future__ import annotations

import pytest

from tests.hostile import acting
from tests.notebook.kernels import Cell, Kernel, program

PYTHON = r"""
import qirjit_magic as qir
@qir.intrinsic("hostile_python", "void ()")
def hostile_python():
    print("<script>\x1b]0;title\x07\x1b[2J\r\u202e\x9b31m", flush=True)
    raise ValueError("<script>\x1b]0;title\x07\x1b[2J\r\u202e\x9b31m")
"""
NAME = '"<script>alert(1)</script>\x1b]0;title\x07"'
CALLS_PYTHON = "declare void @hostile_python()\ndefine void @calls_python() { call void @hostile_python() ret void }"
CELLS = {
    "a cell that is compiled": f"%%qir --name {NAME} --no-run\n{program('hostile_text')}",
    "messages, labels and an entry point": "%qir",
    "many shots": "%qir --shots 3",
    "the labeled output": "%qir --format labeled",
    "the outputs as JSON": "%qir --format json",
    "a failure": "%qir hostile_fails",
    "Python": f"%%qir --name python\n{CALLS_PYTHON}",
    "a name that nobody defines": f"%%qir --entry calls_hostile_name\n{program('hostile_name')}",
    "a syntax error": '%%qir\ndefine void @"\\1B[2J<script>\x1b[2J\x9b31m\u202e',
    "an entry point that is not there": f"%qir {NAME}",
    "the modules": "%qir_list",
    "the profile": f"%qir_show {NAME} --profile",
    "the code": f"%qir_show {NAME}",
    "the object code": f"%qir_show {NAME} --object",
    "the circuit": f"%qir_show {NAME} --circuit",
    "the status": "%qir_status",
    "the panel": "%qir_panel",
}


@pytest.fixture(scope="module")
def hostile(kernel: Kernel) -> Kernel:
    """The kernel with the hostile program in it."""
    assert kernel.run(PYTHON).status == "ok"
    made = kernel.run(CELLS["a cell that is compiled"])
    assert made.status == "ok", made.traceback
    return kernel


def shown(cell: Cell) -> list[str]:
    """Every text of a cell that a front end shows."""
    displayed = [text for data in cell.displayed for kind, text in data.items() if kind.startswith("text/")]
    return [cell.stdout, cell.stderr, cell.error_text, cell.traceback, *displayed]


@pytest.mark.parametrize("what", CELLS)
def test_what_a_hostile_program_says_does_nothing(hostile: Kernel, what: str) -> None:
    cell = hostile.run(CELLS[what])
    texts = shown(cell)
    assert any(texts)
    assert [acting(text) for text in texts] == [set()] * len(texts)
    assert not any("<script" in data.get("text/html", "") for data in cell.displayed)


def test_the_panel_of_a_hostile_program_shows_text(hostile: Kernel) -> None:
    hostile.run("%qir_panel")
    hostile.run("panel = get_ipython().magics_manager.registry['QirMagics']._panels[-1]")
    hostile.run("names = [label for label, _ in panel.entry.options]")
    for entry in ("entry", "hostile_fails", "calls_python"):
        choice = f"next(value for _, value in panel.entry.options if value[1].startswith({entry!r}))"
        hostile.run(f"panel.entry.value = {choice}\npanel.run_button.click()\nended = panel.wait(30)")
        page = hostile.run("print(panel.output.value, panel.problem.value, panel.status.value, *names)").stdout
        assert "script" in page
        assert "<script" not in page.partition("</pre>")[0]
        assert not acting(page)
