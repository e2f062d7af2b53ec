"""`find_called_constants`: calls of what is computed from nothing but integers that stand in the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.walking import called, walk
from qirjit_magic.engine.text.instruction_places import Place
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import GAP, NAME, find_words

# Who calls something that has no name writes a bracket behind a local name, or behind another bracket.
_PERHAPS = (  # each begins with one character, which is fast to search for
    lazy_pattern(r"\)\s*(?:\(|;|/\*)"),
    lazy_pattern(rf"%{NAME}\s*(?:\(|;|/\*)"),
)
_CALLED_VALUE = rf"(?:%{NAME}|\)){GAP}\("
_CONSTANT = frozenset({ValueKind.constant_int, ValueKind.constant_pointer_null})
_COMPUTED = frozenset(
    (
        *("add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "shl", "lshr", "ashr", "and", "or", "xor"),
        *("trunc", "zext", "sext", "inttoptr", "ptrtoint", "ptrtoaddr", "bitcast", "addrspacecast"),
        *("getelementptr", "freeze", "phi", "extractvalue", "insertvalue"),
    )
)


def find_called_constants(module: QirModule) -> Iterator[Place]:
    """The calls in question: by way of casts, sums, memory of a function's own, and other functions of the module."""
    text = module.text.text
    if not any(perhaps.search(text) for perhaps in _PERHAPS) or next(find_words(text, _CALLED_VALUE), None) is None:
        return
    found = list(walk(module))
    values = _Values(module, [value for _, value in found])
    for place, value in found:
        callee = called(value)
        if callee is not None and callee.value_kind is not ValueKind.function and values.is_number(callee):
            yield place


class _Values:
    # What reaches a value: by LLVM's addresses, which are one for one value.

    def __init__(self, module: QirModule, instructions: list[llvm.ValueRef]) -> None:
        self._instructions = {hash(value): value for value in instructions}
        self._stored: dict[int, list[llvm.ValueRef]] = defaultdict(list)
        self._given: dict[tuple[str, int], list[llvm.ValueRef]] = defaultdict(list)
        self._returned: dict[str, list[llvm.ValueRef]] = defaultdict(list)
        self._parameters = {
            hash(argument): (function.name, index)
            for function in module.llvm_module.functions
            if not function.is_declaration
            for index, argument in enumerate(function.arguments)
        }
        for value in instructions:
            opcode = value.opcode
            if opcode == "store":
                stored, pointer = value.operands
                self._stored[hash(pointer)].append(stored)
            elif opcode == "ret":
                self._returned[value.function.name].extend(value.operands)
            elif (callee := called(value)) is not None and callee.value_kind is ValueKind.function:
                for index, operand in enumerate(list(value.operands)[:-1]):
                    self._given[callee.name, index].append(operand)

    def is_number(self, value: llvm.ValueRef) -> bool:
        """Return whether it is computed from integers alone, at least one of which is not 0."""
        seen, waiting, numbers = set[int](), [value], False
        while waiting:
            current = waiting.pop()
            if hash(current) in seen:
                continue
            seen.add(hash(current))
            sources = self._sources(current)
            if sources is None:
                return False
            numbers = numbers or (not sources and current.value_kind is not ValueKind.constant_pointer_null)
            waiting += sources
        return numbers

    def _sources(self, value: llvm.ValueRef) -> list[llvm.ValueRef] | None:
        kind = value.value_kind
        if kind in _CONSTANT:
            return []
        if kind is ValueKind.constant_expr:
            return [] if "inttoptr" in str(value) else None
        if kind is ValueKind.argument:
            return self._given.get(self._parameters[hash(value)]) or None
        instruction = self._instructions.get(hash(value))
        return None if instruction is None else self._of_instruction(instruction)

    def _of_instruction(self, value: llvm.ValueRef) -> list[llvm.ValueRef] | None:
        opcode = value.opcode
        if opcode == "load":
            (pointer,) = value.operands
            memory = self._instructions.get(hash(pointer))
            return self._stored.get(hash(pointer)) if memory is not None and memory.opcode == "alloca" else None
        if opcode == "call":
            callee = called(value)
            return self._returned.get(callee.name) if callee is not None else None
        if opcode == "select":
            return list(value.operands)[1:]
        return list(value.operands) if opcode in _COMPUTED else None
