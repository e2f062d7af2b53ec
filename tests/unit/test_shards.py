from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from qirjit_magic.results.records import RecordBatch
from qirjit_magic.session.runs.shards import SHARD_S, Shard, Shards

SHOTS = 1_000


def left(*, first: int = 0, rate: float = 100 / SHARD_S, processes: int = 2) -> Shards:
    return Shards(first, SHOTS, rate=rate, processes=processes)


def taken(shards: Shards, *, again: bool = True) -> Shard:
    shard = shards.take_next(again=again)
    assert shard is not None
    return shard


def do(shards: Shards, shard: Shard, at: int | None = None) -> None:
    """Run it up to a shot, by default to its end."""
    at = shard.end if at is None else at
    if at > shard.first:
        shards.keep_batch(shard, RecordBatch(b"", b"", b"text"), at)
    shards.give_back(shard)


def spans(shards: list[Shard]) -> list[tuple[int, int]]:
    return [(shard.first, shard.end) for shard in shards]


def test_parts_are_given_out_in_the_order_of_the_shots_and_get_smaller() -> None:
    shards, found = left(first=17), []
    while shard := shards.take_next(again=False):
        found.append(shard)
    assert found[0].first == 17
    assert found[-1].end == SHOTS
    assert all(one.end == other.first for one, other in pairwise(found))
    sizes = [shard.end - shard.first for shard in found]
    assert (max(sizes), sizes[0], sorted(sizes, reverse=True)) == (100, 100, sizes)


@pytest.mark.parametrize("rate", [0.0, 1e-9, 1e12])
def test_a_part_is_never_empty_nor_beyond_the_end(rate: float) -> None:
    shard = taken(left(first=SHOTS - 1, rate=rate))
    assert (shard.first, shard.end) == (SHOTS - 1, SHOTS)


def test_what_has_finished_waits_for_what_comes_before_it() -> None:
    shards = left()
    one, two, three = (taken(shards) for _ in range(3))
    do(shards, three)
    do(shards, two)
    assert shards.take_finished() == []
    do(shards, one)
    assert shards.take_finished() == [one, two, three]
    assert shards.take_finished() == []


def test_what_was_given_back_is_run_again_by_those_who_may() -> None:
    shards = left()
    one, two = taken(shards), taken(shards)
    do(shards, two, two.first)
    do(shards, one, 30)
    assert taken(shards, again=False).first == 200
    assert spans([taken(shards), taken(shards)]) == [(30, 100), (100, 200)]
    assert spans(shards.take_finished()) == [(0, 30)]


def test_a_run_ends_in_the_lowest_part_that_ends_it() -> None:
    shards = left()
    one, two, three = (taken(shards) for _ in range(3))
    for shard in (three, two):
        shard.outcome = "failed"
        shard.batches.append(RecordBatch(b"", b"", b""))
        shards.end_run_in(shard, shard.first + 7)
    assert shards.take_next(again=True) is None
    assert not shards.is_settled(stopped=True)
    do(shards, one)
    assert shards.is_settled(stopped=False)
    assert shards.take_finished() == [one, two]
    assert two.at == two.first + 7


def test_nothing_behind_the_end_of_a_run_is_run_whoever_else_fails_later() -> None:
    shards = left()
    one, two, three, four = (taken(shards) for _ in range(4))
    do(shards, one)
    for shard in (two, four):
        shard.outcome = "failed"
        shards.end_run_in(shard, shard.first)
        if shard is two:
            shards.give_back(three)
    assert shards.take_next(again=True) is None
    assert shards.is_settled(stopped=False)


def test_it_is_settled_when_everything_has_finished_or_when_it_is_stopped_and_nothing_goes_on() -> None:
    shards = left()
    shard = taken(shards)
    assert not shards.is_settled(stopped=True)
    do(shards, shard)
    assert shards.is_settled(stopped=True)
    assert not shards.is_settled(stopped=False)
    while shard := shards.take_next(again=True):  # type: ignore[assignment] # None ends it
        do(shards, shard)
    assert shards.is_settled(stopped=False)
    assert shards.take_finished()[-1].end == SHOTS


def test_bytes_of_all_parts_together_are_looked_at_when_they_would_fill_one_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qirjit_magic.session.runs.shards.FULL_TEXT", 11)
    shards = Shards(0, SHOTS, rate=100, processes=2, kept=20)
    found = []
    for _ in range(5):
        do(shards, taken(shards))
        found.append(shards.kept)
    assert found == [0, 0, 20 + 3 * len(b"text"), 20 + 3 * len(b"text"), 20 + 3 * len(b"text")]


def test_what_is_in_columns_waits_no_more_and_counts_as_what_these_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qirjit_magic.session.runs.shards.FULL_TEXT", 1)
    shards = left()
    do(shards, taken(shards))
    assert shards.kept == len(b"text")
    for shard in shards.take_finished():
        shards.note_kept(shard, 1000)
    do(shards, taken(shards))
    assert shards.kept == 1000 + len(b"text")


def test_shots_are_counted_once_whatever_their_order() -> None:
    shards = left(first=40)
    one, two = taken(shards), taken(shards)
    do(shards, two)
    do(shards, one, one.first + 10)
    assert shards.done == 40 + 100 + 10


def test_a_shot_that_cannot_be_is_none_of_a_part() -> None:
    shards = left()
    shard = taken(shards)
    shards.keep_batch(shard, RecordBatch(b"", b"", b""), 10**9)
    assert shard.at == shard.end
    shards.keep_batch(shard, RecordBatch(b"", b"", b""), -5)
    assert shard.at == shard.end


def test_whoever_waits_is_woken_by_what_finishes() -> None:
    shards = left()
    shard = taken(shards)
    threading.Timer(0.01, do, (shards, shard)).start()
    while not shards.take_finished():
        shards.wait(60)


class Clocked:
    """Parts of a very long run, and processes that take so many seconds for a shot."""

    def __init__(self, rate: float) -> None:
        self.now = 0.0
        self.shards = Shards(0, 10**9, rate=rate, processes=2, clock=lambda: self.now)

    def sizes(self, count: int, *, seconds: float, by: str = "one") -> list[int]:
        """How large parts are that a process takes one after the other."""
        sizes = []
        for _ in range(count):
            shard = self.shards.take_next(again=False, by=by)
            assert shard is not None
            self.now += seconds * (shard.end - shard.first)
            do(self.shards, shard)
            sizes.append(shard.end - shard.first)
        return sizes


def test_parts_grow_where_the_shots_are_quicker_than_was_thought() -> None:
    sizes = Clocked(rate=1.0).sizes(6, seconds=SHARD_S / 1_000)
    assert sizes[:3] == [1, 8, 64]
    assert sizes[-1] == pytest.approx(1_000, rel=0.01)


def test_parts_shrink_where_the_shots_take_longer_than_was_thought() -> None:
    assert Clocked(rate=1_000 / SHARD_S).sizes(2, seconds=SHARD_S / 10) == [1_000, 10]


def test_a_slow_process_does_not_make_the_parts_of_another_small() -> None:
    clocked = Clocked(rate=1_000 / SHARD_S)
    assert clocked.sizes(2, seconds=SHARD_S, by="slow") == [1_000, 1]
    assert clocked.sizes(1, seconds=SHARD_S / 1_000, by="quick") == [1_000]
