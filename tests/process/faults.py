"""The ways in which a program ends the engine process, and what must be as it was afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from qirjit_magic.errors import PartialResult, WorkerCrashedError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import children, descriptors, eventually, is_gone

MEMORY_LIMIT = 512 << 20
NEVER = -1
FEW, MANY = 3, 20


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table.

    Attributes:
        entry: the function, of the program that it stands in.
        program: the file in ``tests/programs/faults``.
        how: the signal or exit status that ends the process.
        cause: what the message says of it on Linux, as a pattern.
        anywhere: likewise where there is no note of the fault.
    """

    entry: str
    program: str
    how: str
    cause: str
    anywhere: str


_NOT_THERE = "an address that is not the program's, or a stack overflow"
_TRAP = "a trap instruction: llvm.trap, or a place that was declared unreachable"
_DIVISION = "division by zero, or of the smallest integer by -1"
_NO_MEMORY = "out of memory: the limit is 512 MiB"
_CALLED_ABORT = r"abort\(\) was called"
_THROWN = "a C\\+\\+ exception that nobody caught: int"
_PANIC = "a Rust panic: capacity overflow"
_EXIT = "it called exit or _exit"

FAULTS = (
    Fault("null_load", "memory", "SIGSEGV", "a read through a null pointer: address 0x0", _NOT_THERE),
    Fault("null_store", "memory", "SIGSEGV", "a write through a null pointer: address 0x10", _NOT_THERE),
    Fault("null_call", "memory", "SIGSEGV", "a call of a null pointer: 0x0", _NOT_THERE),
    Fault("wild_load", "memory", "SIGSEGV", "a read at 0x5a0a3bd53000: that memory is not", _NOT_THERE),
    Fault("wild_store", "memory", "SIGSEGV", "a write at 0x5a0a3bd53000: that memory is not", _NOT_THERE),
    Fault("wild_jump", "memory", "SIGSEGV", "a call of an address where no code is: 0x5a0a3bd53000", _NOT_THERE),
    Fault("jump_into_data", "memory", "SIGSEGV", "a call of an address where no code is: 0x", _NOT_THERE),
    Fault("jump_to_no_address", "memory", "SIGSEGV", "a .*call of,? an address", _NOT_THERE),
    Fault("store_to_constant", "memory", "SIGSEGV", "a write to memory that may only be read: address 0x", _NOT_THERE),
    Fault("recurse", "stack", "SIGSEGV", "stack overflow: recursion, or an alloca", _NOT_THERE),
    Fault("allocate_all", "stack", "SIGSEGV", "stack overflow: recursion, or an alloca", _NOT_THERE),
    Fault("divide_by_zero", "processor", "SIGFPE", _DIVISION, _DIVISION),
    Fault("divide_smallest", "processor", "SIGFPE", _DIVISION, _DIVISION),
    Fault("trap", "processor", "SIGILL", _TRAP, _TRAP),
    Fault("unreachable", "processor", "SIGILL", _TRAP, _TRAP),
    Fault("breakpoint", "processor", "SIGTRAP", _TRAP, _TRAP),
    Fault("abort", "library", "SIGABRT", _CALLED_ABORT, _CALLED_ABORT),
    Fault("throw", "library", "SIGABRT", _THROWN, _THROWN),
    Fault("exit_with_3", "library", "exit status 3", _EXIT, _EXIT),
    Fault("exit_at_once_with_0", "library", "exit status 0", _EXIT, _EXIT),
    Fault("panic", "runtime", "SIGABRT", _PANIC, _PANIC),
    Fault("take_all_memory", "runtime", "SIGABRT", _NO_MEMORY, _NO_MEMORY),
)


def add_others(session: Session, count: int) -> None:
    """Add modules that have nothing to do with any fault: each has a number, which its predecessor is asked for."""
    session.add(program("coins"), "coins")
    session.add("define i64 @number1() {\n  ret i64 1\n}", "number1")
    for number in range(2, count):
        before = f"@number{number - 1}()"
        text = (
            f"define i64 @number{number}() {{\n  %before = call i64 {before}\n  %next = add i64 %before, 1\n"
            f"  ret i64 %next\n}}\ndeclare i64 {before}\n"
        )
        session.add(text, f"number{number}")


def answers(session: Session) -> list[object]:
    """What a few of these give, the last of which asks all others."""
    numbers = sum(info.name.startswith("number") for info in session.modules)
    coins = session.run("coins", module="coins", shots=50, seed=5).counts()
    return [coins, session.run("number1").returns, session.run(f"number{numbers}").returns]


@contextlib.contextmanager
def unharmed(session: Session) -> Iterator[None]:
    """What runs inside ends the engine process once; nothing that was there before may be gone afterwards."""
    known, before = answers(session), session.status()
    modules, kept = session.modules, (len(descriptors()), len(children()))
    yield
    after = session.status()
    assert is_gone(before.pid)
    assert after.restarts == before.restarts + 1
    assert (session.modules, after.modules) == (modules, before.modules)
    assert answers(session) == known
    assert session.status().compilations == before.compilations
    assert eventually(lambda: (len(descriptors()), len(children())) == kept)


def numbers_recorded(result: PartialResult | None) -> list[object]:
    """What its shots recorded, one after the other."""
    assert result is not None
    return [record.value for shot in result.shots for record in shot.records]


def run_into(session: Session, fault: Fault, *, at: int, shots: int, simulator: str | None) -> WorkerCrashedError:
    """The error of a run that ends badly in this shot; afterwards the same program ends well."""
    name = fault.program
    if name not in {info.name for info in session.modules}:
        session.add(program(f"faults/{name}"), name)
    session.reset(name)
    with unharmed(session), pytest.raises(WorkerCrashedError) as caught:
        session.run(fault.entry, module=name, args=[at], shots=shots, simulator=simulator)
    well = session.run(fault.entry, module=name, args=[NEVER], shots=5, simulator=simulator)
    assert numbers_recorded(well) == [0, 1, 2, 3, 4]
    return caught.value
