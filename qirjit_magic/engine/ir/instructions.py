"""A module's instructions as plain data, read from LLVM as far as a program's profile depends on them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import llvmlite.binding as llvm
import msgspec
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.parse import QirModule, read_signature, signature_of
from qirjit_magic.engine.ir.raw_instructions import kind_at, raw_instructions, text_at, type_at, value_at
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.engine.text.outlining import is_outlined, may_have_outlined_names
from qirjit_magic.lazy_patterns import lazy_pattern
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


_CAST_NUMBER = lazy_pattern(r"ptr inttoptr \(i\d+ (\d+) to ptr\)")
_MEASUREMENT = lazy_pattern(r"__quantum__qis__(?:m[xyz]*|measure\w*|mreset\w*?)(?:__body)?")

_MORE = frozenset({"phi", "alloca"})
_NAMED = frozenset({ValueKind.function, ValueKind.global_variable})
_NUMBERS = frozenset({ValueKind.constant_pointer_null, ValueKind.constant_int, ValueKind.constant_expr})


def read_functions(module: QirModule, roots: Iterable[str], *, limit: int) -> dict[str, Function] | None:
    """These functions and all that they call, by name; None where they have more instructions than the limit.

    Calls that were outlined stand where they were written.

    Args:
        module: where they are.
        roots: the functions.
        limit: how many instructions are read.
    """
    return _FunctionReader(module, limit).read(roots)


class _FunctionReader:
    def __init__(self, module: QirModule, limit: int) -> None:
        self._left = limit
        self._functions = {function.name: function for function in module.llvm_module.functions}
        self._signatures = {function.name: function.signature for function in module.info.functions}
        self._signatures |= {d.name: read_signature(d.type) for d in module.info.declarations if d.function}
        # Nothing is outlined in a program that has such names itself
        self._whole = may_have_outlined_names(module.text.text)
        self._operands: dict[int, Operand] = {}
        self._callees: dict[str, Callee] = {}
        self._types: dict[int, str] = {}

    def read(self, roots: Iterable[str]) -> dict[str, Function] | None:
        read: dict[str, Function] = {}
        waiting = deque(roots)
        while waiting:
            name = waiting.popleft()
            if name not in read:
                read[name] = Function(name, self._callee(name).signature, tuple(self._blocks(name)))
                called = (i.callee for i in read[name].instructions if i.callee)
                waiting.extend(callee.name for callee in called if callee.defined)
            if self._left < 0:
                return None
        return read

    def _blocks(self, name: str) -> Iterator[Block]:
        counts = Counter[str]()
        for block in self._functions[name].blocks:
            yield Block(hash(block), tuple(self._instructions(block, name, counts)))

    def _instructions(self, block: llvm.ValueRef, function: str, counts: Counter[str]) -> Iterator[Instruction]:
        known = self._operands
        for address, opcode, addresses in raw_instructions(block):
            self._left -= 1
            if self._left < 0:
                return
            operands = tuple([known.get(each) or self._operand(each, block) for each in addresses])
            callee = None
            if opcode == "call":
                *arguments, called = operands
                operands = tuple(arguments)
                if called.kind is ValueKind.function:
                    callee = self._callee(called.name)
                    if is_outlined(called.name) and not self._whole:
                        yield from self._outlined(called.name, function, counts)
                        continue
            word = opcode if callee is None else f"@{callee.name}"
            place = Place(function, word, counts[word])
            counts[word] += 1
            kind = callee.signature.returns if callee else self._type(address, block)
            incoming, memory = _more(opcode, address, block) if opcode in _MORE else ((), "")
            yield Instruction(opcode, address, kind, operands, callee, incoming, place, memory)

    def _outlined(self, name: str, function: str, counts: Counter[str]) -> Iterator[Instruction]:
        for block in self._functions[name].blocks:
            yield from (i for i in self._instructions(block, function, counts) if i.opcode != "ret")

    def _operand(self, address: int, block: llvm.ValueRef) -> Operand:
        kind = kind_at(address)
        name, number = "", None
        if kind in _NAMED:
            name = value_at(address, block).name
        elif kind in _NUMBERS:
            number = _number(address, kind, block)
        operand = Operand(kind, address, self._type(address, block), name, number)
        self._operands[address] = operand  # constants are unique, too
        return operand

    def _type(self, address: int, block: llvm.ValueRef) -> str:
        key = type_at(address)
        if key not in self._types:
            self._types[key] = str(value_at(address, block).type)
        return self._types[key]

    def _callee(self, name: str) -> Callee:
        if name not in self._callees:
            function = self._functions[name]
            self._callees[name] = _read_callee(function, self._signatures.get(name) or signature_of(function))
        return self._callees[name]


def _more(opcode: str, address: int, block: llvm.ValueRef) -> tuple[tuple[int, ...], str]:
    if opcode == "phi":
        return tuple(map(hash, value_at(address, block, "instruction").incoming_blocks)), ""
    return (), _memory(text_at(address))


def _number(address: int, kind: ValueKind, block: llvm.ValueRef) -> int | None:
    if kind is ValueKind.constant_pointer_null:
        return 0
    if kind is ValueKind.constant_int:
        return int(value_at(address, block).get_constant_value())
    found = _CAST_NUMBER.fullmatch(text_at(address))
    return int(found[1]) if found else None


def _memory(alloca: str) -> str:
    # `%x = alloca [2 x ptr], align 8`; a number of elements makes it an array
    kind, _, rest = alloca.partition(" = alloca ")[2].removeprefix("inalloca ").partition(", ")
    return f"[{kind}]" if rest and not rest.startswith(("align", "addrspace", "!")) else kind


def _read_callee(function: llvm.ValueRef, signature: Signature) -> Callee:
    name = function.name
    marked = any(b'"irreversible"' in group for group in function.attributes)
    measures = marked or _MEASUREMENT.fullmatch(name) is not None
    results = _results(function, signature) if name.startswith("__quantum__qis__") else frozenset[int]()
    return Callee(name, signature, not function.is_declaration, measures, results)


def _results(function: llvm.ValueRef, signature: Signature) -> frozenset[int]:
    if _MEASUREMENT.fullmatch(function.name) and signature.parameters == ("ptr", "ptr"):
        return frozenset({1})
    if function.is_declaration and "writeonly" not in text_at(hash(function)):
        return frozenset()  # LLVM prints it faster than it is asked about each parameter
    arguments = enumerate(function.arguments)
    return frozenset(i for i, argument in arguments if any(b"writeonly" in text for text in argument.attributes))
