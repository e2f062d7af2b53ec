"""Processes that share a run have no more memory together than the machine has left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qirjit_magic.session.session import Session
from tests.process.shared_runs import be_eager, run, session_on

WORKERS = "qirjit_magic.session.runs.worker_pool.get_platform"


class _Machine:
    """A machine with so much memory left."""

    def __init__(self, left: int) -> None:
        self._left = left

    def available_bytes(self) -> int:
        return self._left


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    be_eager(monkeypatch)
    with session_on("linux") as session:
        yield session


def test_there_are_as_many_workers_as_their_shares_have_room(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    share = shared._engine.restarter.memory_limit // 3
    for room in (1, 2):
        monkeypatch.setattr(WORKERS, lambda left=room * share: _Machine(left))
        assert run(shared, jobs=3).plan.processes == 1 + room


def test_without_room_for_a_share_one_process_runs_everything(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    share = shared._engine.restarter.memory_limit // 2
    monkeypatch.setattr(WORKERS, lambda: _Machine(share - 1))
    plan = run(shared, shots=500).plan
    assert plan.processes == 1
    assert f"this machine has no {share >> 20:,} MiB left" in plan.why
