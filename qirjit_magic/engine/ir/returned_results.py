"""`find_inspected_result`: where a module does more with a returned result than hand it to functions that take results.

A measurement that returns its result returns One or Zero themselves, so that whatever looks at the pointer knows what
was measured. There are more ways to do that than anybody can list: comparing, converting, storing and loading as
something else, calling by another type, returning. So the other way round: every use of such a function must be a
direct call that returns the pointer, and every use of the pointer must be one of those here. It never reaches memory.
Of the program's functions it is given only to those that nobody else can call, where it is followed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

import llvmlite.binding as llvm
from llvmlite.binding import ValueKind

from qirjit_magic.engine.ir.llvm_modules import quoted_name
from qirjit_magic.engine.ir.raw_instructions import kind_at, raw_instructions, value_at
from qirjit_magic.engine.text.outlining import is_outlined

MAX_INSTRUCTIONS = 4000  # instructions: to ask LLVM about them takes a hundredth of a second
# What takes a result, by the types of its parameters: the result is always the first.
TAKES_RESULT: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "__quantum__rt__result_record_output": (("ptr", "ptr"), ("ptr",)),
    "__quantum__rt__result_update_reference_count": (("ptr", "i32"),),
    "__quantum__rt__read_result": (("ptr",),),
    "__quantum__qis__read_result__body": (("ptr",),),
    "__quantum__rt__result_to_string": (("ptr",),),
}
TAKES_TWO_RESULTS: Mapping[str, tuple[tuple[str, ...], ...]] = {"__quantum__rt__result_equal": (("ptr", "ptr"),)}
_SHOWN = 100  # characters of an instruction
_MERGING = frozenset({"phi", "select", "freeze", "bitcast"})
_HIDDEN = frozenset({llvm.Linkage.internal, llvm.Linkage.private})
_NULL = ValueKind.constant_pointer_null
_AFTER_NAME = r"(?![-\w.$])"


class _Use(NamedTuple):
    """An instruction, by its address, with the addresses of what it uses."""

    block: llvm.ValueRef
    address: int
    opcode: str
    keys: tuple[int, ...]

    @property
    def instruction(self) -> llvm.ValueRef:
        """LLVM's value of it."""
        return value_at(self.address, self.block, "instruction")

    @property
    def argument_types(self) -> tuple[str, ...]:
        """The types of what a call is given."""
        return tuple(str(value_at(key, self.block).type) for key in self.keys[:-1])


def find_inspected_result(module: llvm.ModuleRef, returning: Collection[str]) -> str:
    """The first instruction that does so, or why nobody knows, in words; empty where there is none.

    Args:
        module: as it was read.
        returning: the names of the functions that return a result, which it declares.
    """
    return _ResultUses(module, returning).find() if returning else ""


class _ResultUses:
    """Follows results from call to call.

    A function that is not read mentions none of those that are followed: they are counted in the module as LLVM prints
    it, wherever they stand, in variables, aliases and expressions too.
    """

    def __init__(self, module: llvm.ModuleRef, returning: Collection[str]) -> None:
        self._module = module
        self._functions = {hash(function): function for function in module.functions}
        self._returning = {key for key, function in self._functions.items() if function.name in returning}
        self._followed = set(self._returning)  # these, and the functions of the program that are given a result
        self._results: set[int] = set()  # the values that may be a returned result
        self._uses: list[_Use] = []
        self._read_functions: set[int] = set()
        self._left = MAX_INSTRUCTIONS

    def find(self) -> str:
        for key, function in self._functions.items():
            if not is_outlined(function.name):
                self._read(key)
        self._follow()
        if self._left < 0:
            return f"more than {MAX_INSTRUCTIONS:,} instructions would have to be looked at"
        looking = (use for use in self._uses if self._inspects(use))
        found = next((f"'{str(use.instruction).strip()[:_SHOWN]}'" for use in looking), "")
        return found or self._find_other_mention()

    def _read(self, key: int) -> None:
        if key in self._read_functions:
            return
        self._read_functions.add(key)
        for block in self._functions[key].blocks:
            for raw in raw_instructions(block):
                self._left -= 1
                if self._left < 0:
                    return
                self._uses.append(_Use(block, *raw))

    def _follow(self) -> None:
        before = -1
        while before < len(self._results):
            before = len(self._results)
            for use in tuple(self._uses):
                if not self._followed.isdisjoint(use.keys) or not self._results.isdisjoint(use.keys):
                    self._follow_use(use)

    def _follow_use(self, use: _Use) -> None:
        opcode = use.opcode
        takes = not self._results.isdisjoint(use.keys)
        if (opcode in _MERGING and takes) or (opcode == "call" and use.keys[-1] in self._returning):
            self._results.add(use.address)
        elif opcode == "call" and takes and self._is_own(use.keys[-1]):
            self._followed.add(use.keys[-1])
            self._read(use.keys[-1])
            parameters = map(hash, self._functions[use.keys[-1]].arguments)
            given = zip(parameters, use.keys[:-1], strict=False)
            self._results |= {parameter for parameter, argument in given if argument in self._results}

    def _is_own(self, key: int) -> bool:
        function = self._functions.get(key)
        return function is not None and not function.is_declaration and function.linkage in _HIDDEN

    def _inspects(self, use: _Use) -> bool:
        """Return whether it does more with a result, or with a function that is followed, than is allowed."""
        if self._results.isdisjoint(use.keys) and self._followed.isdisjoint(use.keys):
            return False
        opcode = use.opcode
        if opcode == "call":
            return not self._followed.isdisjoint(use.keys[:-1]) or not self._forwards(use)
        if not self._followed.isdisjoint(use.keys):
            return True
        if opcode == "icmp":
            return all(kind_at(key) is not _NULL for key in use.keys)
        return opcode not in _MERGING or str(use.instruction.type) != "ptr"

    def _forwards(self, use: _Use) -> bool:
        function = self._functions.get(use.keys[-1])
        if function is None:
            return False
        types = use.argument_types
        if use.keys[-1] in self._followed:
            kind = function.global_value_type
            same = (str(kind.get_function_return()), *map(str, kind.get_function_parameters()))
            without = use.keys[-1] not in self._returning or self._results.isdisjoint(use.keys)
            return without and same == (str(use.instruction.type), *types) and not kind.is_function_vararg
        if not function.is_declaration:
            return False
        rest = self._results.intersection(use.keys[1:])
        return types in TAKES_TWO_RESULTS.get(function.name, ()) or (
            types in TAKES_RESULT.get(function.name, ()) and not rest
        )

    def _find_other_mention(self) -> str:
        try:
            text = str(self._module)
        except UnicodeDecodeError:
            return "LLVM prints the module with what is no text"
        called = Counter(use.keys[-1] for use in self._uses if use.keys and use.keys[-1] in self._followed)
        for key in self._followed:
            name = f"@{quoted_name(self._functions[key].name)}"
            if len(re.findall(re.escape(name) + _AFTER_NAME, text)) != called[key] + 1:
                return f"{name} is not only called, by its name and type"
        return ""
