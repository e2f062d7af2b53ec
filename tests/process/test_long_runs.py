"""Runs that take several fills of the shared memory are one run all the same."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.protocol.messages import RunReply, RunRequest
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import eventually, is_gone

# Records that fill the memory's half several times.
NUMBERS, SHOTS = 1_000_000, 8


def test_a_process_killed_between_two_pieces_is_a_crash_and_not_another_run(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.add(program("floods"), "floods")
    pid = session.status().pid
    run = session._engine.run

    def run_and_kill(request: RunRequest) -> RunReply:
        reply = run(request)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: is_gone(pid))
        return reply

    monkeypatch.setattr(session._engine, "run", run_and_kill)
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("numbers", args=[NUMBERS], shots=SHOTS)
    partial = caught.value.partial
    assert caught.value.signal_name == "SIGKILL"
    assert isinstance(partial, RunResult)
    assert 0 < len(partial.shots) < SHOTS
    assert np.array_equal(partial.table.values, np.tile(np.arange(NUMBERS), len(partial.shots)))


def test_what_is_printed_in_the_first_piece_is_kept_to_the_end(session: Session, toy: str) -> None:
    session.add(program("toy_gates"), "toy")
    session.add(program("floods"), "floods")
    session.add(program("prints_once_and_floods"), "both")
    result = session.run("prints_once_and_floods", args=[NUMBERS], shots=SHOTS, simulator=toy)
    assert len(result.shots) == SHOTS
    assert result.stdout.count("to stdout") == 1


def test_texts_that_find_no_room_are_counted(session: Session) -> None:
    session.add(program("floods"), "floods")
    twice = "define void @twice() {{\n{0}{0}  ret void\n}}\ndeclare void @long_message(i64)\n"
    session.add(twice.format("  call void @long_message(i64 20)\n"), "twice")
    result = session.run("twice")
    assert [len(message) for message in result.messages] == [8 << 20, 0]
    assert result.dropped == 1
    assert "1 records and texts found no room" in str(result)
