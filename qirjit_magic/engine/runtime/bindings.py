"""The one table of known functions: their types, and who implements each.

The types stand in the ``.ll`` files of this folder, one file a provider; what those cannot say stands here. A name may
have several types, each with an implementation of its own: in the files these are called ``name/…``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from qirjit_magic.engine.runtime.gate_ir import family_ir, functions_of, native_symbols
from qirjit_magic.protocol.known_functions import KnownFunction, read_functions
from qirjit_magic.protocol.operations import NATIVE


class Provider(Enum):
    """The provider of a function; the value is the file with its type, and where it is IR of this package, its code.

    Of several that have a name and type the first is asked first. Those called ``gates/…`` are families of the table of
    operations, see `gate_ir`.
    """

    RUNTIME = "recorder.ll"
    SIMULATOR = "simulator.ll"  # the simulator of the run
    NULLS = "nulls.ll"  # IR that is linked over the library once a program needs it
    LIBRARY = "library.ll"  # the runtime library of QIR 1.0, qirrunner's
    LIBM = "libm.ll"
    STEPS = "gates/native"  # native gates in terms of others, for a simulator that lacks them
    RANGES = "ranges.ll"  # from here on IR that is linked over a simulator likewise
    RECORDS = "records.ll"
    RESOURCES = "resources.ll"
    REGISTERS = "registers.ll"
    RANDOM = "random.ll"
    ONE = "gates/one"
    SEVERAL = "gates/several"
    CONTROLLED = "gates/controlled"
    TWICE = "gates/twice"
    CONTROLS = "controls.ll"
    MEASUREMENTS = "measurements.ll"
    SUBSTITUTES = "substitutes.ll"


_NOT_OURS = (Provider.SIMULATOR, Provider.LIBRARY, Provider.LIBM)
DECOMPOSITIONS = tuple(provider for provider in Provider if provider not in {Provider.RUNTIME, *_NOT_OURS})


class Binding(NamedTuple):
    """The implementation of a declared name of one type.

    Attributes:
        type: the declared type, in LLVM's words.
        provider: who implements it.
        symbols: the names it may have there, the first one found is taken.
    """

    type: str
    provider: Provider
    symbols: tuple[str, ...]


# The functions of a simulator that it may have under another name.
_ALIASES = {
    "__quantum__rt__read_result": ("__quantum__rt__read_result", "__quantum__qis__read_result__body"),
    "__quantum__qis__read_result__body": ("__quantum__qis__read_result__body", "__quantum__rt__read_result"),
    "__quantum__qis__m__body/mz": ("__quantum__qis__mz__body", "__quantum__qis__m__body"),
}
# A simulator that holds dumps back gets a marker put into the records at each.
DUMPMACHINE = "__quantum__qis__dumpmachine__body"
HELD_DUMPMACHINE = "qirjit_dumpmachine"
# What has no effect on a simulator, for any number of qubits: pytket's and hugr-qir's barrier2, order3, group2, sleep.
_MARKER = re.compile(r"_{2,3}(?:quantum__(?:qis|rt)__)?(?:barrier|order|group|sleep)\d*(?:__body)?\Z")
_MARKER_TYPE = re.compile(r"void \((?:(?:ptr|i64|i32|double|\.\.\.)(?:, )?)*\)\Z")
_NOTHING = "qirjit_nothing"


def read_ir(name: str) -> str:
    """The text of one of this folder's ``.ll`` files."""
    return Path(__file__).with_name(name).read_text("utf-8")


def declared_name(symbol: str) -> str:
    """The name that programs declare for a definition of these files."""
    return symbol.partition("/")[0]


def is_reserved(name: str) -> bool:
    """Return whether the name is the specification's, the simulator's or the mathematical library's."""
    return any(binding.provider not in DECOMPOSITIONS for binding in bindings().get(name, ()))


@cache
def bindings() -> Mapping[str, tuple[Binding, ...]]:
    """The known functions by declared name: each type that it may have, the preferred implementation first."""
    table: dict[str, tuple[Binding, ...]] = {}
    for provider in Provider:
        for name, binding in _offered(provider):
            table[name] = (*table.get(name, ()), binding)
    return table


def find_bindings(name: str, kind: str) -> tuple[Binding, ...]:
    """The implementations of a name under this type, the preferred one first; none where it is unknown."""
    found = tuple(binding for binding in bindings().get(name, ()) if binding.type == kind)
    if not found and _MARKER.match(name) and _MARKER_TYPE.match(kind):
        return (Binding(kind, Provider.RUNTIME, (_NOTHING,)),)
    return found


def known_types(name: str, kind: str) -> tuple[str, ...]:
    """The types that a name may be declared with; none where it is unknown.

    Args:
        name: the name.
        kind: the type that it is declared with; of a marker, such as a barrier, every type of its kind is known.
    """
    if _MARKER.match(name):
        return (kind,) if _MARKER_TYPE.match(kind) else ("void (ptr, ...)",)
    return tuple(dict.fromkeys(binding.type for binding in bindings().get(name, ())))


def _offered(provider: Provider) -> Iterator[tuple[str, Binding]]:
    family = _family(provider)
    if family:
        for name, kind, code in functions_of(family):
            yield name, Binding(kind, provider, (code,))
        return
    for function in _functions(provider):
        if provider in _NOT_OURS or (function.defined and not function.symbol.startswith("qirjit")):
            symbols = _ALIASES.get(function.symbol, (function.symbol,))
            yield function.name, Binding(function.signature.type, provider, symbols)
    if provider is Provider.SIMULATOR:
        for gate in NATIVE.values():
            names = native_symbols(gate)
            for name in names:  # its own name first
                yield name, Binding(gate.type, provider, tuple(dict.fromkeys((name, *names))))


@cache
def _functions(provider: Provider) -> tuple[KnownFunction, ...]:
    return tuple(read_functions(ir_of(provider)))


def _family(provider: Provider) -> str:
    folder, _, family = provider.value.partition("/")
    return family if folder == "gates" else ""


def ir_of(provider: Provider) -> str:
    """The text of a provider's module."""
    family = _family(provider)
    if family:
        return family_ir(family)
    text = read_ir(provider.value)
    return "".join((text, *_null_forwards(text))) if provider is Provider.NULLS else text


def _null_forwards(nulls: str) -> Iterator[str]:
    # Each count and each copy of the library, by way of `@count` or `@copy` of nulls.ll.
    for name in (function.name for function in _functions(Provider.LIBRARY)):
        if name.endswith("_count"):
            yield "" if f"declare void @{name}(" in nulls else f"declare void @{name}(ptr, i32)\n"
            yield f'define void @"{name}/null"(ptr %counted, i32 %change) {{\n'
            yield f"  call void @count(ptr @{name}, ptr %counted, i32 %change)\n  ret void\n}}\n"
        elif name.endswith("_copy"):
            yield f"declare ptr @{name}(ptr, i1)\n"
            yield f'define ptr @"{name}/null"(ptr %copied, i1 %force) {{\n'
            yield f"  %new = call ptr @copy(ptr @{name}, ptr %copied, i1 %force)\n  ret ptr %new\n}}\n"
