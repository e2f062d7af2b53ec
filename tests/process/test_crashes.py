"""The engine process dies, of a fault or from outside: what else the error says, and that everything is there again.

The table of faults is in test_faults.py.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from functools import partial

import pytest

from qirjit_magic.errors import EngineStartError, WorkerCrashedError
from qirjit_magic.session.client.process import show_nothing
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import (
    PLATFORMS,
    Once,
    children,
    descriptors,
    eventually,
    is_gone,
    long_program,
    make_supervisor,
    returned,
)


def crash(session: Session, entry: str, simulator: str | None = None) -> WorkerCrashedError:
    """Run it, and see that everything is back afterwards, without a compilation."""
    session.add(program("coins"), "coins")
    before, known = session.status(), session.run("coins", module="coins", shots=50, seed=5)
    with pytest.raises(WorkerCrashedError) as caught:
        session.run(entry, simulator=simulator)
    after = session.status()
    assert after.restarts == before.restarts + 1
    assert after.pid != before.pid
    assert is_gone(before.pid)
    assert (after.modules, after.compilations) == (before.modules, before.compilations)
    assert session.run("coins", module="coins", shots=50, seed=5).counts() == known.counts()
    assert caught.value.entry == entry
    return caught.value


def test_the_error_has_the_last_words_of_native_code(session: Session, toy: str) -> None:
    session.add(program("toy_gates"), "toy")
    error = crash(session, "abort", toy)
    assert error.stderr_tail.endswith("the toy is broken\n")
    assert "the toy is broken" in str(error)


def test_the_error_says_why_the_runtime_library_gave_up(session: Session) -> None:
    # Its message stands before a long list of frames.
    session.add(program("crashes"), "crashes")
    assert "capacity overflow" in str(crash(session, "allocate_too_much"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP])
def test_a_signal_from_outside_is_a_crash(session: Session, number: signal.Signals) -> None:
    session.add(program("slow_shots"), "slow")
    before = session.status()
    kill = Once(partial(os.kill, before.pid, number))
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("endless", show=kill)
    assert caught.value.signal_name == number.name
    assert session.run("quick").returns == [42]
    after = session.status()
    assert (after.restarts, after.compilations) == (before.restarts + 1, before.compilations)


def test_a_process_killed_while_idle_comes_back(session: Session) -> None:
    session.add(program("slow_shots"), "slow")
    before = session.status()
    os.kill(before.pid, signal.SIGKILL)
    assert eventually(partial(is_gone, before.pid))
    with contextlib.suppress(WorkerCrashedError):  # where a thread watches, it may be a moment late
        session.run("quick")
    assert session.run("quick").returns == [42]


def test_a_process_killed_while_it_compiles_is_a_crash_without_an_entry(session: Session) -> None:
    session.add(program("slow_shots"), "slow")
    before = session.status()
    kill = Once(partial(os.kill, before.pid, signal.SIGKILL))
    with session._engine.restarter.watching(show_nothing, kill), pytest.raises(WorkerCrashedError) as caught:
        session.add(long_program(), "long")
    assert (caught.value.entry, caught.value.signal_name) == ("", "SIGKILL")
    assert "while it compiled the module 'long'" in str(caught.value)
    assert session.status().modules == before.modules == ("slow",)
    assert session.run("quick").returns == [42]


def test_a_crash_leaves_no_process_and_no_descriptor(session: Session) -> None:
    session.add(program("crashes"), "crashes")
    session.status()
    kept = len(descriptors()), len(children())  # a new process may get other numbers
    for _ in range(3):
        with pytest.raises(WorkerCrashedError):
            session.run("store_to_16")
        session.status()
    assert eventually(lambda: (len(descriptors()), len(children())) == kept)


def test_a_crash_keeps_the_order_of_modules(session: Session) -> None:
    def number(value: int) -> bytes:
        return f"define i64 @number() {{ ret i64 {value} }}\ndefine void @only{value}() {{ ret void }}".encode()

    session.add(program("crashes"), "crashes")
    session.add(number(1), "a")
    session.add(number(2), "b")
    session.add(number(3), "a")
    user = b"declare i64 @number()\ndefine i64 @use() {\n  %n = call i64 @number()\n  ret i64 %n\n}"
    session.add(user, "user")
    assert session.run("use").returns == [3]
    crash(session, "trap")
    assert session.run("use").returns == [3]


def test_a_crashed_run_has_no_shots_of_the_run_before(session: Session) -> None:
    session.add(program("crashes"), "crashes")
    session.add(program("coins"), "coins")
    session.run("coins", shots=1000)
    with pytest.raises(WorkerCrashedError) as caught:
        session.run("trap", shots=5)
    partial_result = caught.value.partial
    assert partial_result is not None
    assert len(partial_result.shots) == 0
    assert session.last is partial_result


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_request_to_a_dead_process_gets_a_new_one_or_an_engine_error(platform: str) -> None:
    engine = make_supervisor(platform)
    try:
        compiled = engine.add("m", b"define i64 @f() { ret i64 1 }")
        requests: list[Callable[[], object]] = [
            engine.status,
            partial(engine.add, "n", b"define void @g() { ret void }"),
            partial(engine.restore, compiled),
            partial(engine.remove, "n"),  # "m" is to be there, whether the death is seen before or after
            partial(engine.show, "m", b"define void @g() { ret void }", "ir"),
        ]
        for request in requests:
            os.kill(engine.restarter.process.pid if engine.restarter.process else 0, signal.SIGKILL)
            with contextlib.suppress(WorkerCrashedError, EngineStartError):  # the death may be seen before or after
                request()
            assert returned(engine, "m", "f") == 1
    finally:
        engine.close()
