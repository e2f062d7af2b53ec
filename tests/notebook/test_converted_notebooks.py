"""Notebooks that ``qirjit notebook`` makes: they run as they are, and in the front ends' way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import nbformat
from nbclient import NotebookClient

from qirjit_magic.cli import main
from tests.files import PROGRAMS, TUTORIAL_PROGRAMS
from tests.notebook.kernels import TIMEOUT_S

_COMMAND = re.compile(r"^- `[^`]+`: `(%qir [^`]+)`$", re.MULTILINE)


def _run(notebook: Any) -> list[str]:
    """What each code cell printed."""
    NotebookClient(notebook, timeout=TIMEOUT_S).execute()
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def test_a_made_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    # A user before what it uses, both ends of line, bitcode, two files of one name.
    bitcode, windows, made = tmp_path / "typed.bc", tmp_path / "Bell.ll", tmp_path / "made.ipynb"
    hello = llvm.parse_assembly((PROGRAMS / "teleport.ll").read_text(), llvm.create_context())
    bitcode.write_bytes(hello.as_bitcode())
    windows.write_bytes((TUTORIAL_PROGRAMS / "Bell.ll").read_bytes().replace(b"\n", b"\r\n"))
    bell = TUTORIAL_PROGRAMS / "Bell.ll"
    files = [PROGRAMS / "is_even.ll", PROGRAMS / "is_odd.ll", bitcode, bell, windows]
    assert main(["notebook", *map(str, files), "-o", str(made)]) == 0
    notebook = nbformat.read(made, as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    commands = _COMMAND.findall("\n".join(cell.source for cell in notebook.cells))
    assert commands[0] == "%qir is_even --args 1"
    assert commands[-2:] == ["%qir Bell --name Bell", "%qir Bell"]
    notebook.cells += [nbformat.v4.new_code_cell(f"{line} --seed 7 --format counts --shots 10") for line in commands]
    printed = _run(notebook)
    assert printed[0] == ""
    assert [text.splitlines()[0].split(":")[0] for text in printed[1:6]] == [
        f"compiled '{name}'" for name in ("is_even", "is_odd", "typed", "Bell", "Bell_2")
    ]
    assert printed[-1] == printed[-2] != ""
    panel = notebook.cells[2 * len(files) + 3].outputs[0]
    assert all(label in panel["data"]["text/plain"] for label in ("is_even", "teleport", "Bell_2"))
