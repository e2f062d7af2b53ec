from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.display.timings import timings_table
from qirjit_magic.protocol.timings import COMPILING, RUNNING, STEPS, UNTIMED, Stopwatch, Timings
from qirjit_magic.session.client.replies import bounded_timings
from qirjit_magic.session.runs.collector import added_timings

_seconds = st.floats(allow_nan=True, allow_infinity=True)


def test_each_lap_is_the_time_since_the_one_before() -> None:
    moments = iter([10.0, 11.0, 13.0, 13.5])
    watch = Stopwatch(lambda: next(moments))
    watch.lap("parse")
    watch.lap("verify")
    watch.lap("parse")
    assert watch.timings == Timings(parse=1.5, verify=2.0)


def test_steps_are_those_that_happened_in_their_order_and_the_rest_is_what_they_leave() -> None:
    timings = Timings(simulate=0.5, link=0.25, total=1.0)
    assert timings.steps == {"link": 0.25, "simulate": 0.5}
    assert list(timings.steps) == ["link", "simulate"]
    assert timings.rest == 0.25
    assert Timings(simulate=2.0, total=1.0).rest == 0
    assert UNTIMED.steps == {}


def test_one_after_the_other_takes_as_long_as_both() -> None:
    both = added_timings(Timings(compile=1.0, total=2.0, from_cache=True), Timings(compile=0.5, link=0.25, total=1.0))
    assert both == Timings(compile=1.5, link=0.25, total=3.0, from_cache=True)


@given(st.builds(Timings, **dict.fromkeys((*STEPS, "total"), _seconds)), st.floats(0, 1e6), st.data())
def test_what_nobody_trusts_is_no_longer_than_it_was_waited_for(
    timings: Timings, waited: float, data: st.DataObject
) -> None:
    steps = data.draw(st.sampled_from([COMPILING, RUNNING]))
    kept = bounded_timings(timings, steps, waited)
    assert kept.steps.keys() <= set(steps)
    assert (kept.total, kept.from_cache) == (0, False)
    assert all(seconds > 0 for seconds in kept.steps.values())
    assert sum(kept.steps.values()) <= waited * (1 + 1e-9)


@given(st.lists(st.floats(0, 1), min_size=len(RUNNING), max_size=len(RUNNING)))
def test_what_can_be_true_is_believed(seconds: list[float]) -> None:
    told = Timings(**dict(zip(RUNNING, seconds, strict=True)), from_cache=False)
    assert bounded_timings(told, RUNNING, math.fsum(seconds) + 1e-9) == told


def test_the_table_has_a_line_for_each_step_and_its_points_below_each_other() -> None:
    timings = Timings(
        start=0.7448, parse=0.000887, verify=0.00658, compile=0.0000004, simulate=12.3456, decode=0.0129, total=13.5
    )
    assert timings_table(timings).splitlines() == [
        "start        745     ms  until the engine was ready",
        "parse          0.887 ms  LLVM reads the module",
        "verify         6.58  ms  valid, safe, of which profile",
        "compile        0.000 ms  object code for this machine",
        "simulate  12,346     ms  the shots",
        "decode        12.9   ms  columns of what they recorded",
        "rest         389     ms  between the processes, and the like",
        "total     13,500     ms",
    ]


def test_whole_milliseconds_leave_no_room_for_points() -> None:
    assert timings_table(Timings(simulate=1.5, total=2.0)).splitlines() == [
        "simulate  1,500 ms  the shots",
        "rest        500 ms  between the processes, and the like",
        "total     2,000 ms",
    ]


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_object_code_from_the_disk_is_said_where_compiling_would_stand(start: float) -> None:
    lines = timings_table(Timings(start=start, link=0.001, total=1.0, from_cache=True)).splitlines()
    assert [line.split()[0] for line in lines] == [*(["start"] if start else []), "compile", "link", "rest", "total"]
    assert lines[1 if start else 0].split(maxsplit=1)[1] == "nothing: its object code was on the disk"


def test_of_sampled_shots_only_the_state_is_simulated() -> None:
    lines = timings_table(Timings(trace=0.1, simulate=0.1, sample=0.1, total=0.5)).splitlines()
    assert [line.split("ms  ")[1] for line in lines[:3]] == [
        "one shot, to see whether all do the same",
        "the final state",
        "results drawn from the final state",
    ]


def test_where_nothing_happened_there_is_one_line() -> None:
    assert timings_table(UNTIMED) == "nothing had to be done"


@given(st.builds(Timings, **dict.fromkeys((*STEPS, "total"), st.floats(0, 1e9)), from_cache=st.booleans()))
def test_every_table_is_aligned(timings: Timings) -> None:
    lines = timings_table(timings).splitlines()
    ends = {line.index(" ms") for line in lines if " ms" in line}
    assert len(ends) <= 1
    assert not any(line != line.rstrip() for line in lines)
