"""Cells of the notebooks that are opened."""

from __future__ import annotations

from tests.notebook.kernels import program

LOAD = "%load_ext qirjit_magic"
PANEL = "%qir_panel"


def adding(name: str, text: str | None = None) -> str:
    """A cell that compiles a program of the tests, or this text, as a module of this name."""
    return f"%%qir --name {name} --no-run\n{program(name) if text is None else text}"
