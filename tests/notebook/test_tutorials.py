"""The tutorial notebooks: run as they stand, and their kept outputs are what they give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.files import REPOSITORY
from tests.notebook.kernels import TIMEOUT_S

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_runs_and_gives_the_outputs_that_it_keeps(path: Path) -> None:
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=TIMEOUT_S, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert [_text(cell) for cell in fresh.cells] == [_text(cell) for cell in kept.cells]
    assert any(_text(cell) for cell in kept.cells)


def _text(cell: Any) -> str:
    # Printed text and values; tables of sizes and the panel's identity differ from machine to machine.
    outputs = cell.get("outputs", ())
    printed = [o["text"] for o in outputs if o["output_type"] == "stream"]
    values = [o["data"]["text/plain"] for o in outputs if o["output_type"] == "execute_result"]
    return "".join(printed + values)
