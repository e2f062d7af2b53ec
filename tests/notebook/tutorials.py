"""Tutorial notebooks, executed: ``python -m tests.notebook.tutorials`` writes their outputs anew.

What a seed or the program fixes is compared with what is kept. Cells whose outputs are others each time (times, sizes,
what a machine can do) have the tag ``varies``; cells that are to fail have the tag ``raises-exception``, and the rest
runs all the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.files import REPOSITORY
from tests.notebook.kernels import TIMEOUT_S

FOLDER = REPOSITORY / "notebooks"
VARIES, RAISES = "varies", "raises-exception"
_PYTHON = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def tutorials() -> list[Path]:
    """The lessons, in their order."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path) -> Any:
    """A lesson with the outputs that it gives now, and nothing that is another one each time besides."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_S,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    notebook.metadata["kernelspec"], notebook.metadata["language_info"] = _PYTHON, {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def tags(cell: Any) -> frozenset[str]:
    """A cell's tags."""
    return frozenset(cell.metadata.get("tags", ()))


def main(words: Sequence[str]) -> None:
    """Execute the notebooks that are named, or all of them, and write them with their outputs."""
    parser = argparse.ArgumentParser(prog="python -m tests.notebook.tutorials", description=main.__doc__)
    parser.add_argument("notebooks", metavar="NOTEBOOK", nargs="*", type=Path)
    for path in parser.parse_args(words).notebooks or tutorials():
        nbformat.write(executed(path), path)
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
