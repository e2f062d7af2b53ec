"""Qulacs: the circuit is built beforehand; each run simulates it and samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qulacs

from tests.benchmarks.circuits import Circuit, Step
from tests.benchmarks.peers import Run
from tests.benchmarks.peers.circuit_checks import circuit_of

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

_METHODS = {"h": "H", "x": "X", "y": "Y", "z": "Z", "s": "S", "t": "T", "cx": "CNOT", "cz": "CZ"}
_ROTATIONS = {"rx": "RX", "ry": "RY", "rz": "RZ"}


def emit(circuit: Circuit) -> Any:
    """The gates as a circuit of Qulacs, without measurements: it has qubit 0 lowest."""
    made = qulacs.QuantumCircuit(circuit.qubits)
    for step in circuit.gates:
        _add(made, step)
    return made


def _add(made: Any, step: Step) -> None:
    if step.angle is None:
        getattr(made, f"add_{_METHODS[step.name]}_gate")(*step.qubits)
    else:  # Qulacs turns the other way round: exp(+i angle/2 P)
        getattr(made, f"add_{_ROTATIONS[step.name]}_gate")(*step.qubits, -step.angle)


def prepare(case: Case) -> Run:
    """A call that begins with an empty state."""
    circuit = circuit_of(case)
    made = emit(circuit)
    state = qulacs.QuantumState(circuit.qubits)

    def run(shots: int) -> object:
        state.set_zero_state()
        made.update_quantum_state(state)
        return state.sampling(shots)

    return run
