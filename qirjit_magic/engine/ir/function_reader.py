"""`read_functions`: functions of a module as plain data, from their text where it is plain, else by asking LLVM."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.instructions import Block, Callee, Function, Instruction, Operand
from qirjit_magic.engine.ir.parse import QirModule, read_signature, signature_of
from qirjit_magic.engine.ir.text_functions import WrittenFunctions
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.engine.text.outlining import is_outlined, may_have_outlined_names
from qirjit_magic.protocol.module_info import Signature

_CAST_NUMBER = re.compile(r"ptr inttoptr \(i\d+ (\d+) to ptr\)")
_MEASUREMENT = re.compile(r"__quantum__qis__(?:m[xyz]*|measure\w*|mreset\w*?)(?:__body)?")


def read_functions(
    module: QirModule, roots: Iterable[str], *, limit: int, by_text: bool = True
) -> dict[str, Function] | None:
    """These functions and all that they call, by name; None where they have more instructions than the limit.

    Calls that were outlined stand where they were written.

    Args:
        module: where they are.
        roots: the functions.
        limit: how many instructions are read.
        by_text: whether LLVM is not asked where the text is plain: a tenth of the time, the same but for keys.
    """
    return _FunctionReader(module, limit, by_text=by_text).read(roots)


class _FunctionReader:
    def __init__(self, module: QirModule, limit: int, *, by_text: bool) -> None:
        self._left = limit
        self._functions = {function.name: function for function in module.llvm_module.functions}
        self._signatures = {function.name: function.signature for function in module.info.functions}
        self._signatures |= {d.name: read_signature(d.type) for d in module.info.declarations if d.function}
        self._whole = may_have_outlined_names(
            module.text.text
        )  # nothing is outlined in a program that has such names itself
        self._operands: dict[int, Operand] = {}
        self._callees: dict[str, Callee] = {}
        self._types: dict[int, str] = {}
        self._written = WrittenFunctions(module.text.text if by_text else "", self._functions.keys(), self._callee)

    def read(self, roots: Iterable[str]) -> dict[str, Function] | None:
        read: dict[str, Function] = {}
        waiting = deque(roots)
        while waiting:
            name = waiting.popleft()
            if name not in read:
                if self._written.is_longer(name, self._left):
                    return None
                read[name] = self._read(name)
                called = (i.callee for i in read[name].instructions if i.callee)
                waiting.extend(callee.name for callee in called if callee.defined)
            if self._left < 0:
                return None
        return read

    def _read(self, name: str) -> Function:
        blocks = self._written.read(name)
        if blocks is None:
            blocks = self._blocks(name)
        else:
            self._left -= sum(len(block.instructions) for block in blocks)
        return Function(name, self._callee(name).signature, blocks)

    def _blocks(self, name: str) -> tuple[Block, ...]:
        counts = Counter[str]()
        return tuple(
            Block(hash(block), tuple(self._instructions(block, name, counts))) for block in self._functions[name].blocks
        )

    def _instructions(self, block: llvm.ValueRef, function: str, counts: Counter[str]) -> Iterator[Instruction]:
        for value in block.instructions:
            self._left -= 1
            if self._left < 0:
                return
            opcode = value.opcode
            operands = tuple(map(self._operand, value.operands))
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
            kind = callee.signature.returns if callee else self._type(value)
            incoming = tuple(map(hash, value.incoming_blocks)) if opcode == "phi" else ()
            memory = _memory(str(value)) if opcode == "alloca" else ""
            yield Instruction(opcode, hash(value), kind, operands, callee, incoming, place, memory)

    def _outlined(self, piece: str, function: str, counts: Counter[str]) -> Iterator[Instruction]:
        for block in self._functions[piece].blocks:
            yield from (i for i in self._instructions(block, function, counts) if i.opcode != "ret")

    def _operand(self, value: llvm.ValueRef) -> Operand:
        key = hash(value)  # LLVM's address of it: constants are unique, too
        known = self._operands.get(key)
        if known is None:
            kind = value.value_kind
            named = kind in {ValueKind.function, ValueKind.global_variable}
            number = _number(value, kind)
            known = Operand(kind, key, self._type(value), value.name if named else "", number)
            self._operands[key] = known
        return known

    def _type(self, value: llvm.ValueRef) -> str:
        kind = value.type
        key = hash(kind)
        if key not in self._types:
            self._types[key] = str(kind)
        return self._types[key]

    def _callee(self, name: str) -> Callee:
        if name not in self._callees:
            function = self._functions[name]
            self._callees[name] = _read_callee(function, self._signatures.get(name) or signature_of(function))
        return self._callees[name]


def _number(value: llvm.ValueRef, kind: ValueKind) -> int | None:
    if kind is ValueKind.constant_pointer_null:
        return 0
    if kind is ValueKind.constant_int:
        return int(value.get_constant_value())
    found = _CAST_NUMBER.fullmatch(str(value)) if kind is ValueKind.constant_expr else None
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
    arguments = enumerate(function.arguments)
    return frozenset(i for i, argument in arguments if any(b"writeonly" in text for text in argument.attributes))
