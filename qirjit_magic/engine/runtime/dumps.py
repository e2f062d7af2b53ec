"""State dumps: their text is put into the places that marker records kept for them."""

from __future__ import annotations

import struct

from qirjit_magic.wire.memory import PENDING, RECORD_SIZE, RecordKind, RecordMemory, Word


def put_dumps(memory: RecordMemory, dumps: list[str]) -> None:
    """Give each waiting marker of the unfinished shot the next dump's text."""
    texts = iter(dumps)
    for position in range(memory.committed(), memory.position(), RECORD_SIZE):
        kind, _, value = struct.unpack("<IIq", memory.records(position, position + RECORD_SIZE))
        if kind == RecordKind.DUMP and value == PENDING:
            offset, length = memory.append_text(next(texts, ""))
            memory.put_record(position, (kind, offset, length))
            memory.put_word(Word.LINES, memory.word(Word.LINES) + 1)
