"""The functions of QIR that the engine knows, with their types: read from its IR, without LLVM.

The engine binds them (`engine.runtime.bindings`), completion offers them. Of the IR only the lines are read in which a
function begins, as this package writes them; a test compares all of them with what LLVM reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from qirjit_magic.protocol.operations import GATES, QUBIT_NAMES, Gate, symbol

FOLDER = Path(__file__).parents[1] / "engine" / "runtime"
_FIRST = ("simulator.ll", "recorder.ll", "library.ll")
_FUNCTION = r'^(?P<kind>define|declare) (?P<returns>\w+) @"?(?P<symbol>[\w.$/]+)"?\('
_PARAMETER = r"\s*(?P<type>[\w.]+|\{[^}]*\})(?: byval\([^)]*\))?(?: (?P<name>%[\w.]+))?\s*[,)]"


class KnownSignature(NamedTuple):
    """One type of a known function, in LLVM's words.

    Attributes:
        returns: what it returns.
        parameters: the types of its parameters.
        names: their names, such as ``%qubit``; empty where the table has none.
    """

    returns: str
    parameters: tuple[str, ...]
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = self.names or ("",) * len(self.parameters)
        told = (f"{kind} {name}".rstrip() for kind, name in zip(self.parameters, names, strict=True))
        return f"{self.returns} ({', '.join(told)})"

    @property
    def type(self) -> str:
        """The type without the parameters' names, such as ``void (double, ptr)``."""
        return f"{self.returns} ({', '.join(self.parameters)})"


class KnownFunction(NamedTuple):
    """A function of a file.

    Attributes:
        symbol: its name there: what programs declare, and behind a slash what tells types of one name apart.
        signature: its type.
        defined: whether the file has its code.
    """

    symbol: str
    signature: KnownSignature
    defined: bool

    @property
    def name(self) -> str:
        """What programs declare."""
        return self.symbol.partition("/")[0]


def read_functions(text: str) -> Iterator[KnownFunction]:
    """The functions that a file of the engine has for others, in their order."""
    parameter = re.compile(_PARAMETER)
    for match in re.finditer(_FUNCTION, text, re.MULTILINE):
        found, start = list[tuple[str, str]](), match.end()
        while part := parameter.match(text, start):
            found.append((part["type"], part["name"] or ""))
            start = part.end()
            if text[start - 1] == ")":
                break
        names = tuple(name for _, name in found)
        signature = KnownSignature(match["returns"], tuple(kind for kind, _ in found), names if all(names) else ())
        yield KnownFunction(match["symbol"], signature, match["kind"] == "define")


# The types of names that have another one besides those of the files.
_OTHER_TYPES = {"__quantum__qis__m__body": KnownSignature("void", ("ptr", "ptr"), ("%qubit", "%result"))}


@cache
def known_functions() -> Mapping[str, tuple[KnownSignature, ...]]:
    """The ``__quantum__`` functions by name, sorted, each with the types that one may declare it with."""
    found: dict[str, dict[str, KnownSignature]] = {}
    for text in _texts():
        for function in read_functions(text):
            if function.name.startswith("__quantum__"):
                found.setdefault(function.name, {}).setdefault(function.signature.type, function.signature)
    for gate in GATES.values():
        plain, qubits_first = _signatures(gate)
        own = [gate.native_symbol, *map(symbol, gate.others.split())] if gate.op is not None else []
        for name in (*own, *map(symbol, f"{gate.names} {gate.adjoints}".split())):
            found.setdefault(name, {}).setdefault(plain.type, plain)
        for name in map(symbol, gate.qubits_first.split()):
            found.setdefault(name, {}).setdefault(qubits_first.type, qubits_first)
    for name, other in _OTHER_TYPES.items():
        found[name] = {other.type: other} | found[name]
    return {name: tuple(found[name].values()) for name in sorted(found)}


def _signatures(gate: Gate) -> tuple[KnownSignature, KnownSignature]:
    # With the angles first, and with the qubits first.
    angles = [("double", f"%{angle}") for angle in gate.angles.split()]
    qubits = [("ptr", f"%{QUBIT_NAMES[qubit]}") for qubit in gate.qubits.split()]
    plain, qubits_first = (
        KnownSignature("void", *zip(*both, strict=True)) for both in (angles + qubits, qubits + angles)
    )
    return plain, qubits_first


def _texts() -> list[str]:
    every = {file.name: file for file in FOLDER.glob("*.ll")}
    names = [*_FIRST, *sorted(every.keys() - set(_FIRST))]
    return [every[name].read_text("utf-8") for name in names]
