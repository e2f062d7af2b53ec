"""The input of the shot loop: an entry point, its arguments, and room for what it returns."""

from __future__ import annotations

import ctypes
import struct

import msgspec

from qirjit_magic.engine.runtime.program import ShotBlock
from qirjit_magic.engine.runtime.thunks import return_layout
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.module_info import EntryPoint
from qirjit_magic.protocol.shared_memory import PENDING, RECORD_SIZE, RecordKind, RecordMemory, Word


def put_dumps(memory: RecordMemory, dumps: list[str]) -> None:
    """Give each waiting marker of the unfinished shot the next dump's text."""
    texts = iter(dumps)
    for position in range(memory.committed_bytes(), memory.position(), RECORD_SIZE):
        kind, _, value = struct.unpack("<IIq", memory.records(position, position + RECORD_SIZE))
        if kind == RecordKind.DUMP and value == PENDING:
            offset, length = memory.append_text(next(texts, ""))
            memory.put_record(position, (kind, offset, length))
            memory.put_word(Word.LINES, memory.word(Word.LINES) + 1)


class PreparedShots(msgspec.Struct, frozen=True):
    """The shots, and the memory that they point to."""

    shots: ShotBlock
    words: ctypes.Array[ctypes.c_int64]


def prepare_shots(
    request: RunRequest, entry: EntryPoint, *, thunk: int, address: int, first: int, count: int
) -> PreparedShots:
    """The shots from ``first`` to ``count`` of an entry point with the arguments of a request.

    Args:
        request: whose arguments it has.
        entry: the entry point.
        thunk: what calls it.
        address: where it is.
        first: the first shot.
        count: how many there are in the whole run.
    """
    returned = return_layout(entry.signature)
    given = len(request.arguments)
    words = (ctypes.c_int64 * (given + returned.words + 1))(*request.arguments)
    place = ctypes.addressof(words)
    after = place + given * ctypes.sizeof(ctypes.c_int64)
    return PreparedShots(
        ShotBlock(thunk, address, place, first, count, after, returned.words, returned.pointers), words
    )
