"""Circuits as QIR, built by pyqir: the base profile, or the adaptive one where there is feedback."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pyqir

from tests.benchmarks.circuits import Circuit, Step


def emit(circuit: Circuit) -> str:
    """The text of a program that runs this circuit and records its results, under names that all peers know."""
    return _Emitter(circuit).text()


class _Emitter:
    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._context = context = pyqir.Context()
        self._module = pyqir.qir_module(context, "measured", 2, 0)
        profile = "adaptive_profile" if circuit.has_feedback else "base_profile"
        self._main = pyqir.entry_point(self._module, "main", circuit.qubits, circuit.results, profile, "labeled")
        self._builder = pyqir.Builder(context)
        self._open()
        pointer = pyqir.PointerType(pyqir.Type.void(context))
        self._types = {"p": pointer, "d": pyqir.Type.double(context), "i": pyqir.IntType(context, 64)}
        # what is asked for a million times is kept
        self._function: Any = cache(self._declare)
        self._qubit: Any = cache(lambda number: pyqir.qubit(context, number))
        self._result: Any = cache(lambda number: pyqir.result(context, number))
        self._number: Any = cache(lambda value: pyqir.const(self._types["d"], value))

    def text(self) -> str:
        null = pyqir.Constant.null(self._types["p"])
        self._call("rt__initialize", "p", [null])
        for step in self._circuit.steps:
            self._emit(step)
        count = pyqir.const(self._types["i"], len(self._circuit.recorded))
        self._call("rt__array_record_output", "ip", [count, null])
        for result in self._circuit.recorded:
            self._call("rt__result_record_output", "pp", [self._result(result), null])
        self._builder.ret(None)
        return str(self._module)

    def _emit(self, step: Step) -> None:
        if step.only_if is None:
            self._apply(step)
            return
        read = self._call("rt__read_result", "p", [self._result(step.only_if)])
        then, after = self._block(), self._block()
        self._builder.condbr(read, then, after)
        self._builder.insert_at_end(then)
        self._apply(step)
        self._builder.br(after)
        self._builder.insert_at_end(after)

    def _apply(self, step: Step) -> None:
        qubits = [self._qubit(number) for number in step.qubits]
        pointers = "p" * len(qubits)
        if step.result is not None:
            self._call("qis__mz__body", "pp", [*qubits, self._result(step.result)])
        elif step.angle is not None:
            self._call(f"qis__{step.name}__body", f"d{pointers}", [self._number(step.angle), *qubits])
        else:
            self._call(f"qis__{step.name}__body", pointers, qubits)

    def _call(self, name: str, parameters: str, arguments: Sequence[Any]) -> Any:
        return self._builder.call(self._function(name, parameters), arguments)

    def _declare(self, name: str, parameters: str) -> Any:
        returned = pyqir.IntType(self._context, 1) if name == "rt__read_result" else pyqir.Type.void(self._context)
        kind = pyqir.FunctionType(returned, [self._types[letter] for letter in parameters])
        function = pyqir.Function(kind, pyqir.Linkage.EXTERNAL, f"__quantum__{name}", self._module)
        if name == "qis__mz__body":
            pyqir.add_string_attribute(function, "irreversible")
        return function

    def _open(self) -> None:
        self._builder.insert_at_end(self._block())

    def _block(self) -> Any:
        return pyqir.BasicBlock(self._context, "", self._main)
