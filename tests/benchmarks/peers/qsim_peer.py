"""qsim through Cirq, in single precision: the circuit is built beforehand; each run simulates it and samples."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import cirq
import qsimcirq

from tests.benchmarks.circuits import Circuit, Step
from tests.benchmarks.peers import Run
from tests.benchmarks.peers.circuit_checks import circuit_of

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case


def emit(circuit: Circuit, *, measured: bool = True) -> Any:
    """The circuit on a line of qubits; Cirq has qubit 0 highest. With all measurements as one, under the key ``m``."""
    qubits = cirq.LineQubit.range(circuit.qubits)
    made = cirq.Circuit(_gate(step).on(*(qubits[q] for q in step.qubits)) for step in circuit.gates)
    made.append(cirq.I.on_each(*(qubit for qubit in qubits if qubit not in made.all_qubits())))
    if measured:
        made.append(cirq.measure(*qubits[: circuit.results], key="m"))
    return made


def _gate(step: Step) -> Any:
    if step.angle is not None:
        return getattr(cirq, step.name)(step.angle)
    return {"cx": cirq.CNOT, "cz": cirq.CZ}.get(step.name) or getattr(cirq, step.name.upper())


def prepare(case: Case) -> Run:
    """A call that gives an array of bits; all cores, as many gates fused as qsim is advised to."""
    made = emit(circuit_of(case))
    simulator = qsimcirq.QSimSimulator(qsimcirq.QSimOptions(cpu_threads=os.cpu_count() or 1, max_fused_gate_size=3))
    return lambda shots: simulator.run(made, repetitions=shots).measurements
