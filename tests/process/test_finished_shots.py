"""Shots that finished before the engine process died are kept, each as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import numpy as np
import pytest

from qirjit_magic.errors import ProgramFailedError, WorkerCrashedError
from qirjit_magic.limits import Limits
from qirjit_magic.session.session import Session
from tests.files import program

MANY = 1_000_000
COLUMNS = ("kinds", "texts", "values", "ends", "returned")


def kill_at_text(number: int, pid: int) -> Callable[[str], None]:
    """A `show` that kills the process when it has shown so many texts."""
    left = [number]

    def show(_: str) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(pid, signal.SIGKILL)

    return show


@pytest.mark.parametrize("texts", [2, 20, 150])
def test_shots_before_a_kill_are_those_of_an_undisturbed_run(session: Session, texts: int) -> None:
    session.add(program("slow_shots"), "slow")
    pid = session.status().pid
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("slow", shots=MANY, seed=11, show=kill_at_text(texts, pid))
    assert caught.value.partial is session.last
    result = session.last
    assert result is not None
    kept = len(result.shots)
    assert texts - 1 <= kept < MANY
    assert f"{kept:,} finished shot" in str(caught.value)
    undisturbed = session.run("slow", shots=kept, seed=11)
    for column in COLUMNS:
        assert np.array_equal(getattr(result.table, column), getattr(undisturbed.table, column)), column
    assert result.messages[:kept] == undisturbed.messages == ["running"] * kept
    assert result.to_text("json") == undisturbed.to_text("json")


def test_what_the_killed_shot_had_recorded_stands_apart(session: Session) -> None:
    session.add(program("slow_shots"), "slow")
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("second_shot_endless", shots=5, show=kill_at_text(1, session.status().pid))
    result = caught.value.partial
    assert result is not None
    assert [[record.value for record in shot.records] for shot in result.shots] == [[7]]
    assert result.unfinished is not None
    assert [record.value for record in result.unfinished] == [7, "running"]
    assert result.messages == ["running"]


def test_shots_before_a_failure_are_kept(session: Session) -> None:
    session.add(program("failing"), "failing")
    with pytest.raises(ProgramFailedError) as caught:
        session.run("third_shot_fails", shots=10)
    error = caught.value
    assert (error.message, error.exit_code, error.shot) == ("out of magic dust", 1, 2)
    result = error.partial
    assert result is not None
    assert [shot.records[0].value for shot in result.shots] == [0, 1]
    assert result.unfinished is not None
    assert [record.value for record in result.unfinished] == [2]


def test_the_pieces_of_a_full_memory_become_one_result(session: Session) -> None:
    session.add(program("floods"), "floods")
    result = session.run("numbers", args=[1_000_000], shots=6)
    assert len(result.shots) == 6
    assert np.array_equal(result.table.values, np.tile(np.arange(1_000_000), 6))
    assert result.dropped == 0


def test_records_that_find_no_room_are_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.add(program("floods"), "floods")
    monkeypatch.setattr(session, "limits", Limits(records_per_shot=10_000_000))
    result = session.run("numbers", args=[9_000_000])
    assert 0 < result.dropped == 9_000_000 - len(result.table.kinds)
