"""The functions of QIR that the engine knows, with their signatures, for whoever types their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qirjit_magic.protocol.operations import GATES, QUBIT_NAMES, Gate, symbol

# The engine's table of known functions is made from these files by LLVM, which a kernel does without: it reads the
# lines that tell a function's type. A test compares both.
_ROOM = "qirjit_magic.engine.runtime"
_FIRST = ("simulator.ll", "recorder.ll", "library.ll")
_FUNCTION = re.compile(r'^(?:define|declare) (?P<returns>[\w]+) @"?(?P<name>__quantum__\w+)[^"(]*"?\(', re.MULTILINE)
_PARAMETER = re.compile(r"\s*(?P<type>[\w.]+|\{[^}]*\})(?: (?P<name>%[\w.]+))?\s*[,)]")


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


# The types of names that have another one besides those of the files.
_OTHER_TYPES = {"__quantum__qis__m__body": KnownSignature("void", ("ptr", "ptr"), ("%qubit", "%result"))}


@cache
def known_functions() -> Mapping[str, tuple[KnownSignature, ...]]:
    """The ``__quantum__`` functions by name, sorted, each with the types that one may declare it with."""
    found: dict[str, dict[str, KnownSignature]] = {}
    for text in _texts():
        for match in _FUNCTION.finditer(text):
            signature = _signature(match["returns"], text, match.end())
            found.setdefault(match["name"], {}).setdefault(signature.type, signature)
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
    every = {file.name: file for file in files(_ROOM).iterdir() if file.name.endswith(".ll")}
    names = [*_FIRST, *sorted(every.keys() - set(_FIRST))]
    return [every[name].read_text("utf-8") for name in names]


def _signature(returns: str, text: str, start: int) -> KnownSignature:
    parameters, names = [], []
    while parameter := _PARAMETER.match(text, start):
        parameters.append(parameter["type"])
        names.append(parameter["name"] or "")
        start = parameter.end()
        if text[start - 1] == ")":
            break
    return KnownSignature(returns, tuple(parameters), tuple(names) if all(names) else ())
