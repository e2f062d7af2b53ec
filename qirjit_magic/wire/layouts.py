"""`Layout`: shots that all recorded the same, but for the values, as most programs' shots do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.wire.memory import RECORD_SIZE, RecordKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = 2  # of a record: kind and text are halves of one, the value is the other
_HALF_BITS = 32
_HALF = (1 << _HALF_BITS) - 1
_LONGEST = 4096  # records; a shot of more is not looked at here


@dataclass(frozen=True, eq=False)
class Layout:
    """The records of some shots, one after the other.

    Attributes:
        kinds: ``int64[n]``, those of each shot; the last one is END, no other is, and none is RESULT_ARRAY, whose
            value is another text each time.
        texts: ``int64[n]``, the offsets of their texts.
        values: ``int64[shots, n]``.
    """

    kinds: NDArray[np.int64]
    texts: NDArray[np.int64]
    values: NDArray[np.int64]


def layout_of(piece: bytes) -> Layout | None:
    """The layout of some shots, None where they have not all recorded the same.

    Args:
        piece: the bytes of their records; where these are no whole shots, they have no layout.
    """
    words = np.frombuffer(piece, "<i8", _WORDS * (len(piece) // RECORD_SIZE))
    heads = words[::_WORDS]
    ends = np.flatnonzero(heads[:_LONGEST] & _HALF == RecordKind.END)
    if not len(ends) or len(heads) % (length := int(ends[0]) + 1):
        return None
    rows = words.reshape(-1, _WORDS * length)
    first = rows[0, ::_WORDS]
    kinds = first & _HALF
    known = (kinds >= min(RecordKind)) & (kinds <= max(RecordKind)) & (kinds != RecordKind.RESULT_ARRAY)
    if not known.all() or not (rows[:, ::_WORDS] == first).all():
        return None
    return Layout(kinds, first >> _HALF_BITS & _HALF, rows[:, 1::_WORDS])
