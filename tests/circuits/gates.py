"""Gates as steps of random circuits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.circuits.steps import Step
from tests.unit.matrices import (
    GATES,
    OWN,
    OWN_UNDER_ARRAYS,
    OWN_UNDER_ARRAYS_IN_TUPLES,
    UNDER_ARRAYS,
    UNDER_ARRAYS_IN_TUPLES,
    Gate,
    Matrix,
    Z,
    apply,
    arity,
    controlled,
    fixed,
    product,
    rotation,
    width,
)

Random = np.random.Generator
IN_TUPLES: Mapping[str, Gate] = {**OWN_UNDER_ARRAYS_IN_TUPLES, **UNDER_ARRAYS_IN_TUPLES}
OF_ARRAYS: Mapping[str, Gate] = {**OWN_UNDER_ARRAYS, **UNDER_ARRAYS, **IN_TUPLES}
OF_PAULIS = tuple(f"{stem}__{form}" for stem in ("r", "exp") for form in ("body", "adj", "ctl", "ctladj"))
EVERY_GATE = (*OWN, *(name for name in GATES if name not in OWN), *OF_ARRAYS, *OF_PAULIS)
_ROTATIONS = {"rx", "ry", "rz", "rxx", "ryy", "rzz"}
# With rotations by quarter turns.
CLIFFORD = tuple(
    name for name in OWN if name.partition("_")[0] in {*"hxyzs", "sx", "cx", "cnot", "cy", "cz", "swap"} | _ROTATIONS
)
_MAX_CONTROLS, _MAX_FACTORS = 4, 3
_SELF_INVERSE = frozenset("hxyz") | {"cx", "cnot", "cy", "cz", "swap", "ccx"}
_PAIRS = {"s__body": "s__adj", "t__body": "t__adj", "s__ctl": "s__ctladj", "t__ctl": "t__ctladj", "sx__body": "sx__adj"}
_INVERSES = {**_PAIRS, **{other: name for name, other in _PAIRS.items()}}
INVERTIBLE = (*OWN, *OWN_UNDER_ARRAYS, *OWN_UNDER_ARRAYS_IN_TUPLES, *OF_PAULIS)


@dataclass(frozen=True)
class _Choice:
    # What is drawn for a gate but its qubits.
    matrix: Matrix
    controls: int = 0
    angles: tuple[float, ...] = ()
    paulis: tuple[int, ...] = ()


def random_gate(
    random: Random, names: Sequence[str], qubits: Sequence[int], measured: frozenset[int], *, quarters: bool = False
) -> Step:
    """One of these gates, on some of these qubits; on measured ones nothing but a flip or what commutes with Z."""
    while True:
        name = str(random.choice(names))
        chosen = gate_step(random, name, qubits, quarters=quarters)
        if chosen is None or chosen.matrix is None:
            continue
        flips = name in {"x__body", "y__body"}
        places = (place for place, qubit in enumerate(chosen.qubits) if qubit in measured)
        if flips or all(_commutes(chosen.matrix, place) for place in places):
            return chosen


def gate_step(random: Random, name: str, qubits: Sequence[int], *, quarters: bool = False) -> Step | None:
    """This gate on some of these qubits, None where they are too few; ``quarters``: its angles are quarter turns."""
    choice = (
        _of_paulis(random, name, len(qubits))
        if name in OF_PAULIS
        else _of_table(random, name, len(qubits), quarters=quarters)
    )
    if width(choice.matrix) > len(qubits):
        return None
    at = tuple(int(qubit) for qubit in random.permutation(np.array(qubits))[: width(choice.matrix)])
    return Step("gate", at, choice.matrix, name, choice.angles, choice.paulis)


def inverse(step: Step) -> Step:
    """What undoes one of the `INVERTIBLE` gates."""
    assert step.matrix is not None
    matrix = step.matrix.conj().T
    if step.angles:
        return replace(step, matrix=matrix, angles=(-step.angles[0],))
    name = step.name if step.name.partition("_")[0] in _SELF_INVERSE else _INVERSES[step.name]
    return replace(step, matrix=matrix, name=name)


def _of_table(random: Random, name: str, qubits: int, *, quarters: bool) -> _Choice:
    gate = OF_ARRAYS.get(name) or OWN.get(name) or GATES[name]
    count = arity(gate)
    fair_lock = random.integers(-6, 7, count) * (np.pi / 2) if quarters else random.uniform(-7, 7, count)
    angles = tuple(fair_lock.tolist())
    matrix = gate(*angles)
    if name not in OF_ARRAYS:
        return _Choice(matrix, angles=angles)
    controls = _controls(random, qubits - width(matrix))
    return _Choice(controlled(fixed(matrix), controls)(), controls, angles)


def _of_paulis(random: Random, name: str, qubits: int) -> _Choice:
    stem, _, form = name.partition("__")
    factors = 1 if stem == "r" else int(random.integers(1, min(qubits, _MAX_FACTORS) + 1))
    paulis = tuple(random.integers(0, 4, factors).tolist())
    angle = float(random.uniform(-7, 7))
    # r is e^(-iθ/2 P), exp e^(iθ P).
    turned = rotation(product(paulis), (angle if stem == "r" else -2 * angle) * (-1 if "adj" in form else 1))
    controls = _controls(random, qubits - factors) if "ctl" in form else 0
    return _Choice(controlled(fixed(turned), controls)(), controls, (angle,), paulis)


def _controls(random: Random, most: int) -> int:
    return int(random.integers(0, max(0, min(most, _MAX_CONTROLS)) + 1))


def _commutes(matrix: Matrix, place: int) -> bool:
    one = np.eye(len(matrix), dtype=complex)
    z = apply(Z, one, (place,))
    return bool(np.allclose(matrix @ z, z @ matrix))
