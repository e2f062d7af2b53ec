"""The recorder and the shot loop, which are LLVM IR, called as a program calls them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.engine.runtime.program import Runtime, ShotBlock, ShotsEnd
from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.shared_memory import (
    RECORD_SIZE,
    RECORDS_CAPACITY,
    TEXT_CAPACITY,
    RecordKind,
    RecordMemory,
    Word,
)
from qirjit_magic.results.records import Record, RecordBatch, RunRecords, decode

_THUNK = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)


def _find(name: str) -> int:
    return SharedLibrary(qirrunner_library()).find(name) or SharedLibrary(None).find(name)


@dataclass
class _Tape:
    """The runtime over some memory, with shots that are Python functions."""

    memory: RecordMemory
    runtime: Runtime

    def write(self, kind: str, value: object, label: ctypes.Array[ctypes.c_char] | None = None) -> None:
        types: dict[str, type[ctypes._SimpleCData[Any]]] = {
            "int": ctypes.c_int64,
            "tuple": ctypes.c_int64,
            "array": ctypes.c_int64,
            "bool": ctypes.c_bool,
        }
        address = self.runtime.address(f"__quantum__rt__{kind}_record_output")
        ctypes.CFUNCTYPE(None, types.get(kind, ctypes.c_double), ctypes.c_void_p)(address)(
            value, None if label is None else ctypes.addressof(label)
        )

    def end_shot(self, returned: int = 0) -> None:
        ctypes.CFUNCTYPE(None, ctypes.c_int64)(self.runtime.address("qirjit_end_shot"))(returned)
        self.runtime.commit()

    def say(self, text: str) -> None:
        create = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(_find("__quantum__rt__string_create"))
        string = create(text.encode())
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.runtime.address("__quantum__rt__message"))(string)

    def run(self, shot: Callable[..., int], count: int, first: int = 0) -> tuple[ShotsEnd, int]:
        thunk = _THUNK(shot)
        shots = ShotBlock(ctypes.cast(thunk, ctypes.c_void_p).value, 0, 0, first, count)
        return self.runtime.run_shots(shots), shots.next

    def recording(self) -> RunRecords:
        memory = self.memory
        committed, position = memory.committed_bytes(), memory.position()
        return decode([RecordBatch(memory.records(0, committed), memory.records(committed, position), memory.text())])


@pytest.fixture
def tape(memory: RecordMemory) -> Iterator[_Tape]:
    held = ctypes.c_char.from_buffer(memory.region.view)
    runtime = Runtime(ctypes.addressof(held), _find, "sparse")
    runtime.begin_records()
    yield _Tape(memory, runtime)
    runtime.close()
    del held


def _label(text: str) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(text.encode(), 64)


@pytest.mark.parametrize(
    ("kind", "value", "record"),
    [
        ("int", -(2**63), Record(RecordKind.INT, -(2**63), "é")),
        ("tuple", 2, Record(RecordKind.TUPLE, 2, "é")),
        ("array", 0, Record(RecordKind.ARRAY, 0, "é")),
        ("bool", True, Record(RecordKind.BOOL, value=True, label="é")),
        ("double", -0.1, Record(RecordKind.DOUBLE, -0.1, "é")),
    ],
)
def test_each_output_function_writes_its_record(tape: _Tape, kind: str, value: object, record: Record) -> None:
    tape.write(kind, value, _label("é"))
    assert tape.recording().unfinished == (record,)


def test_a_null_pointer_is_no_label_and_an_empty_text_is_one(tape: _Tape) -> None:
    tape.write("int", 1)
    tape.write("int", 2, _label(""))
    assert [record.label for record in tape.recording().unfinished] == [None, ""]


def test_a_label_met_again_is_kept_once(tape: _Tape) -> None:
    label = _label("r0")
    for value in range(5):
        tape.write("int", value, label)
    assert tape.memory.text() == b"\0r0\0"


def test_a_label_pointer_that_changes_its_text_is_read_again(tape: _Tape) -> None:
    label = _label("first")
    tape.write("int", 1, label)
    label.value = b"second"
    tape.write("int", 2, label)
    label.value = b"sec"
    tape.write("int", 3, label)
    assert [record.label for record in tape.recording().unfinished] == ["first", "second", "sec"]


def test_many_labels_do_not_take_each_other_s_place(tape: _Tape) -> None:
    labels = [_label(f"label {index}") for index in range(5000)]
    for _ in range(2):
        for index, label in enumerate(labels):
            tape.write("int", index, label)
    assert [record.label for record in tape.recording().unfinished] == [f"label {index}" for index in range(5000)] * 2


def test_after_the_memory_was_emptied_labels_are_written_anew(tape: _Tape) -> None:
    label = _label("r0")
    tape.write("int", 1, label)
    tape.memory.clear()
    tape.runtime.forget_labels()
    tape.write("int", 2, label)
    assert tape.recording().unfinished == (Record(RecordKind.INT, 2, "r0"),)


def test_a_message_counts_as_a_line_to_show(tape: _Tape) -> None:
    tape.say("Grüße")
    tape.say("")
    tape.write("int", 1)
    assert tape.memory.word(Word.LINES) == 2
    assert [record.value for record in tape.recording().unfinished] == ["Grüße", "", 1]


def test_messages_in_a_container_are_no_items_of_it(tape: _Tape) -> None:
    start = ctypes.CFUNCTYPE(None, ctypes.c_int32)(tape.runtime.address("qirjit_start_container"))
    end = ctypes.CFUNCTYPE(None)(tape.runtime.address("qirjit_end_container"))
    start(RecordKind.ARRAY)
    tape.write("int", 1)
    tape.say("outside")
    start(RecordKind.TUPLE)
    tape.say("inside")
    tape.write("int", 2)
    end()
    end()
    assert [(record.kind.name, record.value) for record in tape.recording().unfinished] == [
        ("ARRAY", 2), ("INT", 1), ("MESSAGE", "outside"), ("TUPLE", 1), ("MESSAGE", "inside"), ("INT", 2),
    ]  # fmt: skip


def test_what_is_not_committed_is_unfinished(tape: _Tape) -> None:
    tape.write("int", 1)
    tape.end_shot(7)
    tape.write("int", 2)
    recording = tape.recording()
    assert recording.finished.returned.tolist() == [7]
    assert recording.unfinished == (Record(RecordKind.INT, 2),)


def test_records_without_room_are_counted_and_the_shot_can_still_end(tape: _Tape) -> None:
    room = 32 * RECORD_SIZE
    tape.memory.put_word(Word.POSITION, RECORDS_CAPACITY - room - RECORD_SIZE)
    tape.memory.put_word(Word.COMMITTED, RECORDS_CAPACITY - room - RECORD_SIZE)
    for value in range(3):
        tape.write("int", value)
    assert tape.memory.word(Word.DROPPED) == 2
    tape.end_shot()
    assert tape.memory.committed_bytes() == RECORDS_CAPACITY - room + RECORD_SIZE


@pytest.mark.parametrize(("limit", "kept"), [(0, 0), (1, 1), (3, 3), (5, 5), (6, 5), (2**59, 5)])
def test_a_shot_has_no_more_records_than_it_may_and_each_shot_may_have_them(tape: _Tape, limit: int, kept: int) -> None:
    def shot(*_: int) -> int:
        for value in range(5):
            tape.write("int", value)
        return 7

    tape.runtime.limit_records(RECORD_SIZE * limit)
    assert tape.run(shot, 3) == (ShotsEnd.DONE, 3)
    table = tape.recording().finished
    assert [len(table.shot(index)) for index in range(3)] == [kept] * 3
    assert table.returned.tolist() == [7] * 3
    assert tape.memory.word(Word.DROPPED) == 3 * (5 - kept)


def test_text_without_room_is_left_out(tape: _Tape) -> None:
    tape.memory.put_word(Word.TEXT_POSITION, TEXT_CAPACITY - 5)
    tape.write("int", 1, _label("12345"))
    tape.write("int", 2, _label("1234"))
    assert [record.label for record in tape.recording().unfinished] == [None, "1234"]
    assert tape.memory.word(Word.TEXT_POSITION) == TEXT_CAPACITY


def test_the_loop_runs_every_shot_and_keeps_what_each_returned(tape: _Tape) -> None:
    def shot(*_: int) -> int:
        number = tape.memory.word(Word.SHOT)
        tape.write("int", number)
        return number * 10

    assert tape.run(shot, 3) == (ShotsEnd.DONE, 3)
    table = tape.recording().finished
    assert table.returned.tolist() == [0, 10, 20]
    assert [table.shot(index) for index in range(3)] == [(Record(RecordKind.INT, index),) for index in range(3)]


def test_the_loop_goes_on_where_it_is_told(tape: _Tape) -> None:
    assert tape.run(lambda *_: 0, 5, first=3) == (ShotsEnd.DONE, 5)
    assert len(tape.recording().finished) == 2


def test_the_loop_ends_before_the_next_shot_when_it_is_stopped(tape: _Tape) -> None:
    def shot(*_: int) -> int:
        tape.memory.stop()
        return 0

    assert tape.run(shot, 5) == (ShotsEnd.STOPPED, 1)
    assert len(tape.recording().finished) == 1


@pytest.mark.parametrize(
    ("word", "half"), [(Word.POSITION, RECORDS_CAPACITY // 2), (Word.TEXT_POSITION, TEXT_CAPACITY // 2)]
)
def test_the_loop_leaves_when_the_memory_is_half_full(tape: _Tape, word: Word, half: int) -> None:
    def shot(*_: int) -> int:
        tape.memory.put_word(word, half)
        tape.write("int", 1, _label("more"))
        return 0

    assert tape.run(shot, 5) == (ShotsEnd.FULL, 1)


def test_the_loop_returns_the_ends_that_are_known() -> None:
    returned = re.findall(r"^(\w+):\n  ret i32 (\d+)", read_ir("shots.ll"), re.MULTILINE)
    assert {label: ShotsEnd(int(number)) for label, number in returned} == {
        "done": ShotsEnd.DONE,
        "leave": ShotsEnd.STOPPED,
        "full": ShotsEnd.FULL,
        "failure": ShotsEnd.FAILED,
        "hold": ShotsEnd.DUMPED,
    }


def test_a_simulator_without_what_every_program_needs_is_refused() -> None:
    with pytest.raises(SimulatorError, match=r"'poor' lacks .*__quantum__rt__read_result"):
        Runtime(0, lambda name: 0 if "read_result" in name else _find(name), "poor")
