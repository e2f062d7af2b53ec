"""Interrupts, stops and time limits: what has finished is kept, and the session stays usable."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from qirjit_magic.errors import RunTimeoutError
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.process import EngineProcess, show_nothing
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, PLATFORMS, Once, children, eventually, long_program, make_supervisor

MANY = 1_000_000
interrupt = partial(signal.raise_signal, signal.SIGINT)


@pytest.fixture
def slow(session: Session) -> Session:
    """A session with slow_shots.ll."""
    session.add(program("slow_shots"), "slow")
    return session


@pytest.fixture
def patient(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session that waits a minute before it kills."""
    platform = getattr(request, "param", "linux")
    with Session(engine_client=make_supervisor(platform, grace_s=60)) as session:
        session.add(program("slow_shots"), "slow")
        yield session


def check_usable(session: Session, *, trust: bool = False) -> None:
    session.add(program("slow_shots"), "slow", trust=trust)
    assert session.run("quick", module="slow", shots=3).returns == [42] * 3
    status = session.status()
    assert set(status.modules) == {info.name for info in session.modules}
    assert status.open_pid or not trust


@contextlib.contextmanager
def from_a_thread(action: Callable[[], object]) -> Iterator[Callable[[str], None]]:
    """A `show` whose first text lets another thread act."""
    shown = threading.Event()
    thread = threading.Thread(target=lambda: shown.wait(LIVENESS_S) and action())
    thread.start()
    try:
        yield lambda _: shown.set()
    finally:
        thread.join()


# -- interrupts --------------------------------------------------------------------------------------------------


def test_an_interrupt_stops_at_a_shot_and_keeps_the_finished_ones(slow: Session) -> None:
    before = slow.status()
    with from_a_thread(partial(os.kill, os.getpid(), signal.SIGINT)) as show, pytest.raises(KeyboardInterrupt):
        slow.run("slow", shots=MANY, show=show)
    result = slow.last
    assert result is not None
    assert result.partial
    assert 0 < len(result.shots) < MANY
    assert sum(result.counts().values()) == len(result.shots) == len(result.messages)
    assert result.unfinished is None
    check_usable(slow)
    assert slow.status().restarts == before.restarts


def test_an_endless_shot_is_killed_after_the_grace(slow: Session) -> None:
    before = slow.status()
    with pytest.raises(KeyboardInterrupt):
        slow.run("second_shot_endless", shots=5, show=Once(interrupt))
    result = slow.last
    assert result is not None
    assert [shot.records[0].value for shot in result.shots] == [7]
    assert result.unfinished is not None
    assert [record.value for record in result.unfinished] == [7, "running"]
    check_usable(slow)
    assert slow.status().restarts == before.restarts + 1


@pytest.mark.parametrize("patient", PLATFORMS, indirect=True)
def test_a_second_interrupt_kills_at_once(patient: Session) -> None:
    def twice(_: str) -> None:
        interrupt()
        interrupt()

    with pytest.raises(KeyboardInterrupt):
        patient.run("endless", show=twice)
    check_usable(patient)


def test_an_interrupt_outside_a_run_is_pythons_own(slow: Session) -> None:
    slow.run("quick")
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    check_usable(slow)


def test_the_handler_of_interrupts_is_put_back(slow: Session) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        slow.run("slow", shots=MANY, show=Once(interrupt))
    slow.run("quick")
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_while_it_compiles_leaves_the_modules_as_they_were(slow: Session) -> None:
    with slow._engine.restarter.watching(show_nothing, Once(interrupt)), pytest.raises(KeyboardInterrupt):
        slow.add(long_program(60_000), "long")
    assert [info.name for info in slow.modules] == ["slow"]
    check_usable(slow)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_interrupt_while_it_starts_leaves_a_usable_session(platform: str) -> None:
    with Session(engine_client=make_supervisor(platform)) as session:
        with session._engine.restarter.watching(show_nothing, Once(interrupt)), pytest.raises(KeyboardInterrupt):
            session.status()
        check_usable(session)


def test_an_interrupt_when_the_process_has_just_been_started_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    start, others = EngineProcess.__init__, children()

    def interrupted(*arguments: Any, **named: Any) -> None:
        start(*arguments, **named)
        interrupt()

    monkeypatch.setattr(EngineProcess, "__init__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Session()
    assert eventually(lambda: children() <= others)


def test_an_interrupt_while_modules_are_taken_back_leaves_a_usable_session(slow: Session) -> None:
    slow.add(long_program(), "long")
    os.kill(slow.status().pid, signal.SIGKILL)
    slow._engine.restarter._discard()
    with slow._engine.restarter.watching(show_nothing, Once(interrupt)), pytest.raises(KeyboardInterrupt):
        slow.status()
    assert slow.run("quick").returns == [42]
    assert slow.status().modules == ("slow", "long")


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize("delay_ms", [0, 5, 20, 60, 120, 200, 300, 400, 600])
def test_an_interrupt_at_any_moment_leaves_a_usable_session(delay_ms: int, trust: bool) -> None:  # noqa: FBT001 - a table
    others = children()
    session = None
    timer = threading.Timer(delay_ms / 1000, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come at any line
        timer.start()
        session = Session(engine_client=make_supervisor(grace_s=0.3))
        session.add(program("coins"), "coins")
        session.add(program("slow_shots"), "slow", trust=trust)
        session.run("quick", module="slow")
        session.run("slow", module="slow", shots=MANY)
    timer.join()
    if session is not None:
        check_usable(session, trust=trust)
        session.close()
    # A process of the case before may still be dying.
    assert eventually(lambda: children() <= others)


# -- stops -------------------------------------------------------------------------------------------------------


def test_a_stop_from_another_thread_gives_what_has_finished(slow: Session) -> None:
    with from_a_thread(slow.stop) as show:
        result = slow.run("slow", shots=MANY, show=show)
    assert result.partial
    assert 0 < len(result.shots) < MANY
    assert slow.last is result
    check_usable(slow)


def test_a_run_in_another_thread_can_be_stopped(slow: Session) -> None:
    shown = threading.Event()
    results: list[int] = []

    def run() -> None:
        results.append(len(slow.run("slow", shots=MANY, show=lambda _: shown.set()).shots))

    thread = threading.Thread(target=run)
    thread.start()
    assert shown.wait(LIVENESS_S)
    slow.stop()
    thread.join(LIVENESS_S)
    assert 0 < results[0] < MANY
    check_usable(slow)


def test_an_endless_shot_can_be_stopped(slow: Session) -> None:
    with from_a_thread(slow.stop) as show:
        result = slow.run("endless", show=show)
    assert result.partial
    assert result.messages == ["running"]
    check_usable(slow)


def test_a_stop_while_the_open_process_is_made_ready_holds(monkeypatch: pytest.MonkeyPatch, slow: Session) -> None:
    slow.add(program("slow_shots"), "slow", trust=True)
    for_run = slow._engines.for_run

    def stopped(*arguments: Any, **options: Any) -> EngineClient | None:
        slow.stop()
        return for_run(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(slow._engines, "for_run", stopped)
        result = slow.run("endless", timeout=LIVENESS_S)
    assert (result.partial, len(result.shots)) == (True, 0)
    check_usable(slow, trust=True)


def test_a_stop_without_a_run_stops_no_later_one(slow: Session) -> None:
    slow.stop()
    assert not slow.run("quick", shots=100).partial


# -- time limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["slow", "endless"])
def test_a_run_ends_with_its_time(slow: Session, entry: str) -> None:
    with pytest.raises(RunTimeoutError) as caught:
        slow.run(entry, shots=MANY, timeout=1.0)
    assert caught.value.timeout_s == 1.0
    assert caught.value.partial is slow.last
    result = slow.last
    assert result is not None
    assert result.partial
    assert (len(result.shots) > 0) is (entry == "slow")
    check_usable(slow)


def test_a_run_that_is_done_in_time_is_whole(slow: Session) -> None:
    assert not slow.run("slow", shots=3, timeout=60).partial


def test_an_error_in_show_leaves_a_usable_session(slow: Session) -> None:
    def show(_: str) -> None:
        message = "the cell's output is gone"
        raise BrokenPipeError(message)

    with pytest.raises(BrokenPipeError):
        slow.run("slow", shots=50, show=show)
    check_usable(slow)
