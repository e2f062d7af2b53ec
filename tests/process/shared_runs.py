"""Runs that several processes share, however short they are."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from qirjit_magic.errors import ExecutionError
from qirjit_magic.session.client import process
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.runs import sharded_run, shards
from qirjit_magic.session.runs.sharded_run import ShardedRun
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import eventually, make_supervisor

NEVER = -1
TURNS = 200_000  # some tenth of a millisecond
SHOTS = 3_000
START_WORKERS = ShardedRun._start_workers


def be_eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are shared as soon as they go on, in short parts; the first process waits until the workers are there."""

    def call_and_wait(run: ShardedRun) -> bool:
        assert run._engine.restarter.process is not None
        pid = run._engine.restarter.process.pid
        os.kill(pid, signal.SIGSTOP)
        eventually(lambda: not any(worker.busy for worker in run._workers._workers))  # with the run before
        called = START_WORKERS(run)
        if called:
            assert eventually(lambda: len(run._ready) == sum(worker.busy for worker in run._workers._workers))
            run._engine.memory.stop()
            run._asked = True
        os.kill(pid, signal.SIGCONT)
        return called

    monkeypatch.setattr(process, "_TICK_S", 0.005)
    monkeypatch.setattr(sharded_run, "CHECK_INTERVAL_S", 0.0)
    monkeypatch.setattr(sharded_run, "MIN_REMAINING_S", 0.0)
    monkeypatch.setattr(shards, "SHARD_S", 0.03)
    monkeypatch.setattr(ShardedRun, "_start_workers", call_and_wait)


@contextlib.contextmanager
def session_on(platform: str) -> Iterator[Session]:
    # Of so little memory there is enough for two workers, whatever else the machine does.
    engine_client = make_supervisor(platform, grace_s=0.3, memory_limit=2 << 30)
    with Session(simulator="statevector", engine_client=engine_client) as session:
        session.add(program("shared_shots"), "shared")
        yield session


def run(
    session: Session,
    *,
    jobs: int = 2,
    said: int = 100,
    fails: int = NEVER,
    dies: int = NEVER,
    hangs: int = NEVER,
    shots: int = SHOTS,
    **options: Any,
) -> RunResult:
    arguments = [TURNS, said, fails, dies, hangs]
    return session.run("numbered", module="shared", args=arguments, shots=shots, seed=5, jobs=jobs, **options)


def numbers(result: RunResult | None) -> list[object]:
    assert result is not None
    return [shot.records[0].value for shot in result.shots]


def everything(result: RunResult) -> list[object]:
    return [result.to_text("labeled"), result.messages, result.returns, result.stdout, result.stderr]


def caught(kind: type[ExecutionError], session: Session, **options: Any) -> Any:
    with pytest.raises(kind) as error:
        run(session, **options)
    assert error.value.partial is session.last
    return error.value
