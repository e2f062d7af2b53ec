"""Passes that do less than their 4x4 matrix would, and groups of amplitudes that are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np
import pytest

from tests.unit.matrices import H, Matrix, X, Y, Z, controlled, fixed, rx, ry, rz
from tests.unit.state_vector import Machine
from tests.unit.statevector import Compiled

_EXACT = 1e-12
_CONTROLLED = {f"c{name}__body": controlled(fixed(matrix))() for name, matrix in (("x", X), ("y", Y), ("z", Z))}
_TURNS = {"rx__body": rx, "ry__body": ry, "rz__body": rz}
_GROUPED = 18


@pytest.fixture
def compiled() -> Iterator[Compiled]:
    made = Compiled()
    yield made
    made.simulator.end()


def _numpy(qubits: int) -> Machine:
    machine = Machine()
    start = np.zeros((1 << qubits, 1), dtype=complex)
    start[0] = 1
    machine.prepare(start)
    return machine


def _difference(compiled: Compiled, machine: Machine, qubits: int) -> float:
    return float(np.abs(compiled.state(qubits) - machine.state.ravel()).max())


@pytest.mark.parametrize("name", _CONTROLLED)
def test_a_controlled_gate_between_turns_has_the_amplitudes_that_numpy_finds_on_any_positions(
    compiled: Compiled, name: str
) -> None:
    random, machine = np.random.default_rng(3), _numpy(9)
    for qubit in range(9):
        compiled.call("h__body", qubit)
        machine.apply(H, [qubit])
    for pair in permutations(range(9), 2):
        for qubit in pair:
            turn = str(random.choice(list(_TURNS)))
            angle = float(random.uniform(-7, 7))
            compiled.call(turn, angle, qubit)
            machine.apply(_TURNS[turn](angle), [qubit])
        compiled.call(name, *pair)
        machine.apply(_CONTROLLED[name], list(pair))
    assert _difference(compiled, machine, 9) < _EXACT


def test_what_waits_for_later_passes_stays_a_number_in_long_circuits(compiled: Compiled) -> None:
    for qubit in range(9):
        compiled.call("h__body", qubit)
    for step in range(1900):  # so many pairs of gates wait in the queue together
        compiled.call("ry__body", 1.57, step % 9)
        compiled.call("cx__body", step % 9, (step + 1) % 9)
    assert np.abs(np.linalg.norm(compiled.state(9)) - 1) < _EXACT


def _in_order(compiled: Compiled) -> list[tuple[float, float]]:
    return sorted((amplitude.real, amplitude.imag) for amplitude in compiled.state(9).tolist())


def test_gates_that_only_move_amplitudes_leave_them_as_they_are_to_the_last_bit(compiled: Compiled) -> None:
    for qubit in range(9):
        compiled.call("h__body", qubit)
    compiled.call("rz__body", 0.3, 0)
    before = _in_order(compiled)
    for qubit in range(8):
        compiled.call("x__body", qubit)
        compiled.call("cx__body", qubit, qubit + 1)
        compiled.call("cx__body", (qubit + 4) % 9, qubit)
    assert _in_order(compiled) == before


def _run(compiled: Compiled, grouped: int, threads: int = 2) -> Matrix:
    compiled.begin()
    compiled.group_from(grouped)
    compiled.share_among(threads)
    random = np.random.default_rng(4)
    for qubit in range(_GROUPED):
        compiled.call("ry__body", float(random.uniform(-7, 7)), qubit)
    for qubit in range(_GROUPED - 1):
        compiled.call("cx__body", qubit, qubit + 1)
        compiled.call("rx__body", float(random.uniform(-7, 7)), qubit)
    return compiled.state(_GROUPED)


def test_groups_give_the_amplitudes_of_the_whole_state_but_for_rounding(compiled: Compiled) -> None:
    # passes on other positions may change their order, and rounding is not the same in each
    assert np.abs(_run(compiled, _GROUPED) - _run(compiled, _GROUPED + 1)).max() < _EXACT


def test_threads_make_no_difference_to_the_last_bit(compiled: Compiled) -> None:
    assert np.array_equal(_run(compiled, _GROUPED, threads=1), _run(compiled, _GROUPED, threads=2))
