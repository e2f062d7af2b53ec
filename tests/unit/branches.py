"""Exact probabilities of circuits with measurements: every outcome is followed, in NumPy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

import numpy as np

from tests.unit.matrices import Matrix, X

Outcome = tuple[int, ...]
_NOTHING = 1e-14


@dataclass(frozen=True)
class Step:
    """One thing that a circuit does.

    Attributes:
        kind: a gate; a gate if a result is one; a measurement; one with a reset; a reset; a release and an allocation.
        qubits: on which.
        matrix: the gate's.
        name: the gate's function.
        angles: the gate's.
        result: the measurement's, or the condition.
    """

    kind: Literal["gate", "if", "mz", "mresetz", "reset", "renew"]
    qubits: tuple[int, ...]
    matrix: Matrix | None = None
    name: str = ""
    angles: tuple[float, ...] = ()
    result: int = 0


@dataclass(frozen=True)
class _Branch:
    state: Matrix  # its squared norm is the probability; qubit 0 is the most significant bit
    results: Outcome


def exact(steps: list[Step], qubits: int, results: int) -> dict[Outcome, float]:
    """How probable each joint outcome is."""
    state = np.zeros(1 << qubits, dtype=complex)
    state[0] = 1
    branches = [_Branch(state, (0,) * results)]
    for step in steps:
        branches = [after for branch in branches for after in _follow(branch, step)]
    found: Counter[Outcome] = Counter()
    for branch in branches:
        found[branch.results] += float(np.vdot(branch.state, branch.state).real)  # type: ignore[assignment] # a weight
    return dict(found)


def _follow(branch: _Branch, step: Step) -> list[_Branch]:
    if step.kind in {"gate", "if"}:
        if step.kind == "if" and not branch.results[step.result]:
            return [branch]
        assert step.matrix is not None
        return [replace(branch, state=_apply(branch.state, step.matrix, step.qubits))]
    (qubit,) = step.qubits
    after = []
    for value in (0, 1):
        state = _apply(branch.state, np.diag([1.0 - value, value]), step.qubits)
        if np.vdot(state, state).real < _NOTHING:
            continue
        results = list(branch.results)
        if step.kind in {"mz", "mresetz"}:
            results[step.result] = value
        if step.kind != "mz" and value:
            state = _apply(state, X, (qubit,))
        after.append(_Branch(state, tuple(results)))
    return after


def _apply(state: Matrix, matrix: Matrix, qubits: tuple[int, ...]) -> Matrix:
    count = len(qubits)
    tensor = state.reshape((2,) * (len(state).bit_length() - 1))
    product = np.tensordot(matrix.reshape((2,) * 2 * count), tensor, axes=(range(count, 2 * count), qubits))
    return np.moveaxis(product, range(count), qubits).reshape(-1)


def deviation(counts: Mapping[Outcome, int], expected: Mapping[Outcome, float]) -> float:
    """By how many standard deviations Pearson's sum is more than chance makes it (Wilson and Hilferty).

    Outcomes that are expected less than five times are one; what is impossible is infinitely much.
    """
    shots = sum(counts.values())
    if any(expected.get(outcome, 0.0) < _NOTHING for outcome in counts):
        return float("inf")
    rare = [outcome for outcome, p in expected.items() if p > _NOTHING and p * shots < 5]
    pairs = [(counts.get(o, 0), p * shots) for o, p in expected.items() if p * shots >= 5]
    if rare:
        pairs.append((sum(counts.get(o, 0) for o in rare), sum(expected[o] for o in rare) * shots))
    freedom = len(pairs) - 1
    if freedom == 0:
        return 0.0
    total = sum((found - wanted) ** 2 / wanted for found, wanted in pairs)
    spread = 2 / (9 * freedom)
    return float(((total / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread))
