from __future__ import annotations

import struct
from decimal import Decimal

import numpy as np
import pytest

from qirjit_magic.engine.runtime.prepared_shots import put_dumps
from qirjit_magic.engine.simulators.statevector.dump_texts import rust_numbers, state_text
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordKind, RecordMemory, Word
from qirjit_magic.results.records import Record, RecordBatch, decode
from qirjit_magic.session.runs.watcher import RunWatcher
from tests.unit.statevector import Compiled

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
    return decode([RecordBatch(data, b"", memory.text())]).finished.messages()


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
    watch = RunWatcher(memory, shown.append, stop=lambda: None, timeout_s=None)
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
    assert decode([RecordBatch(data, b"", memory.text())]).finished.shot(0) == (Record(RecordKind.DUMP, "text"),)


def _as_rust_writes(value: float) -> str:
    if abs(value) < 1e-15:
        return "0"
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def test_numbers_have_their_shortest_digits_and_no_exponent() -> None:
    random = np.random.default_rng(3)
    sizes = 10.0 ** random.uniform(-16, 0, 20_000)
    edges = [1.0, -1.0, 0.5, 0.0, -0.0, 1e-4, 9.99e-5, 1e-5, -1e-5, 1e-15, 9e-16, -5e-324, 0.1, 1 / 3, 1 - 2**-53]
    values = np.array([*(sizes * random.choice([-1, 1], len(sizes))), *edges])
    assert rust_numbers(values) == [_as_rust_writes(value) for value in values.tolist()]
    assert rust_numbers(values[:0]) == []


@pytest.mark.parametrize("lowest", [0, 57, 70])  # some with numbers that no word of the machine holds
def test_basis_states_are_those_of_their_qubits_in_order(lowest: int) -> None:
    compiled = Compiled()
    compiled.begin()
    for qubit in (lowest + 5, lowest, lowest + 3):
        compiled.call("ry__body", 2 * np.arctan(0.5), qubit)
    compiled.call("x__body", lowest + 1)
    compiled.call("dumpmachine__body", None)
    (text,) = compiled.simulator.take_dumps()
    assert text == state_text(compiled.simulator.machine_words)
    one = 1 << lowest
    bases = [one * (2 + low + 8 * middle + 32 * high) for high in (0, 1) for middle in (0, 1) for low in (0, 1)]
    assert [int(part.partition("⟩")[0]) for part in text.split("|")[1:]] == bases
    sizes = [float(part.partition(": ")[2].partition("+")[0]) for part in text.split("|")[1:]]
    assert sizes == pytest.approx([0.8**1.5 * 0.5 ** (basis // one & ~2).bit_count() for basis in bases])
