"""The QIR modules of a notebook."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat

from qirjit_magic.errors import SourceError
from qirjit_magic.notebook.convert.qir_cells import QirCell

_VERSION = 4


def read_cells(data: bytes) -> tuple[QirCell, ...]:
    """The ``%%qir`` cells of a notebook, in its order.

    Args:
        data: the notebook's file, of any version of the format.

    Raises:
        SourceError: it is no notebook.
    """
    return tuple(_cells(_read(data)))


def _read(data: bytes) -> Mapping[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is amiss in its form; its cells are there all the same
            return nbformat.reads(data.decode("utf-8-sig"), as_version=_VERSION)  # type: ignore[no-any-return]
    except RecursionError:
        message = "it is no notebook: its JSON is nested too deeply. Give a .ipynb file."
    except Exception as error:  # noqa: BLE001 - nbformat raises whatever comes of a field that is not what it takes
        message = f"it is no notebook that can be read: {str(error)[:200] or type(error).__name__}. Give a .ipynb file."
    raise SourceError(message)


def _cells(notebook: Mapping[str, Any]) -> Iterator[QirCell]:
    for cell in notebook.get("cells", ()):
        source = cell.get("source")
        if cell.get("cell_type") == "code" and isinstance(source, str):
            metadata = cell.get("metadata")
            found = QirCell.of(source, metadata if isinstance(metadata, Mapping) else {})
            if found is not None:
                yield found
