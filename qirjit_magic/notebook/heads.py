"""Where in a notebook's cell its ``%%qir`` line stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

CELL = re.compile(r"\s*%%qir(?=\s|\Z)")
_OTHER_CELL_MAGIC = re.compile(r"\s*(?:%%\w|\Z)")


def head_of(lines: Sequence[str]) -> int | None:
    """The number of the ``%%qir`` line, from 0; None where it is no cell of QIR.

    Other cell magics, such as ``%%time``, and empty lines may stand before it.

    Args:
        lines: those of the cell, with their line breaks or without.
    """
    for number, line in enumerate(lines):
        if CELL.match(line):
            return number
        if not _OTHER_CELL_MAGIC.match(line):
            break
    return None
