"""The functions of QIR that the engine knows, with their signatures, for whoever types their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qirjit_magic.llvm_text import plain_name, split_at_commas
from qirjit_magic.protocol.operations import GATES, QUBIT_NAMES, Gate, symbol

# The engine has this table from LLVM, which a kernel does without: it reads the heads of functions in the same files
# when Tab first asks for one, in 5 ms: no file has to be made anew when these change. A test compares both tables.
_ROOM = "qirjit_magic.engine.runtime"
_FIRST = ("simulator.ll", "recorder.ll", "library.ll")


@dataclass(frozen=True, slots=True)
class KnownSignature:
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
        for name, signature in _written(text):
            found.setdefault(name, {}).setdefault(signature.type, signature)
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
    every = {file.name: file for file in files(_ROOM).iterdir() if file.name.endswith(".ll")}
    names = [*_FIRST, *sorted(every.keys() - set(_FIRST))]
    return [every[name].read_text("utf-8") for name in names]


def _written(text: str) -> Iterator[tuple[str, KnownSignature]]:
    # What a file declares and defines for programs: RETURNS @NAME(TYPE %NAME, …) behind a keyword that begins a line.
    for keyword in ("\ndeclare ", "\ndefine "):
        for function in text.split(keyword)[1:]:
            start = function.index("(")
            returns, _, name = function[:start].partition(" @")
            parameters = [part.strip().partition(" %") for part in split_at_commas(function, start + 1)]
            types, names = tuple(kind for kind, _, _ in parameters), tuple(f"%{own}" for _, _, own in parameters if own)
            public = plain_name(name).partition("/")[0]
            if public.startswith("__quantum__") and " " not in returns:
                yield public, KnownSignature(returns, types, names)
