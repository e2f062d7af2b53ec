"""A module's instructions as plain data, as far as a program's profile depends on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from llvmlite.binding import ValueKind

from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.protocol.module_info import Signature

_LOCAL = ValueKind.instruction, ValueKind.argument


class Callee(msgspec.Struct, frozen=True):
    """A function that is called by its name.

    Attributes:
        name: its name.
        signature: its type.
        defined: whether its body is in the module.
        measures: whether it is marked ``irreversible``, or has the name of a measurement.
        results: which of its parameters are results that it writes.
    """

    name: str
    signature: Signature
    defined: bool
    measures: bool
    results: frozenset[int]


# There are many of these two: tuples are made in half the time


class Operand(NamedTuple):
    """An operand of an instruction.

    Attributes:
        kind: what it is, in LLVM's words.
        key: the same for the same value, and for no other one.
        type: its type.
        name: the name of a function or global variable.
        number: the integer that a constant, or a constant pointer, stands for.
    """

    kind: ValueKind
    key: int
    type: str
    name: str
    number: int | None

    @property
    def local(self) -> bool:
        """Return whether it is known only when the program runs."""
        return self.kind in _LOCAL


class Instruction(NamedTuple):
    """An instruction.

    Attributes:
        opcode: LLVM's name for it.
        key: the `Operand.key` of its value.
        type: the type of its value.
        operands: what it is given, for a call its arguments.
        callee: who is called; None for other instructions, and for calls of what has no name.
        incoming: the keys of the blocks from which the operands of a ``phi`` come.
        place: where it is.
        memory: the type of what an ``alloca`` makes room for.
    """

    opcode: str
    key: int
    type: str
    operands: tuple[Operand, ...]
    callee: Callee | None
    incoming: tuple[int, ...]
    place: Place
    memory: str

    @property
    def targets(self) -> tuple[int, ...]:
        """The keys of the blocks that it may go to."""
        return tuple(operand.key for operand in self.operands if operand.kind is ValueKind.basic_block)


class Block(msgspec.Struct, frozen=True):
    """A basic block; `key` is what branches say of it."""

    key: int
    instructions: tuple[Instruction, ...]


class Function(msgspec.Struct, frozen=True):
    """A defined function."""

    name: str
    signature: Signature
    blocks: tuple[Block, ...]

    @property
    def instructions(self) -> Iterator[Instruction]:
        """All its instructions, in their order in the text."""
        return (instruction for block in self.blocks for instruction in block.instructions)
