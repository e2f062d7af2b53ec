"""What the shot loop is given: an entry point, its arguments, and room for what it returns."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from qirjit_magic.engine.runtime.program import Shots
from qirjit_magic.engine.runtime.thunks import returning
from qirjit_magic.wire.modules import EntryPoint
from qirjit_magic.wire.protocol import RunRequest


@dataclass(frozen=True, slots=True)
class Shooting:
    """The shots, and the memory that they point to."""

    shots: Shots
    words: ctypes.Array[ctypes.c_int64]


def shots_of(request: RunRequest, entry: EntryPoint, *, thunk: int, address: int, first: int, count: int) -> Shooting:
    """The shots from ``first`` to ``count`` of an entry point with the arguments of a request.

    Args:
        request: whose arguments it has.
        entry: the entry point.
        thunk: what calls it.
        address: where it is.
        first: the first shot.
        count: how many there are in the whole run.
    """
    returned = returning(entry.signature)
    given = len(request.arguments)
    words = (ctypes.c_int64 * (given + returned.words + 1))(*request.arguments)
    place = ctypes.addressof(words)
    after = place + given * ctypes.sizeof(ctypes.c_int64)
    return Shooting(Shots(thunk, address, place, first, count, after, returned.words, returned.pointers), words)
