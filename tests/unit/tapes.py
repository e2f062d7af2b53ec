"""What a tape's program records, exactly; nothing is assumed."""

from __future__ import annotations

from collections.abc import Sequence

from qirjit_magic.engine.simulators.tape import Op
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
    # A qubit that nothing else touches makes the result that is 1.
    one = [Step("gate", (QUBITS,), X), Step("measure", (QUBITS,), Z, result=_CONSTANT + 1)]
    steps = (*one, *(_step(Op(op), (a, b, c), angle) for op, a, b, c, angle in entries))
    return exact(Circuit(steps, QUBITS + 1, _CONSTANT + 2))


def _step(op: Op, ids: tuple[int, int, int], angle: float) -> Step:
    if op is Op.MEASURE:
        return Step("measure", ids[:1], Z, result=ids[1])
    if op is Op.RESET:
        return Step("reset", ids[:1])
    if op in {Op.RECORD, Op.RECORD_ZERO, Op.RECORD_ONE}:
        return Step("record", result=ids[0] if op is Op.RECORD else _CONSTANT + int(op is Op.RECORD_ONE))
    gate = matrix(op, angle)
    return Step("gate", ids[: width(gate)], gate)
