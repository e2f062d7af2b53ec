"""The functions of QIR that the engine knows, with their types: read from its IR, without LLVM.

The engine binds them (`engine.runtime.bindings`), completion offers them. Of the IR only the lines are read in which a
function begins, as this package writes them; a test compares all of them with what LLVM reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from qirjit_magic.llvm_text import plain_name, split_at_commas
from qirjit_magic.protocol.operations import GATES, QUBIT_NAMES, Gate, symbol

FOLDER = Path(__file__).parents[1] / "engine" / "runtime"
_FIRST = ("simulator.ll", "recorder.ll", "library.ll")


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
        """The name that programs declare."""
        return self.symbol.partition("/")[0]


def read_functions(text: str) -> Iterator[KnownFunction]:
    """The functions that a file of the engine has for others: ``RETURNS @NAME(TYPE %NAME, …)`` behind a keyword."""
    for keyword in ("\ndeclare ", "\ndefine "):
        for function in text.split(keyword)[1:]:
            start = function.index("(")
            returns, _, name = function[:start].partition(" @")
            inside = function[start + 1 : function.index(")", start)]
            nested = "(" in inside or "{" in inside or "[" in inside or "<" in inside
            parts = split_at_commas(function, start + 1) if nested else inside.split(",")  # which is ten times as fast
            parameters = [part.strip().partition(" %") for part in parts]
            types = tuple(kind.partition(" byval")[0] for kind, _, _ in parameters if kind)
            names = tuple(f"%{own}" for _, _, own in parameters if own)
            if " " not in returns:  # not internal
                yield KnownFunction(plain_name(name), KnownSignature(returns, types, names), keyword == "\ndefine ")


@cache
def known_functions() -> Mapping[str, tuple[KnownSignature, ...]]:
    """The ``__quantum__`` functions by name, sorted, each with the types that one may declare it with."""
    found: dict[str, dict[str, KnownSignature]] = {}
    for gate in GATES.values():
        plain, qubits_first = _signatures(gate)
        own = [gate.native_symbol, *map(symbol, gate.others.split())] if gate.op is not None else []
        for name in (*own, *map(symbol, f"{gate.names} {gate.adjoints}".split())):
            found.setdefault(name, {}).setdefault(plain.type, plain)
        for name in map(symbol, gate.qubits_first.split()):
            found.setdefault(name, {}).setdefault(qubits_first.type, qubits_first)
    for text in _texts():
        for function in read_functions(text):
            if function.name.startswith("__quantum__"):
                found.setdefault(function.name, {}).setdefault(function.signature.type, function.signature)
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
