"""Exact probabilities of what circuits record, in NumPy: every outcome is followed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.circuits.steps import Circuit, Step
from tests.unit.matrices import Matrix, X, Z, apply

_NOTHING = 1e-14
Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Branches:
    """Ways that a shot can go, one a column.

    Attributes:
        states: their squared norms are the probabilities. Several that have the same bits are a mixture.
        results: the value of each result.
        recorded: what was output so far.
    """

    states: Matrix
    results: Bits
    recorded: Bits

    def only(self, columns: npt.NDArray[Any]) -> _Branches:
        return _Branches(self.states[:, columns], self.results[:, columns], self.recorded[:, columns])


def exact(circuit: Circuit) -> dict[str, float]:
    """How probable each string of recorded results is."""
    branches = _followed(circuit)
    found: dict[str, float] = defaultdict(float)
    for recorded, weight in zip(_strings(branches), _weights(branches.states).tolist(), strict=True):
        found[recorded] += weight
    return dict(found)


def states(circuit: Circuit) -> dict[str, Matrix]:
    """The state at the end by what was recorded, where that fixes it."""
    branches = _followed(circuit)
    found: dict[str, Matrix] = {}
    # The likeliest last: where a circuit comes to one state on several ways, the other ones are as good, but rounded.
    for column in np.argsort(_weights(branches.states)).tolist():
        state = branches.states[:, column]
        found[_strings(branches)[column]] = state / np.linalg.norm(state)
    return found


def _followed(circuit: Circuit) -> _Branches:
    state = np.zeros((1 << circuit.qubits, 1), dtype=complex)
    state[0] = 1
    branches = _Branches(state, np.zeros((circuit.results, 1), np.uint8), np.zeros((0, 1), np.uint8))
    for step in circuit.steps:
        branches = _after(branches, step)
    return branches


def _strings(branches: _Branches) -> list[str]:
    return ["".join(map(str, bits)) for bits in branches.recorded.T.tolist()]


def _weights(states: Matrix) -> npt.NDArray[np.float64]:
    return np.asarray(np.sum(np.abs(states) ** 2, axis=0))


def _after(branches: _Branches, step: Step) -> _Branches:
    if step.kind == "record":
        return replace(branches, recorded=np.vstack([branches.recorded, branches.results[step.result]]))
    taken = np.ones(branches.states.shape[1], dtype=bool)
    for result, value in step.when:
        taken &= branches.results[result] == value
    if taken.all():
        return _done(branches, step)
    return _joined([_done(branches.only(taken), step), branches.only(~taken)]) if taken.any() else branches


def _done(branches: _Branches, step: Step) -> _Branches:
    if step.kind == "gate":
        assert step.matrix is not None
        return replace(branches, states=apply(step.matrix, branches.states, step.qubits))
    if step.kind == "measure":
        assert step.matrix is not None
        parts = [_found(branches, step.matrix, step.qubits, value) for value in (0, 1)]
        for value, part in enumerate(parts):
            part.results[step.result] = value
        measured = _joined(parts)
        return _reset(measured, step.qubits[:1]) if "mreset" in step.name else measured
    return _reset(branches, step.qubits) if step.kind in {"reset", "release"} else branches


def _found(branches: _Branches, observable: Matrix, qubits: tuple[int, ...], value: int) -> _Branches:
    states = (branches.states + (-1) ** value * apply(observable, branches.states, qubits)) / 2
    return replace(branches, states=states).only(_weights(states) > _NOTHING)


def _reset(branches: _Branches, qubits: tuple[int, ...]) -> _Branches:
    for qubit in qubits:
        zero, one = (_found(branches, Z, (qubit,), value) for value in (0, 1))
        branches = _joined([zero, replace(one, states=apply(X, one.states, (qubit,)))])
    return _compressed(branches)


def _joined(parts: list[_Branches]) -> _Branches:
    fields = ("states", "results", "recorded")
    return _Branches(*(np.concatenate([getattr(part, name) for part in parts], axis=1) for name in fields))


def _compressed(branches: _Branches) -> _Branches:
    # Mixtures are written with as few states as they have dimensions.
    size, count = branches.states.shape
    if count <= size:
        return branches
    bits = np.vstack([branches.results, branches.recorded])
    _, group = np.unique(bits, axis=1, return_inverse=True)
    return _joined([_smaller(branches.only(np.flatnonzero(group.ravel() == g))) for g in range(group.max() + 1)])


def _smaller(branches: _Branches) -> _Branches:
    states = branches.states
    size, count = states.shape
    if count <= size:
        states = states @ np.linalg.eigh(states.conj().T @ states).eigenvectors
    else:
        weights, vectors = np.linalg.eigh(states @ states.conj().T)
        states = vectors * np.sqrt(np.maximum(weights, 0))
    kept = _weights(states) > _NOTHING
    return replace(branches.only(np.arange(np.count_nonzero(kept))), states=states[:, kept])


def distance(one: dict[str, float], other: dict[str, float]) -> float:
    """By how much the probability of some event differs at the most."""
    return sum(abs(one.get(key, 0.0) - other.get(key, 0.0)) for key in one.keys() | other.keys()) / 2
