"""The filter of system calls, run step by step for both machines, as the kernel would."""

from __future__ import annotations

import errno
import struct
from itertools import pairwise

import pytest

from qirjit_magic.sandbox.allowed_calls import NEWEST, PERMITTED, UNKNOWN
from qirjit_magic.sandbox.bpf import ARCHITECTURES, Instruction, SystemCall, assemble, encode

_PID = 4242
_ALLOWED = 0x7FFF0000
_KERNEL_LIMIT = 4096  # BPF_MAXINSNS
_NAMED = {call.name: call for call in PERMITTED}
_HIGH = 1 << 32

# (call, its arguments, whether it is permitted)
ARGUMENTS = [
    ("openat", (0, 0, 0), True),
    ("openat", (0, 0, 0o2000000), True),  # O_CLOEXEC
    ("openat", (0, 0, 1), False),
    ("openat", (0, 0, 2), False),
    ("openat", (0, 0, 0o100), False),
    ("openat", (0, 0, 0o1000), False),
    ("openat", (0, 0, _HIGH | 1), False),
    ("fcntl", (3, 1030), True),
    ("fcntl", (3, 4), False),  # F_SETFL
    ("fcntl", (3, 8, 1), False),  # F_SETOWN
    ("fcntl", (3, 10, 9), False),  # F_SETSIG
    ("fcntl", (3, 15, 0), False),  # F_SETOWN_EX
    ("fcntl", (3, _HIGH | 8, 1), False),
    ("close", (511,), True),
    ("close", (512,), False),  # the lifeline
    ("dup3", (3, 9, 0), True),
    ("dup3", (3, 512, 0), False),
    ("mmap", (0, 4096, 3, 0x22), True),  # private
    ("mmap", (0, 4096, 3, 0x20062), True),  # private, MAP_NORESERVE and MAP_STACK
    ("mmap", (0, 4096, 3, 0x21), False),  # shared
    ("mmap", (0, 4096, 3, 0x23), False),  # MAP_SHARED_VALIDATE
    ("mmap", (0, 4096, 3, 0x28), False),  # MAP_DROPPABLE
    ("mmap", (0, 4096, 3, 0x122), False),  # MAP_GROWSDOWN
    ("mmap", (0, 4096, 3, 0x40022), False),  # MAP_HUGETLB
    ("mmap", (0, 4096, 3, _HIGH | 0x122), False),
    ("ioctl", (0, 0x5401), True),
    ("ioctl", (0, 0x5412), False),  # TIOCSTI types into a terminal
    ("clone", (0x3D0F00,), True),  # glibc's threads
    ("clone", (0x7D0F00,), True),  # musl's
    ("clone", (17,), False),
    ("clone", (0x4111,), False),  # a vfork
    ("clone", (0x3D0F00 | 0x10000000,), False),  # CLONE_NEWUSER
    ("clone", (0x3D0F00 | 0x00020000,), False),  # CLONE_NEWNS
    ("kill", (_PID, 9), True),
    ("kill", (0, 9), False),
    ("kill", (1, 9), False),
    ("kill", (0xFFFFFFFF, 9), False),
    ("tgkill", (_PID, 1, 9), True),
    ("tgkill", (1, _PID, 9), False),
    ("prlimit64", (0, 7, 0, 1), True),
    ("prlimit64", (0, 7, 8, 0), False),
    ("prlimit64", (0, 7, _HIGH, 0), False),  # only the upper half of the pointer is set
    ("prlimit64", (1, 7, 0, 1), False),
    ("prctl", (15, 1), True),
    ("prctl", (1, 0), False),  # PR_SET_PDEATHSIG
    ("prctl", (4, 0), False),  # PR_SET_DUMPABLE
]


def answer(program: list[Instruction], number: int, arguments: tuple[int, ...] = (), *, audit: int) -> int:
    """What the program returns for a call."""
    words = (*arguments, *(0 for _ in range(6 - len(arguments))))
    data = struct.pack("<iIQ6Q", number, audit, 0, *words)
    at = accumulator = 0
    while True:
        code, holds, fails, operand = program[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, operand)
            case 0x15:
                at += holds if accumulator == operand else fails
            case 0x35:
                at += holds if accumulator >= operand else fails
            case 0x45:
                at += holds if accumulator & operand else fails
            case 0x06:
                return operand


def filter_of(machine: str) -> list[Instruction]:
    return assemble(PERMITTED, UNKNOWN, ARCHITECTURES[machine], pid=_PID, newest=NEWEST)


def ask(machine: str, number: int | None, arguments: tuple[int, ...] = ()) -> int:
    assert number is not None
    return answer(filter_of(machine), number, arguments, audit=ARCHITECTURES[machine].audit)


def failing(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("call", [call for call in PERMITTED if not call.conditions], ids=lambda call: call.name)
def test_a_permitted_call_is_let_through(machine: str, call: SystemCall) -> None:
    if (number := call.number(ARCHITECTURES[machine])) is not None:
        assert ask(machine, number) == _ALLOWED


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(("name", "arguments", "permitted"), ARGUMENTS)
def test_arguments_decide(machine: str, name: str, arguments: tuple[int, ...], permitted: bool) -> None:  # noqa: FBT001
    number = _NAMED[name].number(ARCHITECTURES[machine])
    assert ask(machine, number, arguments) == (_ALLOWED if permitted else failing(errno.EPERM))


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_only_the_calls_of_the_table_are_let_through(machine: str) -> None:
    numbers = {call.number(ARCHITECTURES[machine]) for call in PERMITTED}
    free = {number for number in range(600) if ask(machine, number) == _ALLOWED}
    assert free <= numbers


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("call", UNKNOWN, ids=lambda call: call.name)
def test_calls_whose_arguments_cannot_be_seen_are_unknown(machine: str, call: SystemCall) -> None:
    assert ask(machine, call.number(ARCHITECTURES[machine])) == failing(errno.ENOSYS)


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(("number", "refusal"), [(NEWEST + 1, errno.ENOSYS), (NEWEST - 1, errno.EPERM)])
def test_a_call_that_is_newer_than_the_table_is_unknown(machine: str, number: int, refusal: int) -> None:
    assert ask(machine, number) == failing(refusal)


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("audit", [0x40000003, 0x40000028, 0xC000003E, 0xC00000B7])  # i386, arm, x86-64, aarch64
def test_another_architecture_s_calls_are_refused(machine: str, audit: int) -> None:
    if audit != ARCHITECTURES[machine].audit:
        read = _NAMED["read"].number(ARCHITECTURES[machine])
        assert read is not None
        assert answer(filter_of(machine), read, audit=audit) == failing(errno.EPERM)


@pytest.mark.parametrize("number", [0x40000000, 0x40000000 + 39, 0xFFFFFFFF - (1 << 32)])
def test_numbers_of_x32_are_refused(number: int) -> None:
    assert ask("x86_64", number) == failing(errno.EPERM)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_no_number_and_no_name_is_there_twice(machine: str) -> None:
    calls = (*PERMITTED, *UNKNOWN)
    numbers = sorted(number for call in calls if (number := call.number(ARCHITECTURES[machine])) is not None)
    assert all(one < other for one, other in pairwise(numbers))
    assert len({call.name for call in calls}) == len(calls)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_is_as_short_as_the_kernel_wants_it(machine: str) -> None:
    program = filter_of(machine)
    assert len(program) < _KERNEL_LIMIT
    assert len(encode(program)) == 8 * len(program)
