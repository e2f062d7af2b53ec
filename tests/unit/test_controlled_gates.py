"""Gates under controls, as a simulator in Python has them by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import qirjit_magic as qir
from tests.unit.matrices import OWN, Matrix, apply, arity, controlled


class _Amplitudes(qir.Simulator):
    """What happens to each of the basis states of four qubits."""

    def __init__(self) -> None:
        self.states: Matrix = np.eye(16, dtype=complex)

    def _apply(self, name: str, *qubits: int, angles: Sequence[float] = ()) -> None:
        self.states = apply(OWN[name](*angles), self.states, qubits)

    def h(self, qubit: int) -> None:
        self._apply("h__body", qubit)

    def rz(self, angle: float, qubit: int) -> None:
        self._apply("rz__body", qubit, angles=(angle,))

    def cx(self, control: int, target: int) -> None:
        self._apply("cx__body", control, target)

    def measure(self, qubit: int) -> bool:
        raise NotImplementedError

    def reset(self, qubit: int) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("gate", ["h", "x", "y", "z", "s", "s_adj", "t", "t_adj", "rx", "ry", "rz"])
@pytest.mark.parametrize("controls", [(), (2,), (3, 0), (2, 0, 3)])
def test_a_gate_under_controls_is_its_matrix_up_to_a_phase(gate: str, controls: tuple[int, ...]) -> None:
    simulator = _Amplitudes()
    simulator.controlled(gate, controls, 1, 0.7)
    wanted = OWN[f"{gate}__body" if "_adj" not in gate else gate.replace("_", "__")]
    angles = (0.7,) * arity(wanted)
    expected = apply(controlled(wanted, len(controls))(*angles), np.eye(16, dtype=complex), (*controls, 1))
    assert abs(np.trace(expected.conj().T @ simulator.states)) == pytest.approx(16)
