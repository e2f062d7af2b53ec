from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.shared_memory import Fault, FaultAccess
from qirjit_magic.session.client.crash_report import ProcessEnd, death_cause

PID, STACK, CODE = 4711, 0x7FFF_FFF0_0000, 0x7F00_0000_1000
MAPPED, DENIED, KERNEL = 1, 2, 128
READ, WRITE, RUN, UNKNOWN = FaultAccess.READ, FaultAccess.WRITE, FaultAccess.RUN, FaultAccess.UNKNOWN

BAD_ADDRESSES = [
    (0, MAPPED, READ, "a read through a null pointer: address 0x0"),
    (0x10, MAPPED, WRITE, "a write through a null pointer: address 0x10"),
    (0xFFFF, MAPPED, UNKNOWN, "a read or write through a null pointer: address 0xffff"),
    (2**64 - 8, MAPPED, READ, "a read through a null pointer: address 0xfffffffffffffff8"),
    (0, MAPPED, RUN, "a call of a null pointer: 0x0"),
    (0x5000_0000, MAPPED, RUN, "a call of an address where no code is: 0x50000000"),
    (CODE, DENIED, UNKNOWN, "a call of an address where no code is: 0x7f0000001000"),
    (CODE, MAPPED, READ, "a read at 0x7f0000001000: that memory is not the program's"),
    (0x5000_0000, MAPPED, WRITE, "a write at 0x50000000: that memory is not the program's"),
    (0x5000_0000, DENIED, WRITE, "a write to memory that may only be read: address 0x50000000"),
    (0x5000_0000, DENIED, READ, "a read at 0x50000000: that memory is not the program's"),
    (0, KERNEL, UNKNOWN, "a read or write at, or a call of, an address that no memory can have"),
    (STACK, MAPPED, WRITE, "stack overflow: recursion, or an alloca that is too large"),
    (STACK - 8, MAPPED, WRITE, "stack overflow: recursion, or an alloca that is too large"),
    (STACK + 0x8000, MAPPED, UNKNOWN, "stack overflow: recursion, or an alloca that is too large"),
    (STACK, DENIED, RUN, "a call of an address where no code is: 0x7ffffff00000"),
]

PANICS = (
    "\nthread '<unnamed>' (25961) panicked at library/alloc/src/raw_vec/mod.rs:28:5:\ncapacity overflow\n"
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n"
    "thread '<unnamed>' (25961) panicked at library/core/src/panicking.rs:225:5:\nanother\n"
)
SAYINGS = [
    ("SIGABRT", PANICS, "a Rust panic: capacity overflow"),
    (
        "SIGABRT",
        "thread 'main' panicked at src/lib.rs:1:2:\nassertion failed\n  left: 1\n right: 2\n\nmore",
        "a Rust panic: assertion failed left: 1 right: 2",
    ),
    ("SIGABRT", "thread 'main' panicked at src/lib.rs:1:2:\nthe end", "a Rust panic: the end"),
    (
        "SIGABRT",
        "terminate called after throwing an instance of 'std::runtime_error'\n  what():  it broke\n",
        "a C++ exception that nobody caught: std::runtime_error: it broke",
    ),
    ("SIGABRT", "terminate called after throwing an instance of 'int'\n", "a C++ exception that nobody caught: int"),
    ("SIGABRT", "free(): invalid pointer\n", "the C library found its memory corrupted: free(): invalid pointer"),
    ("SIGABRT", "LLVM ERROR: no\n", "LLVM gave up: no"),
    (
        "SIGABRT",
        "python: /a/b.h:578: decltype(auto) f(): Assertion `x > 0' failed.\n",
        "an assertion that does not hold: Assertion `x > 0' failed",
    ),
    (
        "exit status 1",
        'Traceback (most recent call last):\n  File "x", line 1\nValueError: oh\n',
        "an exception in the engine itself: ValueError: oh",
    ),
    ("exit status 1", "nothing of interest\n", "it called exit or _exit"),
    ("SIGABRT", "nothing of interest\n", "abort() was called"),
]

COMPILING = [
    ("SIGABRT", "LLVM ERROR: Cannot select: t2\nIn function: f\n", "Cannot select: t2"),
    ("SIGABRT", "LLVM ERROR: \nIn function: f\n", "In function: f"),
    ("SIGABRT", "python: b.h:578: f(): Assertion `x > 0' failed.\n", "Assertion `x > 0' failed"),
    ("SIGABRT", "bad kind\nUNREACHABLE executed at x.cpp:1!\n", "bad kind"),
    ("exit status 1", "first\nerror: <unknown>:0:0: invalid register\n", "error: <unknown>:0:0: invalid register"),
]

NAMED = [
    ("SIGFPE", 1, "division by zero, or of the smallest integer by -1"),
    ("SIGFPE", 7, "an arithmetic operation that has no result"),
    ("SIGBUS", 2, "a read or write at 0x50000000: there is no memory, or the address is not aligned"),
    ("SIGILL", 2, "a trap instruction: llvm.trap, or a place that was declared unreachable"),
    ("SIGTRAP", 128, "a trap instruction: llvm.trap, or a place that was declared unreachable"),
]


def of_signal(how: str, fault: Fault | None, *, compiling: bool = False) -> str:
    return death_cause(ProcessEnd(how, fault=fault, pid=PID, compiling=compiling))


@pytest.mark.parametrize(("address", "code", "access", "expected"), BAD_ADDRESSES)
def test_a_bad_address_is_told_with_what_was_done_there(
    address: int, code: int, access: FaultAccess, expected: str
) -> None:
    fault = Fault(signal.SIGSEGV, code, address, CODE, STACK, access)
    assert of_signal("SIGSEGV", fault) == expected


def test_a_stack_that_the_compiler_used_up_is_the_nesting_s_fault() -> None:
    fault = Fault(signal.SIGSEGV, MAPPED, STACK, CODE, STACK, WRITE)
    assert of_signal("SIGSEGV", fault, compiling=True) == "stack overflow: the module is nested too deep for LLVM"


@pytest.mark.parametrize(("how", "code", "expected"), NAMED)
def test_other_faults_are_told_by_signal_and_code(how: str, code: int, expected: str) -> None:
    assert of_signal(how, Fault(signal.Signals[how], code, 0x5000_0000, CODE, STACK)) == expected


@pytest.mark.parametrize(
    ("how", "sender", "expected"),
    [
        ("SIGSEGV", 12, "sent by process 12"),
        ("SIGABRT", 12, "sent by process 12"),
        ("SIGSEGV", 0, "sent by a process that cannot be seen from here"),
        ("SIGSEGV", PID, "it sent the signal to itself"),
        ("SIGABRT", PID, "abort() was called"),
    ],
)
def test_a_signal_that_was_sent_has_a_sender(how: str, sender: int, expected: str) -> None:
    fault = Fault(signal.Signals[how], -6, 1000 << 32 | sender)
    assert of_signal(how, fault) == expected


@pytest.mark.parametrize(("how", "said", "expected"), SAYINGS)
def test_what_it_said_tells_more_than_the_signal(how: str, said: str, expected: str) -> None:
    assert death_cause(ProcessEnd(how, said, Fault(signal.SIGABRT, -6, PID), PID)) == expected


@pytest.mark.parametrize(("how", "said", "expected"), COMPILING)
def test_llvm_s_own_end_is_told_in_its_words(how: str, said: str, expected: str) -> None:
    assert death_cause(ProcessEnd(how, said, compiling=True)) == f"LLVM gave up while it compiled: {expected}"


def test_an_exception_in_the_engine_is_not_taken_for_llvm_s_end() -> None:
    said = 'Traceback (most recent call last):\n  File "x", line 1\nValueError: oh\n'
    expected = "an exception in the engine itself: ValueError: oh"
    assert death_cause(ProcessEnd("exit status 1", said, compiling=True)) == expected


def test_a_compiler_that_says_nothing_is_told_by_its_end() -> None:
    assert death_cause(ProcessEnd("SIGABRT", " \n", compiling=True)) == "abort() was called"


def test_what_it_said_does_not_explain_a_signal_from_outside() -> None:
    fault = Fault(signal.SIGABRT, 0, 12)
    assert death_cause(ProcessEnd("SIGABRT", "LLVM ERROR: no\n", fault, PID, compiling=True)) == "sent by process 12"


@pytest.mark.parametrize("fault", [None, Fault(signal.SIGFPE, 1, 0)])
def test_without_its_own_note_the_name_of_a_signal_has_to_do(fault: Fault | None) -> None:
    assert of_signal("SIGSEGV", fault) == "an address that is not the program's, or a stack overflow"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("exit status 3", "it called exit or _exit"),
        ("SIGKILL", "from outside, or by the system where memory ran out"),
        ("SIGHUP", "a signal from outside"),
        ("SIGUSR1", ""),
        ("signal 40", ""),
        ("an unreadable reply (too long)", ""),
    ],
)
def test_an_end_without_a_note_is_told_by_its_name(how: str, expected: str) -> None:
    assert of_signal(how, None) == expected


def test_a_long_saying_is_cut() -> None:
    said = f"LLVM ERROR: {'x' * 1000}\n"
    assert death_cause(ProcessEnd("SIGABRT", said)) == f"LLVM gave up: {'x' * 300}…"


words = st.integers(0, 2**64 - 1)


@given(
    how=st.sampled_from(["SIGSEGV", "SIGFPE", "SIGBUS", "SIGILL", "SIGTRAP", "SIGABRT"]),
    code=st.integers(-(2**63), 2**63 - 1),
    numbers=st.tuples(words, words, words),
    access=st.sampled_from(FaultAccess),
    compiling=st.booleans(),
)
def test_no_note_fails_to_be_told(
    how: str, code: int, numbers: tuple[int, int, int], access: FaultAccess, *, compiling: bool
) -> None:
    fault = Fault(signal.Signals[how], code, *numbers, access)
    assert of_signal(how, fault, compiling=compiling)
