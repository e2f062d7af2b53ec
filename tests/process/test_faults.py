"""The fault table: whatever a program does to the engine process is one clear error, and nothing else is lost."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import signal
from collections.abc import Callable, Iterator
from functools import cache, partial

import pytest

from qirjit_magic.errors import ProgramFailedError, WorkerCrashedError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.faults import (
    FAULTS,
    FEW,
    MANY,
    MEMORY_LIMIT,
    Fault,
    add_others,
    numbers_recorded,
    run_into,
    unharmed,
)
from tests.process.support import PLATFORMS, Once, make_supervisor

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64",
    reason="other processors raise other signals, and tell less: what they do is in tests/unit/test_causes.py.",
)
# Where only the signal tells, one row for each.
PORTABLE = [
    fault for fault in FAULTS if fault.entry in {"null_store", "recurse", "divide_by_zero", "unreachable", "panic"}
]
# How many modules there are makes no difference to how a process dies, but to what the next one is given.
ONE_EACH = list({fault.program: fault for fault in FAULTS}.values())
MakeSession = Callable[[str, int], Session]


@pytest.fixture(scope="module")
def crowds() -> Iterator[MakeSession]:
    """A session on a platform with so many modules beside the fault's, made when it is first asked for."""
    with contextlib.ExitStack() as closing:

        @cache
        def make(name: str, count: int) -> Session:
            engine = make_supervisor(name, memory_limit=MEMORY_LIMIT)
            session = closing.enter_context(Session(engine_client=engine))
            add_others(session, count)
            return session

        yield make


def by_entry(fault: Fault) -> str:
    return fault.entry


@pytest.fixture
def simulator(request: pytest.FixtureRequest, fault: Fault) -> str | None:
    """What the fault's program is run on."""
    return str(request.getfixturevalue("toy")) if fault.program == "library" else None


@pytest.mark.parametrize("fault", FAULTS, ids=by_entry)
def test_a_fault_of_the_only_shot(crowds: MakeSession, fault: Fault, simulator: str | None) -> None:
    error = run_into(crowds("linux", FEW), fault, at=0, shots=1, simulator=simulator)
    assert (error.signal_name, error.entry, error.shot) == (fault.how, fault.entry, 0)
    assert numbers_recorded(error.partial) == []
    expected = rf"died of {fault.how} \({fault.cause}.* while it ran '{fault.entry}', in shot 0\."
    assert re.search(expected, str(error))


@pytest.mark.parametrize(
    ("fault", "count"),
    [*((fault, FEW) for fault in FAULTS), *((fault, MANY) for fault in ONE_EACH)],
    ids=lambda value: value.entry if isinstance(value, Fault) else f"{value} modules",
)
def test_a_fault_in_the_middle_of_a_run(crowds: MakeSession, fault: Fault, simulator: str | None, count: int) -> None:
    error = run_into(crowds("linux", count), fault, at=3, shots=10, simulator=simulator)
    assert (error.signal_name, error.entry, error.shot) == (fault.how, fault.entry, 3)
    assert re.match(fault.cause, error.reason)
    assert numbers_recorded(error.partial) == [0, 1, 2]
    assert "in shot 3. " in str(error)
    assert "3 finished shots are in error.partial" in str(error)


@pytest.mark.parametrize("fault", PORTABLE, ids=by_entry)
def test_a_fault_where_only_the_signal_tells(crowds: MakeSession, fault: Fault, simulator: str | None) -> None:
    error = run_into(crowds("portable", MANY), fault, at=3, shots=10, simulator=simulator)
    assert (error.signal_name, error.entry, error.shot) == (fault.how, fault.entry, 3)
    assert re.match(fault.anywhere, error.reason)
    assert numbers_recorded(error.partial) == [0, 1, 2]


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("count", [FEW, MANY], ids=["few modules", "20 modules"])
def test_a_program_that_says_it_failed_ends_nothing_but_its_run(crowds: MakeSession, name: str, count: int) -> None:
    session = crowds(name, count)
    session.add(program("faults/runtime"), "runtime")
    session.reset("runtime")
    before = session.status()
    with pytest.raises(ProgramFailedError, match="nothing works") as caught:
        session.run("fail", args=[3], shots=10)
    assert (caught.value.shot, caught.value.exit_code) == (3, 1)
    assert numbers_recorded(caught.value.partial) == [0, 1, 2]
    assert caught.value.partial is not None
    assert caught.value.partial.unfinished is not None
    assert [record.value for record in caught.value.partial.unfinished][:1] == [3]
    after = session.status()
    assert (after.pid, after.modules) == (before.pid, before.modules)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGKILL, "from outside, or by the system where memory ran out"),
        (signal.SIGTERM, "a signal from outside"),
        (signal.SIGSEGV, f"sent by process {os.getpid()}"),
        (signal.SIGABRT, f"sent by process {os.getpid()}"),
    ],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else "told",  # the same in each process
)
@pytest.mark.parametrize("count", [FEW, MANY], ids=["few modules", "20 modules"])
def test_a_signal_from_outside_in_the_middle_of_a_run(
    crowds: MakeSession, count: int, number: signal.Signals, reason: str
) -> None:
    session = crowds("linux", count)
    session.add(program("slow_shots"), "slow")
    session.reset("slow")
    kill = Once(partial(os.kill, session.status().pid, number))
    with unharmed(session), pytest.raises(WorkerCrashedError) as caught:
        session.run("second_shot_endless", shots=5, show=kill)
    error = caught.value
    assert (error.signal_name, error.reason, error.shot) == (number.name, reason, 1)
    assert numbers_recorded(error.partial) == [7]
