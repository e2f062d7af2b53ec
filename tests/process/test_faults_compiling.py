"""The fault table, its last column: the engine process ends while it compiles."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from qirjit_magic.errors import QirSyntaxError, RunTimeoutError, UnsafeModuleError, WorkerCrashedError
from qirjit_magic.session.client.process import COMPILE_LIMIT_S, show_nothing
from qirjit_magic.session.session import Session
from tests.files import BITCODE, program
from tests.process.faults import FEW, MANY, add_others, unharmed
from tests.process.support import LIVENESS_S, PLATFORMS, Once, long_program, make_supervisor

DEEP = 60_000
NESTED = f"@deep = global ptr {'getelementptr (i8, ptr ' * DEEP}null{', i64 1)' * DEEP}\n".encode()


@pytest.fixture(scope="module", params=[(p, n) for p in PLATFORMS for n in (FEW, MANY)], ids=str)
def crowd(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session with a few modules, or many."""
    platform, count = request.param
    with Session(engine_client=make_supervisor(platform)) as session:
        add_others(session, count)
        yield session


def crash(
    session: Session, source: str | bytes, on_tick: Callable[[], None] = lambda: None, *, limit_s: float = 60
) -> WorkerCrashedError:
    """What comes of adding a module that ends the process: no module.

    With ``on_tick``, which is called again and again while it is compiled.
    """
    engine = session._engine
    with unharmed(session), engine.restarter.watching(show_nothing, on_tick):
        engine.restarter.compile_limit_s = limit_s  # not before: the first module may have to wait for LLVM
        with pytest.raises(WorkerCrashedError) as caught:
            session.add(source, "new")
    engine.restarter.compile_limit_s = COMPILE_LIMIT_S
    error = caught.value
    assert (error.entry, error.module, error.shot) == ("", "new", None)
    assert f"died of {error.cause} while it compiled the module 'new'." in str(error)
    return error


def test_llvm_that_aborts_says_why(crowd: Session) -> None:
    error = crash(crowd, program("faults/llvm_gives_up"))
    assert (error.signal_name, error.bitcode) == ("SIGABRT", False)
    assert "llvm-dis" not in str(error)
    assert error.reason.startswith("LLVM gave up while it compiled: invalid llvm.linker.options")


def test_llvm_that_exits_says_why(crowd: Session) -> None:
    error = crash(crowd, program("faults/llvm_exits"))
    assert error.signal_name == "exit status 1"
    assert error.reason.startswith("LLVM gave up while it compiled: ")
    assert 'invalid register "nosuch"' in error.reason


def test_llvm_that_aborts_at_bitcode_says_how_to_learn_more(crowd: Session) -> None:
    damaged = bytearray((BITCODE / "pointed_to.bc").read_bytes())
    damaged[76] ^= 2
    error = crash(crowd, bytes(damaged))
    assert (error.signal_name, error.bitcode) == ("SIGABRT", True)
    assert "write the module as text (llvm-dis)" in str(error)


def test_a_value_of_an_opaque_type_in_bitcode_ends_no_process() -> None:
    with Session() as session:
        before = session.status()
        for name in ("taken_out", "caught", "chosen"):
            with pytest.raises((UnsafeModuleError, QirSyntaxError), match="it has no size"):
                session.add((BITCODE / f"{name}.bc").read_bytes(), "new")
        after = session.status()
    assert (after.pid, after.restarts, after.modules) == (before.pid, before.restarts, before.modules)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_a_signal_from_outside(crowd: Session, number: signal.Signals) -> None:
    kill = Once(partial(os.kill, crowd.status().pid, number))
    assert crash(crowd, long_program(), kill).signal_name == number.name


def test_a_compiler_that_does_not_end_is_ended(crowd: Session) -> None:
    began = time.monotonic()
    error = crash(crowd, long_program(200_000), limit_s=0.2)
    assert time.monotonic() - began < LIVENESS_S
    assert (error.signal_name, error.reason) == ("SIGKILL", "the compiler had not ended after 0.2 s")
    crowd.add("define i64 @short() {\n  ret i64 5\n}", "new")
    assert crowd.run("short").returns == [5]
    crowd.remove("new")


def test_a_run_may_take_longer_than_compiling() -> None:
    with Session() as session:
        session.add(program("coins"), "coins")
        session._engine.restarter.compile_limit_s = 1.0
        session.add(program("slow_shots"), "slow")
        with pytest.raises(RunTimeoutError):
            session.run("slow", shots=1_000_000, timeout=1.5)


def test_the_stack_of_the_compiler_is_said_to_be_too_small(crowd: Session) -> None:
    with unharmed(crowd), pytest.raises(WorkerCrashedError) as caught:
        crowd._engine.add("new", NESTED)  # the session may refuse it by itself
    assert (caught.value.signal_name, caught.value.module) == ("SIGSEGV", "new")
    assert caught.value.reason in {
        "stack overflow: the module is nested too deep for LLVM",
        "an address that is not the program's, or a stack overflow",
    }
