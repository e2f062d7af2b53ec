"""What a trace's program records, exactly; nothing is assumed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qirjit_magic.engine.simulators.operation_trace import ENTRY
from qirjit_magic.protocol.operations import Op
from tests.circuits.outcomes import exact
from tests.circuits.steps import Circuit, Step
from tests.unit.matrices import OWN, Matrix, X, Z, arity, width

Entry = tuple[int, int, int, int, float]
QUBITS = 3
_CONSTANT = 4  # one result more, which is always 0, and one that is always 1


def matrix(op: Op, angle: float) -> Matrix:
    """The gate's matrix; its first qubit is the most significant one."""
    name = op.name.lower()
    gate = OWN[name.replace("_adj", "__adj") if "_" in name else f"{name}__body"]
    return gate(*[angle] * arity(gate))


def distribution(entries: Sequence[Entry]) -> dict[str, float]:
    """How likely each string of recorded results is."""
    # Two qubits that nothing else touches make the results that are 0 and 1.
    one = [Step("gate", (QUBITS + 1,), X), Step("measure", (QUBITS + 1,), Z, result=_CONSTANT + 1)]
    steps = (*one, *(_step(Op(op), (a, b, c), angle) for op, a, b, c, angle in entries))
    return exact(Circuit(steps, QUBITS + 2, _CONSTANT + 2))


def _step(op: Op, ids: tuple[int, int, int], angle: float) -> Step:
    if op in {Op.MEASURE, Op.MRESETZ}:
        return Step("measure", ids[:1], Z, name=op.name.lower(), result=ids[1])
    if op in {Op.RESET, Op.RELEASE}:
        return Step("reset" if op is Op.RESET else "release", ids[:1])
    if op in {Op.WRITE_ZERO, Op.WRITE_ONE}:
        return Step("measure", (QUBITS + int(op is Op.WRITE_ONE),), Z, result=ids[0])
    if op in {Op.RECORD, Op.RECORD_ZERO, Op.RECORD_ONE}:
        return Step("record", result=ids[0] if op is Op.RECORD else _CONSTANT + int(op is Op.RECORD_ONE))
    gate = matrix(op, angle)
    return Step("gate", ids[: width(gate)], gate)


def measure(qubit: int, result: int) -> Entry:
    """The entry of a measurement."""
    return int(Op.MEASURE), qubit, result, 0, 0.0


def gate(op: Op, *qubits: int, angle: float = 0.0) -> Entry:
    """The entry of a gate, or of whatever else has qubits only."""
    a, b, c = (*qubits, 0, 0, 0)[:3]
    return int(op), a, b, c, angle


def record(result: int) -> Entry:
    """The entry of a result that is recorded."""
    return int(Op.RECORD), result, 0, 0, 0.0


def trace(*entries: Entry) -> NDArray[np.void]:
    """A trace of these entries."""
    return np.array(list(entries), ENTRY)
