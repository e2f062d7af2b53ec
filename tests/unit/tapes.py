"""What a tape's program records, exactly: every measurement is a branch. Slow, and nothing is assumed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qirjit_magic.engine.simulators.tape import ENTRY, Op
from tests.unit.matrices import SWAP, SX, H, Matrix, X, Y, Z, controlled, fixed, phase, rotation, rx, ry, rz

Entry = tuple[int, int, int, int, float]
QUBITS = 3


def matrix(op: Op, angle: float) -> Matrix:
    """The gate's matrix; its first qubit is the most significant one."""
    s, t = phase(np.pi / 2), phase(np.pi / 4)
    constants = {
        Op.H: H, Op.X: X, Op.Y: Y, Op.Z: Z, Op.S: s, Op.S_ADJ: s.conj(), Op.T: t, Op.T_ADJ: t.conj(), Op.SX: SX,
        Op.CX: controlled(fixed(X))(), Op.CY: controlled(fixed(Y))(), Op.CZ: controlled(fixed(Z))(), Op.SWAP: SWAP,
        Op.CCX: controlled(fixed(X), 2)(),
    }  # fmt: skip
    if op in constants:
        return constants[op]
    pairs = {Op.RXX: X, Op.RYY: Y, Op.RZZ: Z}
    return (
        rotation(np.kron(pairs[op], pairs[op]), angle) if op in pairs else {Op.RX: rx, Op.RY: ry, Op.RZ: rz}[op](angle)
    )


@dataclass(frozen=True, slots=True)
class _Branch:
    probability: float
    state: Matrix
    results: dict[int, int]
    recorded: str


def apply(state: Matrix, gate: Matrix, qubits: Sequence[int]) -> Matrix:
    """The state after a gate; qubit q is axis q of ``state.reshape(2, 2, …)``."""
    count = int(np.log2(len(state)))
    axes = np.moveaxis(state.reshape((2,) * count), qubits, range(len(qubits)))
    turned = (gate @ axes.reshape(len(gate), -1)).reshape(axes.shape)
    return np.moveaxis(turned, range(len(qubits)), qubits).reshape(-1)


def distribution(entries: Sequence[Entry]) -> dict[str, float]:
    """How likely each string of recorded results is."""
    state = np.zeros(1 << QUBITS, complex)
    state[0] = 1
    branches = [_Branch(1.0, state, {}, "")]
    for op, a, b, c, angle in entries:
        branches = [after for branch in branches for after in _step(branch, Op(op), (a, b, c), angle)]
    found: dict[str, float] = defaultdict(float)
    for branch in branches:
        found[branch.recorded] += branch.probability
    return dict(found)


def _step(branch: _Branch, op: Op, ids: tuple[int, int, int], angle: float) -> list[_Branch]:
    if op in {Op.MEASURE, Op.RESET, Op.RELEASE, Op.MRESETZ}:
        written = [] if op in {Op.RESET, Op.RELEASE} else [ids[1]]
        return [
            _Branch(
                p,
                apply(state, X, [ids[0]]) if bit and op is not Op.MEASURE else state,
                branch.results | dict.fromkeys(written, bit),
                branch.recorded,
            )
            for bit, p, state in _measured(branch, ids[0])
        ]
    if op in {Op.WRITE_ZERO, Op.WRITE_ONE}:
        return [replace(branch, results={**branch.results, ids[0]: int(op is Op.WRITE_ONE)})]
    if op in {Op.RECORD, Op.RECORD_ZERO, Op.RECORD_ONE}:
        bit = branch.results.get(ids[0], 0) if op is Op.RECORD else int(op is Op.RECORD_ONE)
        return [_Branch(branch.probability, branch.state, branch.results, f"{branch.recorded}{bit}")]
    gate = matrix(op, angle)
    qubits = ids[: int(np.log2(len(gate)))]
    return [_Branch(branch.probability, apply(branch.state, gate, qubits), branch.results, branch.recorded)]


def _measured(branch: _Branch, qubit: int) -> list[tuple[int, float, Matrix]]:
    found = []
    for bit, keep in ((0, np.diag([1.0, 0.0])), (1, np.diag([0.0, 1.0]))):
        state = apply(branch.state, keep + 0j, [qubit])
        chance = float(np.vdot(state, state).real)
        if chance > 1e-12:
            found.append((bit, branch.probability * chance, state / np.sqrt(chance)))
    return found


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


def tape(*entries: Entry) -> NDArray[np.void]:
    """A tape of these entries."""
    return np.array(list(entries), ENTRY)
