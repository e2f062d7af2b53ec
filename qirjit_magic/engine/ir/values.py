"""Values that LLVM makes no code for: of too many elements at once, or of a type that has no size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.ir.refusals import at_name, at_place
from qirjit_magic.engine.ir.unsized_types import unsized_value
from qirjit_magic.engine.ir.walking import walk
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.llvm_text import GAP, find_words

_LONGEST_VALUE = (1 << 16) - 1  # elements of an array that is one value
_FEW = 99  # elements of an array that is no value, whatever is in it, without another array or a struct
_DEEPEST = 100  # of types in each other: Python goes a little deeper, and nobody so deep
_MANY = rf"\[{GAP}(?:0*[1-9]\d{{2,}}{GAP}x|\d+{GAP}x{GAP}[\[{{<%])"
_T = TypeVar("_T")
_WHOLE = frozenset({"load", "store", "ret", "phi", "select", "freeze", "extractvalue", "insertvalue"})


def find_long_values(module: QirModule) -> Iterator[UnsafeModuleError]:
    """Arrays and structs of very many elements that an instruction handles as one value."""
    structs = list(module.llvm_module.struct_types)
    counts = _ValueTypes(_count)
    if next(find_words(module.text.text, _MANY), None) is None and all(counts.of(kind) <= _FEW for kind in structs):
        return
    for place, value in walk(module):
        if value.opcode in _WHOLE:
            count = max(counts.of(kind) for kind in _types(value))
            if count > _LONGEST_VALUE:
                construct = f"{count:,} elements as one value"
                reason = f"LLVM makes no code for it. Use at most {_LONGEST_VALUE:,}, or leave them in memory"
                yield at_place(module, place, construct, reason)


def find_unsized(module: QirModule) -> Iterator[UnsafeModuleError]:
    """Values that are, or hold, something of an opaque type."""
    # Pointers hold nothing, so a type that only pointers point to is none of these
    if not any(kind.is_opaque_struct for kind in module.llvm_module.struct_types):
        return
    names, repeated = _ValueTypes(_opaque), _ValueTypes(_opaque_in_array)
    for function in module.llvm_module.functions:
        if not function.is_declaration:  # one that nothing uses does no harm unless LLVM has to count what it holds
            name = next(filter(None, (repeated.of(argument.type) for argument in function.arguments)), "")
            if name:
                yield at_name(module, function.name, *unsized_value(name))
    for place, value in walk(module):
        name = next(filter(None, map(names.of, _types(value))), "")
        if name:
            yield at_place(module, place, *unsized_value(name))


def _types(value: llvm.ValueRef) -> Iterator[llvm.TypeRef]:
    yield value.type
    yield from (operand.type for operand in value.operands)


class _ValueTypes(Generic[_T]):
    # What holds of types, by LLVM's addresses of them: one for one type.

    def __init__(self, ask: Callable[[_ValueTypes[_T], llvm.TypeRef, int], _T]) -> None:
        self._ask = ask
        self._known: dict[int, _T] = {}

    def of(self, kind: llvm.TypeRef, depth: int = 0) -> _T:
        key = hash(kind)
        if key not in self._known:
            self._known[key] = self._ask(self, kind, depth)
        return self._known[key]


def _count(types: _ValueTypes[int], kind: llvm.TypeRef, depth: int) -> int:
    # How many elements a type has, those that hold nothing too.
    if depth > _DEEPEST or not (kind.is_array or (kind.is_struct and not kind.is_opaque_struct)):
        return 1
    parts = [types.of(part, depth + 1) for part in kind.elements]
    return int(kind.element_count) * max(parts, default=1) if kind.is_array else sum(parts)


def _opaque(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    # The name of the opaque type that a type is or holds.
    if not (kind.is_array or kind.is_struct) or depth > _DEEPEST:
        return ""
    if kind.is_struct and kind.is_opaque_struct:
        return str(kind).partition(" = ")[0]
    return _of_parts(types, kind, depth)


def _opaque_in_array(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    # The name of the opaque type that elements of an array are or hold, where a type is or holds such an array.
    if kind.is_array:
        return _ValueTypes(_opaque).of(kind)
    if not kind.is_struct or kind.is_opaque_struct or depth > _DEEPEST:
        return ""
    return _of_parts(types, kind, depth)


def _of_parts(types: _ValueTypes[str], kind: llvm.TypeRef, depth: int) -> str:
    return next(filter(None, (types.of(part, depth + 1) for part in kind.elements)), "")
