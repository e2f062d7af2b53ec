from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.protocol.shared_memory import (
    RECORD_SIZE,
    RECORDS_CAPACITY,
    RECORDS_START,
    SIZE,
    TEXT_CAPACITY,
    TEXT_START,
    Fault,
    FaultAccess,
    RecordMemory,
    Word,
)
from qirjit_magic.sandbox import get_platform
from qirjit_magic.sandbox.bpf import ARCHITECTURES

_BOUNDS = {
    Word.TEXT_START: TEXT_START,
    Word.TEXT_CAPACITY: TEXT_CAPACITY,
    Word.RECORDS_START: RECORDS_START,
    Word.RECORDS_CAPACITY: RECORDS_CAPACITY,
}


def test_the_parts_lie_side_by_side_in_whole_pages() -> None:
    assert 8 * len(Word) <= TEXT_START
    assert TEXT_START + TEXT_CAPACITY == RECORDS_START
    assert RECORDS_START + RECORDS_CAPACITY == SIZE
    assert all(part % 4096 == 0 for part in (TEXT_START, TEXT_CAPACITY, RECORDS_START, RECORDS_CAPACITY))


@pytest.mark.parametrize("file", ["recorder.ll", "shots.ll", "faults.ll"])
def test_the_header_has_as_many_words_in_ir(file: str) -> None:
    shared = re.search(r"^%Shared = type \{(.*?)\}", read_ir(file), re.MULTILINE)
    assert shared is not None
    assert shared[1].replace(" ", "").split(",") == ["i64"] * len(Word)


def test_the_words_of_the_header_have_the_names_and_numbers_of_the_ir() -> None:
    comments = re.findall(r"^;[ |]+(\d+) (\w+)", read_ir("recorder.ll"), re.MULTILINE)
    assert {int(number): name.upper() for number, name in comments} == {word.value: word.name for word in Word}


@pytest.mark.parametrize("file", ["recorder.ll", "shots.ll", "faults.ll"])
def test_each_word_that_the_ir_takes_has_the_name_it_gives_it(file: str) -> None:
    taken = re.findall(r"%([\w.]+)\.p = getelementptr %Shared, ptr %shared, i32 0, i32 (\d+)", read_ir(file))
    assert taken
    named = [(name.replace(".", "_").upper(), Word(int(number)).name) for name, number in taken]
    assert [(name, word) for name, word in named if name not in word] == []


def test_cleared_memory_is_empty_and_knows_its_bounds(memory: RecordMemory) -> None:
    memory.put_word(Word.STOP, 1)
    memory.put_word(Word.POSITION, 64)
    memory.put_word(Word.SHOT, 7)
    memory.clear()
    words = {word: memory.word(word) for word in Word}
    assert words == dict.fromkeys(Word, 0) | {Word.TEXT_POSITION: 1} | _BOUNDS
    assert memory.records(0, memory.position()) == b""
    assert memory.text() == b"\0"


def test_memory_is_cleared_of_a_long_run_too(memory: RecordMemory) -> None:
    memory.put_word(Word.POSITION, 4 << 20)
    memory.append_text("label")
    memory.clear()
    assert memory.position() == 0
    assert memory.append_text("other") == (1, 5)
    assert memory.text() == b"\0other\0"


def test_stop_sets_the_flag_alone(memory: RecordMemory) -> None:
    before = bytes(memory.region.view[8:TEXT_START])
    memory.stop()
    assert memory.word(Word.STOP) == 1
    assert bytes(memory.region.view[8:TEXT_START]) == before


def test_a_record_is_two_numbers_and_a_value(memory: RecordMemory) -> None:
    memory.put_record(RECORD_SIZE, (9, 5, -1))
    assert struct.unpack("<IIq", memory.records(RECORD_SIZE, 2 * RECORD_SIZE)) == (9, 5, -1)
    assert memory.records(0, RECORD_SIZE) == bytes(RECORD_SIZE)


def test_records_the_wrong_way_round_are_none(memory: RecordMemory) -> None:
    assert memory.records(64, 16) == b""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (0, 0),
        (16, 16),
        (31, 16),
        (RECORDS_CAPACITY, RECORDS_CAPACITY),
        (RECORDS_CAPACITY + 16, RECORDS_CAPACITY),
        (2**64 - 1, RECORDS_CAPACITY),
    ],
)
def test_positions_are_clamped_to_whole_records_that_fit(memory: RecordMemory, written: int, read: int) -> None:
    memory.put_word(Word.POSITION, written)
    memory.put_word(Word.COMMITTED, written)
    assert (memory.position(), memory.committed_bytes()) == (read, read)


@pytest.mark.parametrize(("running", "shot"), [(0, None), (1, 12), (2**64 - 1, 12)])
def test_the_shot_is_known_while_one_is_run(memory: RecordMemory, running: int, shot: int | None) -> None:
    memory.put_word(Word.SHOT, 12)
    memory.put_word(Word.RUNNING, running)
    assert memory.running() == shot


@pytest.mark.parametrize(
    ("access", "known"), [(0, 0), (3, FaultAccess.RUN), (4, FaultAccess.UNKNOWN), (2**64 - 1, FaultAccess.UNKNOWN)]
)
def test_the_note_of_a_fault_is_there_once(memory: RecordMemory, access: int, known: FaultAccess) -> None:
    assert memory.take_fault() is None
    words = (11, 2**64 - 6, 2**64 - 1, 1, 2**63, access)
    for word, value in zip(list(Word)[Word.FAULT_SIGNAL :], words, strict=True):
        memory.put_word(word, value)
    assert memory.take_fault() == Fault(11, -6, 2**64 - 1, 1, 2**63, known)
    assert memory.take_fault() is None


def test_the_kinds_of_access_have_the_numbers_of_the_ir() -> None:
    (line,) = re.findall(r"^; Access: (.*)\.$", read_ir("faults.ll"), re.MULTILINE)
    assert line == "0 not known, 1 a read, 2 a write, 3 code that was to be run"
    assert [kind.name for kind in FaultAccess] == ["UNKNOWN", "READ", "WRITE", "RUN"]


def test_text_is_clamped_to_its_area(memory: RecordMemory) -> None:
    memory.put_word(Word.TEXT_POSITION, 2**64 - 1)
    assert len(memory.text()) == TEXT_CAPACITY


def test_text_is_kept_one_after_the_other(memory: RecordMemory) -> None:
    places = [memory.append_text(text) for text in ("déjà", "", "vu")]
    assert places == [(1, 6), (8, 0), (9, 2)]
    assert [memory.text_at(*place) for place in places] == ["déjà", "", "vu"]
    assert memory.text() == "\0déjà\0\0vu\0".encode()


@pytest.mark.parametrize(
    ("free", "place"), [(6, (TEXT_CAPACITY - 6, 5)), (5, (0, 0)), (0, (0, 0)), (-(1 << 40), (0, 0))]
)
def test_text_without_room_is_not_kept(memory: RecordMemory, free: int, place: tuple[int, int]) -> None:
    memory.put_word(Word.TEXT_POSITION, TEXT_CAPACITY - free)
    assert memory.append_text("12345") == place
    assert memory.region.view[RECORDS_START] == 0


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, 5), (1, -1), (-5, 3), (TEXT_CAPACITY, 1), (TEXT_CAPACITY - 1, 2), (1, 2**63), (2**32 - 1, 0)],
)
def test_text_out_of_its_area_reads_as_empty(memory: RecordMemory, offset: int, length: int) -> None:
    assert memory.text_at(offset, length) == ""


def test_text_that_is_no_utf8_is_readable(memory: RecordMemory) -> None:
    memory.region.view[TEXT_START + 1 : TEXT_START + 4] = b"a\xffb"
    assert memory.text_at(1, 3) == "a\ufffdb"


@given(words=st.lists(st.integers(0, 2**64 - 1), min_size=len(Word), max_size=len(Word)))
def test_no_number_in_the_header_makes_reading_fail(words: list[int]) -> None:
    memory = RecordMemory(get_platform("portable").create_region(SIZE))
    for word, value in zip(Word, words, strict=True):
        memory.put_word(word, value)
    memory.running()
    memory.take_fault()
    assert 0 <= memory.committed_bytes() <= RECORDS_CAPACITY
    assert len(memory.records(memory.committed_bytes(), memory.committed_bytes() + RECORD_SIZE)) <= RECORD_SIZE
    assert memory.append_text("text") in {(0, 0), (words[Word.TEXT_POSITION], 4)}
    memory.clear()
    assert memory.word(Word.TEXT_POSITION) == 1
    memory.close()


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_each_machine_that_is_fenced_has_a_handler_of_faults(machine: str) -> None:
    assert f"define void @qirjit_fault_{machine}(i32 %signal, ptr %info, ptr %context)" in read_ir("faults.ll")
