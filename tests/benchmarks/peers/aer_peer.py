"""Qiskit Aer: the circuit is built beforehand; each run simulates it by the method that Aer chooses, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from tests.benchmarks.circuits import Circuit, Step
from tests.benchmarks.peers import Run
from tests.benchmarks.peers.circuit_checks import circuit_of

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case


def emit(circuit: Circuit, *, measured: bool = True) -> Any:
    """The circuit; without its measurements at the end where it is not to be measured."""
    made = QuantumCircuit(circuit.qubits, circuit.results)
    for step in circuit.steps if measured else circuit.gates:
        if step.only_if is None:
            _add(made, step)
        else:
            with made.if_test((made.clbits[step.only_if], 1)):
                _add(made, step)
    return made


def _add(made: Any, step: Step) -> None:
    if step.name == "mz":
        made.measure(step.qubits[0], step.result)
    elif step.angle is None:
        getattr(made, step.name)(*step.qubits)
    else:
        getattr(made, step.name)(step.angle, *step.qubits)


def prepare(case: Case) -> Run:
    """A call that gives counts."""
    circuit = circuit_of(case, feedback=True, dense=case.circuit is None or not case.circuit().is_clifford)
    made, simulator = emit(circuit), AerSimulator()
    return lambda shots: simulator.run(made, shots=shots).result().get_counts()
