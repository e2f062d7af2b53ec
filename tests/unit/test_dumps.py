from __future__ import annotations

import struct

import pytest

from qirjit_magic.engine.runtime.dumps import put_dumps
from qirjit_magic.session.watching import RunWatch
from qirjit_magic.wire.memory import RECORD_SIZE, RecordKind, RecordMemory, Word
from qirjit_magic.wire.records import Piece, Record, decode

_MARKER = (RecordKind.DUMP, 0, -1)
_END = (RecordKind.END, 0, 0)


def _write(memory: RecordMemory, *records: tuple[int, int, int], committed: int = 0) -> None:
    for index, record in enumerate(records):
        memory.put_record(index * RECORD_SIZE, record)
    memory.put_word(Word.POSITION, len(records) * RECORD_SIZE)
    memory.put_word(Word.COMMITTED, committed * RECORD_SIZE)


def _read(memory: RecordMemory) -> list[tuple[int, int, int]]:
    return list(struct.iter_unpack("<IIq", memory.records(0, memory.position())))


def _texts(memory: RecordMemory) -> list[str]:
    data = memory.records(0, memory.position())
    return decode([Piece(data, b"", memory.text())]).finished.messages()


def test_each_marker_gets_the_next_text(memory: RecordMemory) -> None:
    _write(memory, _MARKER, (RecordKind.INT, 0, 7), _MARKER, _END)
    put_dumps(memory, ["STATE: |0⟩", "STATE: |1⟩"])
    assert _texts(memory) == ["STATE: |0⟩", "STATE: |1⟩"]
    assert _read(memory)[1] == (RecordKind.INT, 0, 7)
    assert [memory.text_at(offset, length) for kind, offset, length in _read(memory) if kind == RecordKind.DUMP] == [
        "STATE: |0⟩",
        "STATE: |1⟩",
    ]


def test_shots_that_are_committed_are_left_alone(memory: RecordMemory) -> None:
    _write(memory, _MARKER, _END, _MARKER, _END, committed=2)
    put_dumps(memory, ["second"])
    assert _texts(memory) == ["", "second"]


def test_a_marker_without_a_text_is_empty_and_waits_no_longer(memory: RecordMemory) -> None:
    _write(memory, _MARKER, _MARKER, _END)
    put_dumps(memory, ["only"])
    assert _texts(memory) == ["only", ""]
    assert all(value >= 0 for _, _, value in _read(memory))


def test_texts_without_a_marker_are_dropped(memory: RecordMemory) -> None:
    _write(memory, (RecordKind.MESSAGE, 0, 0), _END)
    before = memory.text()
    put_dumps(memory, ["nobody asked"])
    assert memory.text() == before


def test_what_has_a_text_already_keeps_it(memory: RecordMemory) -> None:
    offset, length = memory.append_text("first")
    _write(memory, (RecordKind.DUMP, offset, length), _MARKER, _END)
    put_dumps(memory, ["second"])
    assert _texts(memory) == ["first", "second"]


@pytest.mark.parametrize("said_before", [False, True])
def test_whoever_watches_sees_the_dump_once_its_text_is_there(memory: RecordMemory, *, said_before: bool) -> None:
    shown: list[str] = []
    watch = RunWatch(memory, shown.append, stop=lambda: None, timeout_s=None)
    offset, length = memory.append_text("hello")
    _write(memory, *([(RecordKind.MESSAGE, offset, length)] if said_before else []), _MARKER, _END)
    memory.put_word(Word.LINES, int(said_before))
    watch.tick()
    put_dumps(memory, ["STATE: |0⟩"])
    watch.tick()
    assert shown == [*(["hello\n"] if said_before else []), "STATE: |0⟩\n"]


def test_a_dump_reads_as_a_record(memory: RecordMemory) -> None:
    _write(memory, _MARKER, _END)
    put_dumps(memory, ["text"])
    data = memory.records(0, memory.position())
    assert decode([Piece(data, b"", memory.text())]).finished.shot(0) == (Record(RecordKind.DUMP, "text"),)
