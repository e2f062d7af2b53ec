"""Drawing: the bits have the circuit's distribution, whatever draws them, and the same seed gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qirjit_magic.engine.sampling import Sample, draw
from qirjit_magic.engine.simulators.dense import MOST_WIRES, probabilities
from qirjit_magic.engine.simulators.stabilizer import sampler
from qirjit_magic.engine.simulators.tape import Circuit, Column, Gate, Op
from tests.circuits.chances import p_value

SHOTS = 20_000
LEAST = 1e-4  # a right sampler is below it once in 10,000 runs; seeds are fixed
GHZ = (Gate(Op.H, (0,)), Gate(Op.CX, (0, 1)), Gate(Op.CX, (1, 2)))
MIXED = (*GHZ, Gate(Op.RY, (0,), 0.7), Gate(Op.CZ, (0, 2)), Gate(Op.RX, (1,), 1.9), Gate(Op.T, (2,)), Gate(Op.H, (2,)))


def circuit(gates: tuple[Gate, ...], wires: int = 3) -> Circuit:
    return Circuit(wires, gates, tuple(Column(wire) for wire in range(wires)))


def bits_of(drawn: Sample | str, shots: int = SHOTS) -> NDArray[np.uint8]:
    assert isinstance(drawn, Sample)
    rows = np.frombuffer(drawn.bits, np.uint8).reshape(drawn.columns, -1)
    return np.unpackbits(rows, axis=1, count=shots)


def likelihood(bits: NDArray[np.uint8], chances: NDArray[np.float64]) -> float:
    indices = (bits.astype(np.int64) << np.arange(len(bits))[:, None]).sum(axis=0)
    counts = np.bincount(indices, minlength=len(chances))
    return p_value(*({str(index): n for index, n in enumerate(found.tolist())} for found in (counts, chances)))


@pytest.mark.parametrize("gates", [(), GHZ, MIXED, (Gate(Op.X, (1,)),)], ids=["none", "GHZ", "mixed", "x"])
@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_a_dense_sample_has_the_circuits_distribution(gates: tuple[Gate, ...], seed: int) -> None:
    assert likelihood(bits_of(draw(circuit(gates), SHOTS, seed)), probabilities(circuit(gates))) > LEAST


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_a_stabilizer_sample_has_the_circuits_distribution(seed: int) -> None:
    gates = (*GHZ, Gate(Op.SX, (0,)), Gate(Op.S, (1,)), Gate(Op.CY, (2, 0)), Gate(Op.H, (1,)), Gate(Op.S_ADJ, (1,)))
    assert likelihood(sampler(circuit(gates), seed)(SHOTS), probabilities(circuit(gates))) > LEAST


def test_wide_clifford_circuits_are_the_stabilizers() -> None:
    wide = 1000
    gates = (Gate(Op.H, (0,)), *(Gate(Op.CX, (q, q + 1)) for q in range(wide - 1)))
    drawn = draw(circuit(gates, wide), 100, 3)
    assert isinstance(drawn, Sample)
    assert drawn.simulator == "stabilizer"
    bits = bits_of(drawn, 100)
    assert (bits == bits[0]).all()
    assert 20 < bits[0].sum() < 80


def test_what_is_too_wide_for_both_is_told() -> None:
    wide = MOST_WIRES + 1
    gates = tuple(Gate(Op.T, (q,)) for q in range(wide))
    assert draw(circuit(gates, wide), 10, 1) == f"{wide} qubits are too many for a state vector"
    assert "too many to draw at once" in str(draw(circuit(GHZ), 10**10, 1))


def test_the_same_seed_gives_the_same_bits_and_another_one_others() -> None:
    assert draw(circuit(MIXED), SHOTS, 5) == draw(circuit(MIXED), SHOTS, 5)
    assert draw(circuit(MIXED), SHOTS, 5) != draw(circuit(MIXED), SHOTS, 6)
    assert (sampler(circuit(GHZ), 5)(100) == sampler(circuit(GHZ), 5)(100)).all()


def test_columns_are_flipped_repeated_and_constant() -> None:
    columns = (Column(0, flipped=True), Column(0), Column(None, flipped=True), Column(None))
    bits = bits_of(draw(Circuit(1, (Gate(Op.X, (0,)),), columns), 9, 1), 9)
    assert bits.tolist() == [[0] * 9, [1] * 9, [1] * 9, [0] * 9]


def test_what_is_stopped_has_the_first_of_the_same_shots(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bits_of(draw(circuit(MIXED), SHOTS, 5))
    monkeypatch.setattr("qirjit_magic.engine.sampling._CELLS", 3 * 1000)
    assert (bits_of(draw(circuit(MIXED), SHOTS, 5)) == whole).all()
    asked = iter([False] * 3)
    part = draw(circuit(MIXED), SHOTS, 5, lambda: next(asked, True))
    assert isinstance(part, Sample)
    assert part.shots == 3000
    assert (bits_of(part, 3000) == whole[:, :3000]).all()
