"""An engine process that does not answer: each request has a limit, and nobody waits for it but who asked."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from qirjit_magic.errors import RunTimeoutError, SessionClosedError, WorkerCrashedError
from qirjit_magic.protocol.messages import (
    MESSAGES,
    Added,
    CircuitReply,
    Done,
    EngineStatus,
    GetBuiltinCode,
    GetStatus,
    Message,
    Ready,
    Refused,
    Remove,
    ResetVariables,
    RunReply,
    RunRequest,
)
from qirjit_magic.session.client import process, restarter
from qirjit_magic.session.client.process import LIMITS, Limit, limit_of
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, eventually, make_supervisor, number

SOON_S = 0.3
MANY = 1_000_000
REPLIES = (Added, CircuitReply, Done, EngineStatus, Ready, Refused, RunReply)


@pytest.fixture
def stoppable(sessions: Callable[[str], Session]) -> Iterator[Session]:
    """A session whose engine process is stopped by a signal once the test calls `stop`."""
    session = sessions("linux")
    session.add(number(7), "seven")
    session.add(program("slow_shots"), "slow")
    session.run("number")
    yield session
    for info in session.modules:
        session.remove(info.name)


def stop(session: Session) -> int:
    """Stop its process, as a debugger or a hostile program does."""
    pid = session.status().pid
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_every_request_but_one_for_shots_has_a_limit() -> None:
    requests = [kind for kind in MESSAGES.values() if kind not in {*REPLIES, RunRequest}]
    assert set(LIMITS) == set(requests)
    assert all(0 < limit.seconds <= 120 and limit.what for limit in LIMITS.values())
    assert limit_of(None, compile_s=1) == process.START_LIMIT
    assert limit_of(RunRequest("m", "f"), compile_s=1) is None
    assert limit_of(RunRequest("m", "f", ends=0), compile_s=1) is not None


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        (GetStatus, lambda session: session.status()),
        (ResetVariables, lambda session: session.reset("seven")),
        (Remove, lambda session: session.remove("seven")),
        (GetBuiltinCode, lambda session: session._engine.builtin_code("runtime")),
    ],
)
def test_a_stopped_process_is_killed_and_another_takes_over(
    stoppable: Session, kind: type[Message], ask: Callable[[Session], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    what = LIMITS[kind].what
    monkeypatch.setitem(LIMITS, kind, Limit(SOON_S, what))
    monkeypatch.setattr(restarter, "_POLL_S", 0.05)
    pid = stop(stoppable)
    with pytest.raises(WorkerCrashedError) as caught:
        ask(stoppable)
    error = caught.value
    assert (error.signal_name, error.limit_s, error.stopped) == ("SIGKILL", SOON_S, True)
    assert f"{what} had not ended after 0.3 s: it was stopped by a signal: SIGSTOP" in str(error)
    assert "the next run gets a new engine process with every module in place" in str(error)
    monkeypatch.undo()
    assert stoppable.run("number").returns == [7]
    assert stoppable.status().pid != pid


def test_a_run_without_a_time_ends_where_a_signal_stops_its_process(
    stoppable: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restarter, "STOPPED_S", SOON_S)
    monkeypatch.setattr(restarter, "_POLL_S", 0.05)
    pid = stoppable.status().pid
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(WorkerCrashedError, match=r"for 0\.3 s it was stopped by a signal: SIGSTOP") as caught:
        stoppable.run("slow", shots=MANY, show=show)
    assert (caught.value.stopped, caught.value.entry) == (True, "slow")
    assert stoppable.run("number").returns == [7]


def test_a_process_that_is_stopped_for_a_moment_goes_on(stoppable: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarter, "_POLL_S", 0.05)
    pid = stop(stoppable)
    timer = threading.Timer(0.4, os.kill, (pid, signal.SIGCONT))
    timer.start()
    assert stoppable.run("number").returns == [7]
    timer.join()
    assert stoppable.status().pid == pid


def test_a_long_shot_is_no_stopped_process(stoppable: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarter, "STOPPED_S", 0.1)
    monkeypatch.setattr(restarter, "_POLL_S", 0.02)
    with pytest.raises(RunTimeoutError) as caught:
        stoppable.run("endless", timeout=0.8)
    assert not caught.value.waited


@pytest.fixture
def asked() -> Iterator[tuple[Session, threading.Thread]]:
    """A session whose process is stopped while a thread waits for its status."""
    with Session(engine_client=make_supervisor()) as session:
        session.add(number(7))
        stop(session)
        ended: list[str] = []

        def ask() -> None:
            try:
                session.status()
            except SessionClosedError as error:
                ended.append(str(error))

        thread = threading.Thread(target=ask)
        thread.start()
        assert eventually(lambda: session._engine.restarter.exchanging)
        yield session, thread
        session.close()
        thread.join(LIVENESS_S)
        assert ended == ["the engine process did not start: the session is closed. Make a new one."]


def test_a_run_s_time_is_that_of_its_turn_too(asked: tuple[Session, threading.Thread]) -> None:
    session, thread = asked
    began = time.monotonic()
    with pytest.raises(RunTimeoutError, match=r"not begun within 0\.3 s: it waited for its turn") as caught:
        session.run("number", timeout=SOON_S)
    assert (caught.value.timeout_s, caught.value.waited, caught.value.partial) == (SOON_S, True, None)
    assert time.monotonic() - began < 5
    assert thread.is_alive()


def test_the_time_of_a_run_in_a_task_is_that_of_its_turn_and_its_thread(
    asked: tuple[Session, threading.Thread],
) -> None:
    session, thread = asked

    async def ask(runs: int) -> list[object]:
        waiting = [session.run_async("number", timeout=SOON_S) for _ in range(runs)]
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    began = time.monotonic()
    errors = asyncio.run(ask(40))  # more than there are threads
    assert time.monotonic() - began < 15
    assert {type(error) for error in errors} == {RunTimeoutError}
    assert {error.timeout_s for error in errors if isinstance(error, RunTimeoutError)} == {SOON_S}
    assert thread.is_alive()


def test_closing_waits_for_no_turn(asked: tuple[Session, threading.Thread]) -> None:
    session, thread = asked
    began = time.monotonic()
    session.close()
    assert time.monotonic() - began < 5
    thread.join(LIVENESS_S)
    assert not thread.is_alive()
