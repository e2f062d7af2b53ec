"""The one table of known functions: their types, and who implements each.

The types stand in the ``.ll`` files of this folder, one file a provider; what those cannot say stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.contexts import read_text
from qirjit_magic.engine.ir.parse import signature_of


class Provider(Enum):
    """Who implements a function; the value is the file with its types."""

    RUNTIME = "recorder.ll"  # IR of this package
    SIMULATOR = "simulator.ll"  # the simulator of the run
    LIBRARY = "library.ll"  # the runtime library of QIR 1.0, qirrunner's
    LIBM = "libm.ll"


@dataclass(frozen=True, slots=True)
class Binding:
    """How a declared name of one type is implemented.

    Attributes:
        type: the declared type, in LLVM's words.
        provider: who implements it.
        symbols: the names it may have there, the first one found is taken.
    """

    type: str
    provider: Provider
    symbols: tuple[str, ...]


# The same thing under two names.
_ALIASES = {
    "__quantum__rt__read_result": ("__quantum__rt__read_result", "__quantum__qis__read_result__body"),
    "__quantum__qis__read_result__body": ("__quantum__qis__read_result__body", "__quantum__rt__read_result"),
    "__quantum__qis__cx__body": ("__quantum__qis__cx__body", "__quantum__qis__cnot__body"),
    "__quantum__qis__cnot__body": ("__quantum__qis__cnot__body", "__quantum__qis__cx__body"),
}
# The same name under another type. qirrunner's own m takes a qubit and returns a new result; today's is mz.
_OTHER_TYPES = {
    "__quantum__qis__m__body": Binding(
        "void (ptr, ptr)", Provider.SIMULATOR, ("__quantum__qis__mz__body", "__quantum__qis__m__body")
    ),
}
# A simulator that holds dumps back gets a marker put into the records at each.
DUMPMACHINE = "__quantum__qis__dumpmachine__body"
HELD_DUMPMACHINE = "qirjit_dumpmachine"


def read_ir(name: str) -> str:
    """The text of one of this folder's ``.ll`` files."""
    return (files(__package__) / name).read_text("utf-8")


@cache
def bindings() -> Mapping[str, tuple[Binding, ...]]:
    """The known functions by declared name; each may have several types."""
    table: dict[str, tuple[Binding, ...]] = {}
    for provider in Provider:
        module = read_text(read_ir(provider.value))
        for function in module.functions:
            if _offers(function, provider) and function.name not in table:
                symbols = _ALIASES.get(function.name, (function.name,))
                table[function.name] = (Binding(str(signature_of(function)), provider, symbols),)
    for name, other in _OTHER_TYPES.items():
        table[name] = (*table[name], other)
    return table


@cache
def known_types() -> Mapping[str, tuple[str, ...]]:
    """The types that each known name may be declared with."""
    return {name: tuple(choice.type for choice in choices) for name, choices in bindings().items()}


def _offers(function: llvm.ValueRef, provider: Provider) -> bool:
    if provider is not Provider.RUNTIME:
        return True
    return not function.is_declaration and function.name.startswith("__quantum__")
