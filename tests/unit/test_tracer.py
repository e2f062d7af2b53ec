"""The tracer has every function that a simulator has: what it cannot write down ends the trace, and is named."""

from __future__ import annotations

import ctypes
import re
from importlib.resources import files
from typing import Any

import pytest

from qirjit_magic.engine.runtime.bindings import Provider, bindings
from qirjit_magic.engine.runtime.gate_ir import native_symbols, tracer_gates
from qirjit_magic.engine.simulators.operation_trace import FIRST_RETURNED
from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.engine.simulators.tracer import Tracer
from qirjit_magic.engine.simulators.tracer_object import tracer_object
from qirjit_magic.protocol.operations import NATIVE, Op
from tests.unit.state_vector import function_type
from tests.unit.traces import Entry, gate, measure, record


def _written(name: str) -> str:
    return (files("qirjit_magic.engine.simulators") / name).read_text("utf-8")


def test_every_function_of_a_simulator_is_traced_or_ends_the_trace() -> None:
    _, _, traced = tracer_object()
    simulators = {
        name for name, known in bindings().items() if any(found.provider is Provider.SIMULATOR for found in known)
    }
    assert simulators - traced == set()


def test_what_ends_a_trace_is_named_as_programs_call_it() -> None:
    text = _written("untraced.ll") + tracer_gates()
    found = re.findall(r"@__quantum__(?:qis|rt)__(\w+)\(.*\{\n  call void @end\(ptr @(\w+)\.name", text)
    assert len(found) > 20
    for function, name in found:
        assert function.removesuffix("__body") == name
    for name, characters in re.findall(r'@(\w+)\.name = .* c"(.*)\\00"', text):
        assert characters == name or name in {"seed", "shot"}


class _Traced:
    """A tracer, called as programs call a simulator."""

    def __init__(self) -> None:
        self.tracer = Tracer(SharedLibrary(qirrunner_library()))
        self.tracer.begin(None)

    def call(self, name: str, *arguments: Any) -> Any:
        return function_type(bindings()[name][0].type)(self.tracer.find(name))(*arguments)

    def record(self, result: int) -> None:
        address = self.tracer._linked.address("qirjit_recorded_result")
        ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)(address)(result)

    @property
    def tape(self) -> list[Entry]:
        return list(self.tracer.tape.tolist())


@pytest.fixture
def traced() -> _Traced:
    return _Traced()


@pytest.mark.parametrize("op", NATIVE)
def test_a_native_gate_is_traced_as_itself_by_each_of_its_names(traced: _Traced, op: Op) -> None:
    row = NATIVE[op]
    angles, qubits = [0.7] * len(row.angles.split()), range(1, row.width + 1)
    for name in native_symbols(row):
        traced.call(name, *angles, *qubits)
    assert traced.tape == [gate(op, *qubits, angle=sum(angles))] * len(native_symbols(row))


@pytest.mark.parametrize(("pauli", "op"), [(1, Op.RX), (3, Op.RY), (2, Op.RZ)])
def test_r_is_traced_as_the_rotation_about_its_pauli_and_its_adjoint_as_the_one_back(
    traced: _Traced, pauli: int, op: Op
) -> None:
    traced.call("__quantum__qis__r__body", pauli, 0.7, 2)
    traced.call("__quantum__qis__r__adj", pauli, 0.7, 2)
    traced.call("__quantum__qis__r__body", 0, 0.7, 2)
    assert traced.tape == [gate(op, 2, angle=0.7), gate(op, 2, angle=-0.7)]


@pytest.mark.parametrize("qubits", [(0, 1, 5), (0, 5, 1), (5, 0, 1)])
def test_all_qubits_of_a_gate_are_there_before_one_is_allocated(traced: _Traced, qubits: tuple[int, ...]) -> None:
    traced.call("__quantum__qis__ccx__body", *qubits)
    assert traced.call("__quantum__rt__qubit_allocate") == 6


def test_results_are_traced_as_what_they_are(traced: _Traced) -> None:
    one = traced.call("__quantum__rt__result_get_one")
    zero = traced.call("__quantum__rt__result_get_zero")
    returned = [traced.call("__quantum__qis__m__body", qubit) for qubit in (0, 1)]
    for result in (one, zero, returned[1], returned[0], 7):
        traced.record(result)
    for value in (True, False):
        traced.call("__quantum__rt__write_result", value, 3)
    first = FIRST_RETURNED
    assert traced.tape == [
        measure(0, first), measure(1, first + 1),
        gate(Op.RECORD_ONE), gate(Op.RECORD_ZERO), record(first + 1), record(first), record(7),
        gate(Op.WRITE_ONE, 3), gate(Op.WRITE_ZERO, 3),
    ]  # fmt: skip
