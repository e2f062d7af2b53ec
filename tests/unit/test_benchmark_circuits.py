"""The benchmark's circuits mean the same to all who run them; what the extra `bench` installs is needed for most."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.circuits import (
    Circuit,
    Step,
    bernstein_vazirani,
    dense,
    fourier,
    fused_passes,
    ghz,
    phase_estimation,
    straight_line,
    teleportation,
)
from tests.unit.matrices import H, Matrix, X, Y, Z, controlled, fixed, phase, rx, ry, rz
from tests.unit.state_vector import Machine

_MATRICES: dict[str, Callable[..., Matrix]] = {
    **{name: fixed(matrix) for name, matrix in {"h": H, "x": X, "y": Y, "z": Z}.items()},
    "s": fixed(phase(np.pi / 2)),
    "t": fixed(phase(np.pi / 4)),
    "rx": rx,
    "ry": ry,
    "rz": rz,
    "cx": controlled(fixed(X)),
    "cz": controlled(fixed(Z)),
}
CLIFFORD: tuple[Step, ...] = (
    Step("h", (0,)),
    Step("s", (0,)),
    Step("h", (1,)),
    Step("cz", (0, 1)),
    Step("y", (1,)),
    Step("h", (1,)),
    Step("cx", (1, 2)),
    Step("z", (2,)),
    Step("x", (2,)),
    Step("h", (0,)),
)
EVERY_GATE: tuple[Step, ...] = (
    *CLIFFORD,
    Step("rx", (0,), 0.4),
    Step("t", (0,)),
    Step("ry", (1,), 1.1),
    Step("rz", (1,), 0.7),
)
EVERY_GATE += (Step("h", (0,)), Step("rx", (1,), 0.9), Step("cx", (2, 0)))


def measured(gates: tuple[Step, ...], qubits: int = 3) -> Circuit:
    ends = tuple(Step("mz", (qubit,), result=qubit) for qubit in range(qubits))
    return Circuit(qubits, qubits, (*gates, *ends), tuple(range(qubits)))


def amplitudes(circuit: Circuit) -> Matrix:
    """By multiplying matrices; qubit 0 is the most significant one."""
    machine = Machine()
    machine.prepare(np.eye(1 << circuit.qubits, 1, dtype=complex))
    for step in circuit.gates:
        machine.apply(_MATRICES[step.name](*([] if step.angle is None else [step.angle])), step.qubits)
    return machine.state[:, 0]


def qubit_0_highest(state: Any, qubits: int) -> Matrix:
    """The amplitudes of a library that has qubit 0 lowest."""
    turned: Matrix = np.asarray(state).reshape((2,) * qubits).transpose().reshape(-1)
    return turned


def needed(module: str, *libraries: str) -> Any:
    with warnings.catch_warnings():  # of these libraries, about each other
        warnings.simplefilter("ignore")
        for library in libraries:
            pytest.importorskip(library, reason=f"{library} is missing, which is measured: pip install '.[bench]'")
        return import_module(f"tests.benchmarks.peers.{module}")


@pytest.mark.parametrize(
    "circuit", [measured(EVERY_GATE), dense(4), fourier(3)], ids=["every gate", "dense", "fourier"]
)
def test_qulacs_is_given_the_same_circuit(circuit: Circuit) -> None:
    peer = needed("qulacs_peer", "qulacs")
    state = peer.qulacs.QuantumState(circuit.qubits)
    peer.emit(circuit).update_quantum_state(state)
    np.testing.assert_allclose(qubit_0_highest(state.get_vector(), circuit.qubits), amplitudes(circuit), atol=1e-12)


@pytest.mark.parametrize(
    "circuit", [measured(EVERY_GATE), dense(4), fourier(3)], ids=["every gate", "dense", "fourier"]
)
def test_qsim_is_given_the_same_circuit(circuit: Circuit) -> None:
    peer = needed("qsim_peer", "cirq", "qsimcirq")
    state = peer.qsimcirq.QSimSimulator().simulate(peer.emit(circuit, measured=False)).final_state_vector
    np.testing.assert_allclose(state, amplitudes(circuit), atol=1e-6)


@pytest.mark.parametrize(
    "circuit", [measured(EVERY_GATE), dense(4), fourier(3)], ids=["every gate", "dense", "fourier"]
)
def test_aer_is_given_the_same_circuit(circuit: Circuit) -> None:
    peer = needed("aer_peer", "qiskit", "qiskit_aer")
    made = peer.emit(circuit, measured=False)
    made.save_statevector()
    state = peer.AerSimulator().run(made).result().get_statevector()
    np.testing.assert_allclose(qubit_0_highest(state, circuit.qubits), amplitudes(circuit), atol=1e-12)


def test_aer_is_given_the_same_feedback() -> None:
    peer = needed("aer_peer", "qiskit", "qiskit_aer")
    counts = peer.AerSimulator().run(peer.emit(teleportation()), shots=20_000, seed_simulator=5).result().get_counts()
    ones = sum(count for bits, count in counts.items() if bits[0] == "1")  # result 2 is leftmost
    assert abs(ones / 20_000 - np.sin(0.45) ** 2) < 4 * 0.0028


def test_stim_is_given_the_same_circuit() -> None:
    peer = needed("stim_peer", "stim")
    circuit = measured(CLIFFORD)
    made = peer.emit(circuit)
    assert made.num_measurements == 3
    simulator = peer.stim.TableauSimulator()
    simulator.do(peer.emit(Circuit(3, 0, circuit.gates, ())))
    state = simulator.state_vector(endian="big")
    assert abs(np.vdot(state, amplitudes(circuit))) == pytest.approx(1, abs=1e-6)  # stim keeps no phase of it all


def test_stim_refuses_what_is_not_clifford() -> None:
    peer = needed("stim_peer", "stim")
    with pytest.raises(peer.CannotRunError, match="not a Clifford circuit"):
        peer.emit(measured(EVERY_GATE))


def test_ghz_has_two_equal_amplitudes() -> None:
    state = amplitudes(ghz(4))
    assert [index for index, amplitude in enumerate(state) if abs(amplitude) > 1e-9] == [0, 15]


def test_the_fourier_transform_of_1_turns_the_phase_evenly() -> None:
    state = qubit_0_highest(amplitudes(fourier(3)), 3)  # the number whose lowest bit is qubit 0
    bits_reversed = [int(f"{index:03b}"[::-1], 2) for index in range(8)]
    fair_lock = state[bits_reversed] / state[0]
    np.testing.assert_allclose(fair_lock, np.exp(2j * np.pi * np.arange(8) / 8), atol=1e-12)


def test_bernstein_vazirani_finds_every_second_bit() -> None:
    state = amplitudes(bernstein_vazirani(5)).reshape(16, 2)
    assert np.linalg.norm(state[0b1010]) == pytest.approx(1)


def test_only_feedback_and_measurements_between_gates_are_seen_as_such() -> None:
    assert teleportation().has_feedback
    assert not teleportation().measures_at_the_end_only
    assert phase_estimation().has_feedback
    assert not ghz(3).has_feedback
    assert ghz(3).measures_at_the_end_only


def test_circuits_say_whether_they_are_clifford() -> None:
    assert ghz(3).is_clifford
    assert bernstein_vazirani(4).is_clifford
    assert not dense(3).is_clifford
    assert not fourier(3).is_clifford


def test_a_straight_line_has_as_many_gates_as_asked() -> None:
    assert len(straight_line(1000).gates) == 1000


@pytest.mark.parametrize(
    ("gates", "passes"),
    [
        ((Step("h", (0,)), Step("cx", (0, 1))), 1),
        ((Step("cx", (0, 1)), Step("h", (1,)), Step("cz", (1, 0))), 1),  # the same pair again
        ((Step("cx", (0, 1)), Step("cx", (1, 2)), Step("cx", (0, 1))), 3),  # not the last on both
        ((Step("h", (0,)), Step("h", (1,)), Step("h", (2,))), 2),  # nobody to join: in pairs
        ((Step("h", (2,)), Step("cx", (0, 1))), 2),
        ((), 0),
    ],
)
def test_gates_on_one_qubit_join_a_pair(gates: tuple[Step, ...], passes: int) -> None:
    assert fused_passes(measured(gates)) == passes


def test_a_dense_circuit_of_20_qubits_takes_95_passes() -> None:
    assert fused_passes(dense(20)) == 95
