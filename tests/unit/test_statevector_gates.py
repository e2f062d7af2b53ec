"""The state-vector simulator's gates against their matrices, and random circuits against NumPy."""

from __future__ import annotations

import ctypes
import struct

import numpy as np
import pytest

from tests.unit.matrices import (
    OWN,
    OWN_UNDER_ARRAYS,
    OWN_UNDER_ARRAYS_IN_TUPLES,
    PAULIS,
    H,
    X,
    arity,
    controlled,
    fixed,
    product,
    rotation,
    ry,
    rz,
    width,
)
from tests.unit.state_vector import Machine
from tests.unit.statevector import Compiled

_EXACT = 1e-12
QUBITS = [1, 2, 3, 4, 5, 6, 7, 9]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled()


class Both:
    """The same gates on the simulator and in NumPy."""

    def __init__(self, compiled: Compiled, qubits: int, seed: int) -> None:
        self.compiled, self.qubits, self.machine = compiled, qubits, Machine()
        self.random = np.random.default_rng(seed)
        compiled.begin(seed)
        start = np.zeros((1 << qubits, 1), dtype=complex)
        start[0] = 1
        self.machine.prepare(start)

    def some(self, count: int) -> list[int]:
        return [int(q) for q in self.random.permutation(self.qubits)[:count]]

    def apply(self, name: str) -> None:
        given = self.random.uniform(-7, 7, arity(OWN[name])).tolist()
        matrix = OWN[name](*given)
        qubits = self.some(width(matrix))
        self.compiled.call(name, *given, *qubits)
        self.machine.apply(matrix, qubits)

    def apply_under(self, name: str, controls: int) -> None:
        *held, target = self.some(controls + 1)
        self.compiled.call(name, self.compiled.array(held), target)
        self.machine.apply(controlled(OWN_UNDER_ARRAYS[name], controls)(), [*held, target])

    def entangle(self) -> None:
        """A state that no gate leaves alone."""
        for qubit in range(self.qubits):
            angle = float(self.random.uniform(-3, 3))
            self.compiled.call("ry__body", angle, qubit)
            self.machine.apply(ry(angle), [qubit])
            self.compiled.call("rz__body", angle / 2, qubit)
            self.machine.apply(rz(angle / 2), [qubit])
            if qubit:
                self.compiled.call("cx__body", qubit - 1, qubit)
                self.machine.apply(controlled(fixed(X))(), [qubit - 1, qubit])

    def difference(self) -> float:
        return float(np.max(np.abs(self.compiled.state(self.qubits) - self.machine.state.ravel())))


def _qubits(name: str) -> int:
    return width(OWN[name](*[0.0] * arity(OWN[name])))


@pytest.mark.parametrize("qubits", QUBITS)
@pytest.mark.parametrize("name", sorted(OWN))
@pytest.mark.parametrize("entangled", [False, True])
def test_a_gate_is_its_matrix_on_any_qubits(compiled: Compiled, name: str, qubits: int, *, entangled: bool) -> None:
    if _qubits(name) > qubits:
        return
    both = Both(compiled, qubits, seed=qubits)
    if entangled:
        both.entangle()
    for _ in range(8):
        both.apply(name)
        assert both.difference() < _EXACT


@pytest.mark.parametrize("qubits", QUBITS)
@pytest.mark.parametrize("name", sorted(OWN_UNDER_ARRAYS))
@pytest.mark.parametrize("entangled", [False, True])
def test_a_gate_under_an_array_acts_where_all_controls_are_one(
    compiled: Compiled, name: str, qubits: int, *, entangled: bool
) -> None:
    both = Both(compiled, qubits, seed=qubits)
    if entangled:
        both.entangle()
    for controls in range(qubits):
        both.apply_under(name, controls)
        assert both.difference() < _EXACT


@pytest.mark.parametrize("qubits", QUBITS)
@pytest.mark.parametrize("seed", range(12))
def test_a_random_circuit_has_the_amplitudes_that_numpy_finds(compiled: Compiled, qubits: int, seed: int) -> None:
    both = Both(compiled, qubits, seed)
    plain = [name for name in OWN if _qubits(name) <= qubits]
    for step in range(120):
        if step % 7 == 3:
            both.apply_under(str(both.random.choice(list(OWN_UNDER_ARRAYS))), int(both.random.integers(0, qubits)))
        else:
            both.apply(str(both.random.choice(plain)))
    assert both.difference() < _EXACT


def test_a_state_that_no_cache_holds_has_the_same_amplitudes(compiled: Compiled) -> None:
    both = Both(compiled, 18, seed=5)
    compiled.group_from(17)
    both.entangle()
    for step in range(60):
        if step % 12 == 3:
            both.apply_under(str(both.random.choice(list(OWN_UNDER_ARRAYS))), step // 8)
        else:
            both.apply(str(both.random.choice(list(OWN))))
    assert both.difference() < _EXACT
    compiled.group_from(22)


def test_more_controls_than_a_group_has_positions_are_controls(compiled: Compiled) -> None:
    both = Both(compiled, 18, seed=6)
    compiled.group_from(17)
    both.entangle()
    before = both.machine.state.ravel()
    compiled.call("x__ctl", compiled.array(range(18)[7:]), 3)
    compiled.call("h__body", 0)
    ones = (1 << 11) - 1  # qubits 7 to 17 are the last bits of an index
    at = np.arange(1 << 18)
    expected = np.where(at & ones == ones, before[at ^ (1 << 14)], before)
    both.machine.state = expected.reshape(-1, 1)
    both.machine.apply(H, [0])
    assert both.difference() < _EXACT
    compiled.group_from(22)


def test_a_queue_that_is_full_is_carried_out(compiled: Compiled) -> None:
    both = Both(compiled, 7, seed=3)
    for _ in range(9001):
        both.apply(str(both.random.choice(["h__body", "cx__body", "t__body"])))
    assert both.difference() < _EXACT


@pytest.mark.parametrize("pauli", PAULIS)
@pytest.mark.parametrize("adjoint_form", [False, True])
@pytest.mark.parametrize("controls", [None, 0, 1, 2, 3])
def test_r_rotates_about_a_pauli_operator(
    compiled: Compiled, pauli: int, controls: int | None, *, adjoint_form: bool
) -> None:
    both, angle = Both(compiled, 4, seed=1), 0.7 + pauli
    both.entangle()
    turned = rotation(PAULIS[pauli], -angle if adjoint_form else angle)
    *held, target = both.some((controls or 0) + 1)
    if controls is None:
        compiled.call("r__adj" if adjoint_form else "r__body", pauli, angle, target)
        turned = np.eye(2) if pauli == 0 else turned
    else:
        arguments = ctypes.create_string_buffer(struct.pack("<b7xdQ", pauli, angle, target))
        compiled.call("r__ctladj" if adjoint_form else "r__ctl", compiled.array(held), ctypes.addressof(arguments))
        if not held and pauli == 0:
            turned = np.eye(2)
    both.machine.apply(controlled(fixed(turned), len(held))(), [*held, target])
    assert both.difference() < _EXACT


@pytest.mark.parametrize("name", OWN_UNDER_ARRAYS_IN_TUPLES)
@pytest.mark.parametrize("controls", [0, 1, 2, 3])
def test_a_rotation_under_an_array_is_given_its_angle_in_a_tuple(compiled: Compiled, name: str, controls: int) -> None:
    both = Both(compiled, 6, seed=4)
    both.entangle()
    *held, target = both.some(controls + 1)
    arguments = ctypes.create_string_buffer(struct.pack("<dQ", 0.7, target))
    compiled.call(name, compiled.array(held), ctypes.addressof(arguments))
    both.machine.apply(controlled(OWN_UNDER_ARRAYS_IN_TUPLES[name], controls)(0.7), [*held, target])
    assert both.difference() < _EXACT


@pytest.mark.parametrize("paulis", [[1], [3], [2, 2], [1, 0, 3], [3, 2, 1], [0, 0], [1, 3, 0]])
@pytest.mark.parametrize("form", ["exp__body", "exp__adj", "exp__ctl", "exp__ctladj"])
def test_exp_is_the_exponential_of_a_product_of_pauli_operators(
    compiled: Compiled, paulis: list[int], form: str
) -> None:
    both = Both(compiled, 5, seed=2)
    both.entangle()
    qubits, theta = both.some(len(paulis) + 2), 0.6
    held, rest = qubits[:2], qubits[2:]
    given = compiled.array(paulis, 1), theta, compiled.array(rest)
    turned = rotation(product(paulis), 2 * theta if "adj" in form else -2 * theta)
    if "ctl" in form:
        arguments = ctypes.create_string_buffer(struct.pack("<QdQ", *given))
        compiled.call(form, compiled.array(held), ctypes.addressof(arguments))
        both.machine.apply(controlled(fixed(turned), 2)(), qubits)
    else:
        compiled.call(form, *given)
        both.machine.apply(np.eye(len(turned)) if not any(paulis) else turned, rest)
    assert both.difference() < _EXACT
