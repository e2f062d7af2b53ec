"""`find_look`: where a module does more with a returned result than hand it to functions that take results.

A measurement that returns its result returns One or Zero themselves, so that whatever looks at the pointer knows what
was measured. There are more ways to do that than anybody can list: comparing, converting, storing and loading as
something else, calling by another type, returning. So the other way round: every use of such a function must be a
direct call that returns the pointer, and every use of the pointer must be one of those here. It never reaches memory,
nor another function of the program.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.contexts import quoted_name

LOOKED_AT = 2000  # instructions: to ask LLVM about them takes a twentieth of a second
# What takes a result, by the types of its parameters: the result is always the first.
TAKING: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "__quantum__rt__result_record_output": (("ptr", "ptr"), ("ptr",)),
    "__quantum__rt__result_update_reference_count": (("ptr", "i32"),),
    "__quantum__rt__read_result": (("ptr",),),
    "__quantum__qis__read_result__body": (("ptr",),),
    "__quantum__rt__result_to_string": (("ptr",),),
}
TAKING_TWO: Mapping[str, tuple[tuple[str, ...], ...]] = {"__quantum__rt__result_equal": (("ptr", "ptr"),)}
_SHOWN = 100  # characters of an instruction
_MERGING = frozenset({"phi", "select"})
_NULL = ValueKind.constant_pointer_null
_AFTER_NAME = r"(?![-\w.$])"


@dataclass(frozen=True, slots=True)
class _Use:
    """An instruction that uses a result, or a function that returns one."""

    instruction: llvm.ValueRef
    operands: tuple[llvm.ValueRef, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(map(hash, self.operands))


def find_look(module: llvm.ModuleRef, returning: Collection[str]) -> str:
    """The first instruction that does so, or why nobody knows, in words; empty where there is none.

    Args:
        module: as it was read.
        returning: the names of the functions that return a result, which it declares.
    """
    return _Look(module, returning).find()


class _Look:
    def __init__(self, module: llvm.ModuleRef, returning: Collection[str]) -> None:
        self._module = module
        self._returning = {hash(function): function for function in module.functions if function.name in returning}
        self._declared = {hash(function): function.name for function in module.functions if function.is_declaration}
        self._results: set[int] = set()  # the values that may be a returned result

    def find(self) -> str:
        uses = list(self._all())
        if len(uses) > LOOKED_AT:
            return f"its more than {LOOKED_AT:,} instructions are not looked through"
        calls = [use for use in uses if not self._returning.keys().isdisjoint(use.keys)]
        if not all(map(self._is_plain_call, calls)) or len(calls) != self._mentions():
            return "it is not only called, by its name and type"
        self._results = {hash(call.instruction) for call in calls}
        while found := {hash(use.instruction) for use in uses if self._merges(use)} - self._results:
            self._results |= found
        looking = (use for use in uses if not self._results.isdisjoint(use.keys) and not self._only_hands_on(use))
        return next((f"'{str(use.instruction).strip()[:_SHOWN]}'" for use in looking), "")

    def _all(self) -> Iterator[_Use]:
        left = LOOKED_AT + 1
        for function in self._module.functions:
            for block in function.blocks:
                for instruction in block.instructions:
                    yield _Use(instruction, tuple(instruction.operands))
                    left -= 1
                    if not left:
                        return

    def _is_plain_call(self, use: _Use) -> bool:
        *arguments, called = use.operands
        function = self._returning.get(hash(called))
        if function is None or use.instruction.opcode != "call" or str(use.instruction.type) != "ptr":
            return False
        as_argument = any(hash(argument) in self._returning for argument in arguments)
        return not as_argument and _types(arguments) == tuple(
            map(str, function.global_value_type.get_function_parameters())
        )

    def _mentions(self) -> int:
        # A function's address may be in a variable, an alias or an expression: wherever it is, LLVM prints its name.
        text = str(self._module)
        names = (re.escape("@" + quoted_name(function.name)) for function in self._returning.values())
        return sum(len(re.findall(name + _AFTER_NAME, text)) for name in names) - len(self._returning)

    def _merges(self, use: _Use) -> bool:
        return not self._results.isdisjoint(use.keys) and use.instruction.opcode in _MERGING

    def _only_hands_on(self, use: _Use) -> bool:
        match use.instruction.opcode:
            case "phi" | "select":
                return str(use.instruction.type) == "ptr"
            case "icmp":
                return any(operand.value_kind is _NULL for operand in use.operands)
            case "call":
                return self._is_taken(use)
            case _:
                return False

    def _is_taken(self, use: _Use) -> bool:
        *arguments, called = use.operands
        name = self._declared.get(hash(called), "")
        if _types(arguments) in TAKING_TWO.get(name, ()):
            return True
        rest = {hash(argument) for argument in arguments[1:]}
        return _types(arguments) in TAKING.get(name, ()) and self._results.isdisjoint(rest)


def _types(values: Collection[llvm.ValueRef]) -> tuple[str, ...]:
    return tuple(str(value.type) for value in values)
