"""A list of permitted system calls as a program of the classic BPF machine, which the kernel runs before each call."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable, Iterable

import msgspec

# <linux/bpf_common.h>: class, size or operation, and where the operand is.
_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_NOT_BELOW = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_SOME_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
# <linux/seccomp.h>: struct seccomp_data and the answers.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW = 0x7FFF0000  # SECCOMP_RET_ALLOW
_ERROR = 0x00050000  # SECCOMP_RET_ERRNO
_X32 = 0x40000000  # __X32_SYSCALL_BIT: the same architecture, other numbers

Instruction = tuple[int, int, int, int]  # what to do, how far to jump where it holds and where not, the operand
# What an argument of a call must be, as instructions for a process of this number: they go on with the next where it
# holds, and refuse the call where not. Functions and not classes: these cost each engine process 2 ms.
Condition = Callable[[int], list[Instruction]]


class Architecture(msgspec.Struct, frozen=True):
    """A processor architecture.

    Attributes:
        name: as ``uname`` calls it.
        audit: its ``AUDIT_ARCH_`` number in <linux/audit.h>.
        column: which of a `SystemCall`'s numbers is its own.
    """

    name: str
    audit: int
    column: int


_KNOWN = Architecture("x86_64", 0xC000003E, 0), Architecture("aarch64", 0xC00000B7, 1)
ARCHITECTURES = {architecture.name: architecture for architecture in _KNOWN}


def one_of(argument: int, values: tuple[int, ...]) -> Condition:
    """The argument, which the kernel takes as 32 bits, is one of these values."""
    left = range(len(values), 0, -1)
    tests = [(_JUMP_EQUAL, over, 0, value) for value, over in zip(values, left, strict=True)]
    return lambda _: [_low(argument), *tests, _refuse(errno.EPERM)]


def own_process(argument: int) -> Condition:
    """The argument is the number of the process itself."""
    return lambda pid: one_of(argument, (pid,))(pid)


def without_bits(argument: int, bits: int) -> Condition:
    """The argument, which the kernel takes as 32 bits, has none of these."""
    return lambda _: [_low(argument), (_JUMP_SOME_BIT, 0, 1, bits), _refuse(errno.EPERM)]


def with_bit(argument: int, bit: int) -> Condition:
    """The argument, which the kernel takes as 32 bits, has this one."""
    return lambda _: [_low(argument), (_JUMP_SOME_BIT, 1, 0, bit), _refuse(errno.EPERM)]


def null(argument: int) -> Condition:
    """The argument is a pointer to nothing."""
    halves = (_low(argument), _high(argument))
    return lambda _: [step for half in halves for step in (half, (_JUMP_EQUAL, 1, 0, 0), _refuse(errno.EPERM))]


class SystemCall(msgspec.Struct, frozen=True):
    """A system call that is permitted.

    Attributes:
        name: as its manual page is called.
        x86_64: its number there; None where there is no such call.
        aarch64: likewise.
        conditions: all must hold.
    """

    name: str
    x86_64: int | None
    aarch64: int | None
    conditions: tuple[Condition, ...] = ()

    def number(self, machine: Architecture) -> int | None:
        """Its number on this machine."""
        return (self.x86_64, self.aarch64)[machine.column]


def assemble(
    permitted: Iterable[SystemCall], unknown: Iterable[SystemCall], machine: Architecture, *, pid: int, newest: int
) -> list[Instruction]:
    """The filter.

    Args:
        permitted: the calls that are let through. Every other one fails with ``EPERM``.
        unknown: calls that fail as they do on a kernel that has none of them, so that libraries do without.
        machine: where it runs. Calls in another architecture's way fail.
        pid: the process that it is for.
        newest: calls with a number above this one count as unknown.
    """
    steps = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, machine.audit),
        _refuse(errno.EPERM),
        (_LOAD_WORD, 0, 0, _NUMBER),
        (_JUMP_NOT_BELOW, 0, 1, _X32),
        _refuse(errno.EPERM),
        (_JUMP_NOT_BELOW, 0, 1, newest + 1),
        _refuse(errno.ENOSYS),
    ]
    for call in permitted:
        conditions = [step for condition in call.conditions for step in condition(pid)]
        steps += _for(call.number(machine), [*conditions, (_RETURN, 0, 0, _ALLOW)])
    for call in unknown:
        steps += _for(call.number(machine), [_refuse(errno.ENOSYS)])
    return [*steps, _refuse(errno.EPERM)]


def encode(instructions: Iterable[Instruction]) -> bytes:
    """The bytes of an array of ``struct sock_filter``."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _for(number: int | None, block: list[Instruction]) -> list[Instruction]:
    return [] if number is None else [(_JUMP_EQUAL, 0, len(block), number), *block]


def _refuse(number: int) -> Instruction:
    return _RETURN, 0, 0, _ERROR | number


def _low(argument: int) -> Instruction:
    return _LOAD_WORD, 0, 0, _ARGUMENTS + 8 * argument  # both machines are little-endian


def _high(argument: int) -> Instruction:
    return _LOAD_WORD, 0, 0, _ARGUMENTS + 8 * argument + 4
