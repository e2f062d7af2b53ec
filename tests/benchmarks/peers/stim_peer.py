"""stim: the circuit is built beforehand; each run compiles a sampler for it and samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stim

from tests.benchmarks.circuits import Circuit
from tests.benchmarks.peers import CannotRunError, Run
from tests.benchmarks.peers.circuit_checks import circuit_of

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

_NAMES = {"h": "H", "x": "X", "y": "Y", "z": "Z", "s": "S", "cx": "CX", "cz": "CZ", "mz": "M", "reset": "R"}


def emit(circuit: Circuit) -> stim.Circuit:
    """The circuit with its measurements, in order.

    Raises:
        CannotRunError: there are gates that are not Clifford.
    """
    if not circuit.is_clifford:
        raise CannotRunError("not a Clifford circuit")
    made = stim.Circuit()
    for step in circuit.steps:
        made.append(_NAMES[step.name], step.qubits)
    return made


def prepare(case: Case) -> Run:
    """A call that gives an array of bits."""
    made = emit(circuit_of(case, dense=False))
    return lambda shots: made.compile_sampler().sample(shots, bit_packed=True)
