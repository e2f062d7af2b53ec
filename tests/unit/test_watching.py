from __future__ import annotations

import math
import struct

import pytest

from qirjit_magic.protocol.shared_memory import (
    RECORD_SIZE,
    RECORDS_START,
    TEXT_CAPACITY,
    TEXT_START,
    RecordKind,
    RecordMemory,
    Word,
)
from qirjit_magic.results.records import RecordBatch
from qirjit_magic.session.client.process import SHOWN_BYTES, SHOWN_WHOLE_BYTES
from qirjit_magic.session.runs.watcher import RunWatcher


class _Screen:
    """A watch over memory into which a test writes as the recorder does."""

    def __init__(self, memory: RecordMemory, timeout_s: float | None = None) -> None:
        self.memory = memory
        self.stops = 0
        self._shown: list[str] = []
        self.watch = RunWatcher(memory, self._shown.append, stop=self._stop, timeout_s=timeout_s)

    def _stop(self) -> None:
        self.stops += 1

    def record(self, kind: RecordKind, text: str = "", value: int | None = None) -> int:
        place = self.memory.position()
        offset, length = self.memory.append_text(text)
        self.memory.put_record(place, (kind, offset, length if value is None else value))
        self.memory.put_word(Word.POSITION, place + RECORD_SIZE)
        return place

    def message(self, text: str) -> None:
        self.record(RecordKind.MESSAGE, text)
        self.memory.put_word(Word.LINES, self.memory.word(Word.LINES) + 1)

    def look(self) -> str:
        self.watch.tick()
        shown = "".join(self._shown)
        self._shown.clear()
        return shown


@pytest.fixture
def screen(memory: RecordMemory) -> _Screen:
    return _Screen(memory)


def test_messages_are_shown_as_they_come_and_once(screen: _Screen) -> None:
    assert screen.look() == ""
    screen.message("one")
    assert screen.look() == "one\n"
    screen.message("zwölf")
    screen.message("")
    assert screen.look() == "zwölf\n\n"
    assert screen.look() == ""


def test_other_records_are_passed_over(screen: _Screen) -> None:
    screen.record(RecordKind.RESULT, "label", value=1)
    screen.message("said")
    screen.record(RecordKind.END, value=0)
    assert screen.look() == "said\n"


def test_what_follows_a_dump_waits_for_its_text(screen: _Screen) -> None:
    screen.message("before")
    place = screen.record(RecordKind.DUMP, value=-1)
    screen.message("after")
    assert screen.look() == "before\n"
    screen.memory.put_record(place, (RecordKind.DUMP, *screen.memory.append_text("STATE: |0>")))
    screen.message("last")
    assert screen.look() == "STATE: |0>\nafter\nlast\n"


def test_emptied_memory_is_read_from_its_start(screen: _Screen) -> None:
    screen.message("first piece")
    screen.look()
    screen.memory.clear()
    screen.watch.restart()
    screen.message("second piece")
    assert screen.look() == "second piece\n"


def test_of_a_flood_only_the_beginning_is_shown(screen: _Screen) -> None:
    line = "x" * 1023
    for _ in range(SHOWN_BYTES // 1024):
        screen.message(line)
    shown = screen.look()
    assert shown.startswith(f"{line}\n" * (SHOWN_BYTES // 1024))
    assert shown.endswith("in the result\n")
    screen.message("more")
    assert screen.look() == ""


def test_a_flood_goes_on_over_the_pieces_of_a_run(screen: _Screen) -> None:
    screen.message("x" * SHOWN_BYTES)
    screen.look()
    screen.memory.clear()
    screen.watch.restart()
    screen.message("more")
    assert screen.look() == ""


def test_of_one_message_without_end_only_the_beginning_is_shown(screen: _Screen) -> None:
    screen.message("x" * (10 * SHOWN_BYTES))
    assert screen.look() == "x" * SHOWN_BYTES + "\n… more messages are in the result\n"


def test_messages_far_apart_are_all_shown(screen: _Screen) -> None:
    screen.message("first")
    screen.memory.put_word(Word.POSITION, RECORD_SIZE * 200_000)
    screen.message("last")
    assert screen.look() == "first\nlast\n"


@pytest.mark.parametrize("record", [(8, 2**32 - 1, 5), (8, 1, -5), (8, 0, 0), (9, 1, 2**62), (77, 1, 1), (0, 0, 0)])
def test_a_record_that_nobody_would_write_shows_nothing_of_other_memory(
    screen: _Screen, record: tuple[int, int, int]
) -> None:
    screen.memory.region.view[1 << 24 : (1 << 24) + 6] = b"secret"
    screen.memory.put_record(0, record)
    screen.memory.put_word(Word.POSITION, RECORD_SIZE)
    screen.memory.put_word(Word.LINES, 1)
    assert screen.look().strip() == ""


def test_a_position_out_of_bounds_is_survived(screen: _Screen) -> None:
    screen.message("said")
    screen.memory.put_word(Word.POSITION, 2**64 - 1)
    assert screen.look() == "said\n"


def test_a_run_whose_time_is_over_is_stopped_once(memory: RecordMemory) -> None:
    screen = _Screen(memory, timeout_s=-1)
    screen.look()
    screen.look()
    assert screen.stops == 1
    assert screen.watch.timed_out


@pytest.mark.parametrize("timeout_s", [None, 1e6, math.inf])
def test_a_run_with_time_left_goes_on(memory: RecordMemory, timeout_s: float | None) -> None:
    screen = _Screen(memory, timeout_s)
    screen.look()
    assert not screen.stops
    assert not screen.watch.timed_out


def test_messages_are_still_shown_after_the_time_is_over(memory: RecordMemory) -> None:
    screen = _Screen(memory, timeout_s=-1)
    screen.look()
    screen.message("late")
    assert screen.look() == "late\n"


def test_copies_are_shown_instead_of_what_is_in_the_memory(screen: _Screen) -> None:
    screen.watch.live = False
    screen.message("a later one")
    assert screen.look() == ""
    text = b"\0one\0two\0"
    records = struct.pack("<IIqIIqIIq", RecordKind.MESSAGE, 1, 3, RecordKind.RESULT, 0, 1, RecordKind.DUMP, 5, 3)
    screen.watch.show_copies([RecordBatch(records, b"", text), RecordBatch(b"", records[:16], text)])
    assert screen.look() == "one\ntwo\none\n"


def test_of_copies_too_a_flood_is_cut(screen: _Screen) -> None:
    size = SHOWN_BYTES // 2
    piece = RecordBatch(struct.pack("<IIq", RecordKind.MESSAGE, 1, size), b"", b"\0" + b"x" * size + b"\0")
    screen.watch.show_copies([piece] * 4)
    assert screen.look().endswith("x\n… more messages are in the result\n")


@pytest.mark.parametrize("record", [(8, 2**32 - 1, 5), (8, 0, 0), (8, 1, -1), (9, 1, 2**62), (77, 1, 1)])
def test_a_copied_record_that_nobody_would_write_is_survived(screen: _Screen, record: tuple[int, int, int]) -> None:
    screen.watch.show_copies([RecordBatch(struct.pack("<IIq", *record), b"", b"\0")])
    assert screen.look().strip("\0\n") == ""


def test_who_wants_the_newest_is_shown_it_after_all_of_the_beginning(memory: RecordMemory) -> None:
    shown: list[str] = []
    watch = RunWatcher(memory, shown.append, stop=lambda: None, timeout_s=None, newest=True)
    line = "x" * 1000
    for _ in range(SHOWN_WHOLE_BYTES // 1000 + 1):
        _say(memory, line)
    watch.tick()
    assert shown == [f"{line}\n"] * (SHOWN_WHOLE_BYTES // 1000 + 1)
    shown.clear()
    for number in range(3000):
        _say(memory, str(number))
    watch.tick()
    assert "left out" in shown[0]
    assert shown[1:] == [f"{number}\n" for number in range(3000 - 2048, 3000)]
    shown.clear()
    _say(memory, "one more")
    watch.tick()
    assert shown == ["one more\n"]


def test_texts_that_overlap_are_shown_within_a_budget_however_many_they_are(memory: RecordMemory) -> None:
    shown: list[str] = []
    watch = RunWatcher(memory, shown.append, stop=lambda: None, timeout_s=None, newest=True)
    memory.region.view[TEXT_START + 1 : TEXT_START + TEXT_CAPACITY] = b"x" * (TEXT_CAPACITY - 1)
    for number in range(3000):
        memory.put_record(RECORD_SIZE * number, (RecordKind.MESSAGE, 1 + number, TEXT_CAPACITY - 4000))
    memory.put_word(Word.POSITION, RECORD_SIZE * 3000)
    for tick in range(1, 4):
        shown.clear()
        memory.put_word(Word.LINES, tick)
        watch.tick()
        assert sum(map(len, shown)) <= 2 * SHOWN_WHOLE_BYTES + 200
    assert shown == []  # what was passed over does not come again


def test_the_newest_that_fits_is_shown_and_what_is_too_long_in_part(memory: RecordMemory) -> None:
    shown: list[str] = []
    watch = RunWatcher(memory, shown.append, stop=lambda: None, timeout_s=None, newest=True)
    _say(memory, "x" * SHOWN_WHOLE_BYTES)
    watch.tick()
    shown.clear()
    for letter in "abc":
        _say(memory, letter * (SHOWN_WHOLE_BYTES // 2 - 10))
    watch.tick()
    assert "left out" in shown[0]
    assert [(text[0], len(text)) for text in shown[1:]] == [(letter, SHOWN_WHOLE_BYTES // 2 - 9) for letter in "bc"]
    shown.clear()
    _say(memory, "d" * (SHOWN_WHOLE_BYTES + 5))
    watch.tick()
    assert shown == ["d" * SHOWN_WHOLE_BYTES + "\n"]


@pytest.mark.parametrize("before", [0, 1])
def test_a_character_that_is_cut_in_two_is_left_out(screen: _Screen, before: int) -> None:
    screen.message("x" * before + "ö" * SHOWN_BYTES)
    shown = screen.look()
    assert shown == "x" * before + "ö" * (SHOWN_BYTES // 2 - before) + "\n… more messages are in the result\n"


def _say(memory: RecordMemory, text: str) -> None:
    place = memory.position()
    memory.put_record(place, (RecordKind.MESSAGE, *memory.append_text(text)))
    memory.put_word(Word.POSITION, place + RECORD_SIZE)
    memory.put_word(Word.LINES, memory.word(Word.LINES) + 1)


def _forge(memory: RecordMemory, records: int, length: int) -> bytes:
    # Records of an engine that lies: all their texts lie in each other, so that together they are longer than the text.
    memory.region.view[TEXT_START + 1 : TEXT_START + TEXT_CAPACITY - 1] = b"x" * (TEXT_CAPACITY - 2)
    data = b"".join(struct.pack("<IIq", RecordKind.MESSAGE, 1 + number, length) for number in range(records))
    memory.region.view[RECORDS_START : RECORDS_START + len(data)] = data
    memory.put_word(Word.TEXT_POSITION, TEXT_CAPACITY)
    memory.put_word(Word.POSITION, len(data))
    memory.put_word(Word.LINES, records)
    return data


@pytest.mark.parametrize(
    ("newest", "most"), [(False, SHOWN_BYTES), (True, 2 * SHOWN_WHOLE_BYTES)], ids=["the first", "the newest"]
)
@pytest.mark.parametrize(
    ("records", "length"), [(60, TEXT_CAPACITY - 1000), (4000, TEXT_CAPACITY - 8000), (100_000, 4096), (4000, 0)]
)
def test_texts_that_lie_in_each_other_are_decoded_no_further_than_they_are_shown(
    memory: RecordMemory, monkeypatch: pytest.MonkeyPatch, *, newest: bool, most: int, records: int, length: int
) -> None:
    decoded: list[str] = []
    shown: list[str] = []
    text_at = memory.text_at

    def note(*asked: int) -> str:
        decoded.append(text_at(*asked))
        return decoded[-1]

    monkeypatch.setattr(memory, "text_at", note)
    watch = RunWatcher(memory, shown.append, stop=lambda: None, timeout_s=None, newest=newest)
    data = _forge(memory, records, length)
    watch.tick()
    assert 0 < sum(map(len, shown)) <= most + 2 * 100
    assert sum(map(len, decoded)) <= most
    decoded.clear()
    watch.show_copies([RecordBatch(data, b"", bytes(memory.text()))])
    memory.put_word(Word.LINES, records + 1)
    watch.tick()
    assert sum(map(len, decoded)) <= most  # of the same again no more
