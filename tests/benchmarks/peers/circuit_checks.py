"""What the libraries of circuits cannot run, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.circuits import Circuit
from tests.benchmarks.peers import CannotRunError

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

_STATE_QUBITS = 26  # beyond it a state vector takes gigabytes


def circuit_of(case: Case, *, feedback: bool = False, dense: bool = True) -> Circuit:
    """The circuit of a case, for a library that is given one.

    Args:
        case: the case.
        feedback: whether the library has gates that depend on a result.
        dense: whether it simulates a state vector.

    Raises:
        CannotRunError: it cannot be run by such a library.
    """
    if case.compiles:
        raise CannotRunError("takes circuits, not programs: nothing to compile")
    if case.circuit is None:
        raise CannotRunError("the program is a loop, not a circuit")
    circuit = case.circuit()
    if circuit.has_feedback and not feedback:
        raise CannotRunError("no gates that depend on a result")
    if dense and not feedback and not circuit.measures_at_the_end_only:
        raise CannotRunError("no measurements between gates")
    if dense and circuit.qubits > _STATE_QUBITS:
        raise CannotRunError("the state does not fit into memory")
    return circuit
