from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from qirjit_magic.session.parts import PART_S, Part, Parts
from qirjit_magic.wire.records import Piece

SHOTS = 1_000


def left(*, first: int = 0, rate: float = 100 / PART_S, processes: int = 2) -> Parts:
    return Parts(first, SHOTS, rate=rate, processes=processes)


def taken(parts: Parts, *, again: bool = True) -> Part:
    part = parts.take(again=again)
    assert part is not None
    return part


def do(parts: Parts, part: Part, at: int | None = None) -> None:
    """Run it up to a shot, by default to its end."""
    at = part.end if at is None else at
    if at > part.first:
        parts.keep(part, Piece(b"", b"", b"text"), at)
    parts.give_back(part)


def spans(parts: list[Part]) -> list[tuple[int, int]]:
    return [(part.first, part.end) for part in parts]


def test_parts_are_given_out_in_the_order_of_the_shots_and_get_smaller() -> None:
    parts, found = left(first=17), []
    while part := parts.take(again=False):
        found.append(part)
    assert found[0].first == 17
    assert found[-1].end == SHOTS
    assert all(one.end == other.first for one, other in pairwise(found))
    sizes = [part.end - part.first for part in found]
    assert (max(sizes), sizes[0], sorted(sizes, reverse=True)) == (100, 100, sizes)


@pytest.mark.parametrize("rate", [0.0, 1e-9, 1e12])
def test_a_part_is_never_empty_nor_beyond_the_end(rate: float) -> None:
    part = taken(left(first=SHOTS - 1, rate=rate))
    assert (part.first, part.end) == (SHOTS - 1, SHOTS)


def test_what_has_finished_waits_for_what_comes_before_it() -> None:
    parts = left()
    one, two, three = (taken(parts) for _ in range(3))
    do(parts, three)
    do(parts, two)
    assert parts.take_finished() == []
    do(parts, one)
    assert parts.take_finished() == [one, two, three]
    assert parts.take_finished() == []


def test_what_was_given_back_is_run_again_by_those_who_may() -> None:
    parts = left()
    one, two = taken(parts), taken(parts)
    do(parts, two, two.first)
    do(parts, one, 30)
    assert taken(parts, again=False).first == 200
    assert spans([taken(parts), taken(parts)]) == [(30, 100), (100, 200)]
    assert spans(parts.take_finished()) == [(0, 30)]


def test_a_run_ends_in_the_lowest_part_that_ends_it() -> None:
    parts = left()
    one, two, three = (taken(parts) for _ in range(3))
    for part in (three, two):
        part.outcome = "failed"
        part.pieces.append(Piece(b"", b"", b""))
        parts.conclude(part, part.first + 7)
    assert parts.take(again=True) is None
    assert not parts.is_settled(stopped=True)
    do(parts, one)
    assert parts.is_settled(stopped=False)
    assert parts.take_finished() == [one, two]
    assert two.at == two.first + 7


def test_nothing_behind_the_end_of_a_run_is_run_whoever_else_fails_later() -> None:
    parts = left()
    one, two, three, four = (taken(parts) for _ in range(4))
    do(parts, one)
    for part in (two, four):
        part.outcome = "failed"
        parts.conclude(part, part.first)
        if part is two:
            parts.give_back(three)
    assert parts.take(again=True) is None
    assert parts.is_settled(stopped=False)


def test_it_is_settled_when_everything_has_finished_or_when_it_is_stopped_and_nothing_goes_on() -> None:
    parts = left()
    part = taken(parts)
    assert not parts.is_settled(stopped=True)
    do(parts, part)
    assert parts.is_settled(stopped=True)
    assert not parts.is_settled(stopped=False)
    while part := parts.take(again=True):  # type: ignore[assignment] # None ends it
        do(parts, part)
    assert parts.is_settled(stopped=False)
    assert parts.take_finished()[-1].end == SHOTS


def test_bytes_of_all_parts_together_are_looked_at_when_they_would_fill_one_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qirjit_magic.session.parts.FULL_TEXT", 11)
    parts = Parts(0, SHOTS, rate=100, processes=2, kept=20)
    found = []
    for _ in range(5):
        do(parts, taken(parts))
        found.append(parts.kept)
    assert found == [0, 0, 20 + 3 * len(b"text"), 20 + 3 * len(b"text"), 20 + 3 * len(b"text")]


def test_what_is_in_columns_waits_no_more_and_counts_as_what_these_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qirjit_magic.session.parts.FULL_TEXT", 1)
    parts = left()
    do(parts, taken(parts))
    assert parts.kept == len(b"text")
    for part in parts.take_finished():
        parts.note_kept(part, 1000)
    do(parts, taken(parts))
    assert parts.kept == 1000 + len(b"text")


def test_shots_are_counted_once_whatever_their_order() -> None:
    parts = left(first=40)
    one, two = taken(parts), taken(parts)
    do(parts, two)
    do(parts, one, one.first + 10)
    assert parts.done == 40 + 100 + 10


def test_a_shot_that_cannot_be_is_none_of_a_part() -> None:
    parts = left()
    part = taken(parts)
    parts.keep(part, Piece(b"", b"", b""), 10**9)
    assert part.at == part.end
    parts.keep(part, Piece(b"", b"", b""), -5)
    assert part.at == part.end


def test_whoever_waits_is_woken_by_what_finishes() -> None:
    parts = left()
    part = taken(parts)
    threading.Timer(0.01, do, (parts, part)).start()
    while not parts.take_finished():
        parts.wait(60)


class Clocked:
    """Parts of a very long run, and processes that take so many seconds for a shot."""

    def __init__(self, rate: float) -> None:
        self.now = 0.0
        self.parts = Parts(0, 10**9, rate=rate, processes=2, clock=lambda: self.now)

    def sizes(self, count: int, *, seconds: float, by: str = "one") -> list[int]:
        """How large parts are that a process takes one after the other."""
        sizes = []
        for _ in range(count):
            part = self.parts.take(again=False, by=by)
            assert part is not None
            self.now += seconds * (part.end - part.first)
            do(self.parts, part)
            sizes.append(part.end - part.first)
        return sizes


def test_parts_grow_where_the_shots_are_quicker_than_was_thought() -> None:
    sizes = Clocked(rate=1.0).sizes(6, seconds=PART_S / 1_000)
    assert sizes[:3] == [1, 8, 64]
    assert sizes[-1] == pytest.approx(1_000, rel=0.01)


def test_parts_shrink_where_the_shots_take_longer_than_was_thought() -> None:
    assert Clocked(rate=1_000 / PART_S).sizes(2, seconds=PART_S / 10) == [1_000, 10]


def test_a_slow_process_does_not_make_the_parts_of_another_small() -> None:
    clocked = Clocked(rate=1_000 / PART_S)
    assert clocked.sizes(2, seconds=PART_S, by="slow") == [1_000, 1]
    assert clocked.sizes(1, seconds=PART_S / 1_000, by="quick") == [1_000]
