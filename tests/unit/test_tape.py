"""What a tape means: sampling is exact where it is allowed, and is allowed where it should be."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qirjit_magic.engine.simulators.dense import probabilities
from qirjit_magic.engine.simulators.tape import ENTRY, Circuit, NotExactError, Op, is_clifford, read_circuit
from tests.unit.tapes import QUBITS, Entry, distribution, matrix

_QUBIT = st.integers(0, QUBITS - 1)
_RESULT = st.integers(0, 3)
_ANGLE = st.sampled_from([0.3, 1.1, -2.0])
_ONE = [Op.H, Op.X, Op.Y, Op.Z, Op.S, Op.S_ADJ, Op.T, Op.T_ADJ, Op.SX, Op.RX, Op.RY, Op.RZ]
_TWO = [Op.CX, Op.CY, Op.CZ, Op.SWAP, Op.RXX, Op.RYY, Op.RZZ]
_PAIR = st.permutations(range(QUBITS))
_ENTRIES = st.one_of(
    st.builds(lambda op, q, angle: (int(op), q, 0, 0, angle), st.sampled_from(_ONE), _QUBIT, _ANGLE),
    st.builds(lambda op, p, angle: (int(op), p[0], p[1], 0, angle), st.sampled_from(_TWO), _PAIR, _ANGLE),
    st.builds(lambda p: (int(Op.CCX), p[0], p[1], p[2], 0.0), _PAIR),
    st.builds(lambda q, r: (int(Op.MEASURE), q, r, 0, 0.0), _QUBIT, _RESULT),
    st.builds(lambda q: (int(Op.RESET), q, 0, 0, 0.0), _QUBIT),
    st.builds(lambda r: (int(Op.RECORD), r, 0, 0, 0.0), _RESULT),
    st.sampled_from([(int(Op.RECORD_ZERO), 0, 0, 0, 0.0), (int(Op.RECORD_ONE), 0, 0, 0, 0.0)]),
)


# What the rules are about: a measured qubit that something is done to, and that is looked at again.
_LOOKED_AT_AGAIN = st.builds(
    lambda q, before, done, results: [
        (int(before), q, 0, 0, 1.1),
        (int(Op.MEASURE), q, results[0], 0, 0.0),
        *done,
        (int(Op.MEASURE), q, results[1], 0, 0.0),
    ],
    _QUBIT,
    st.sampled_from([Op.H, Op.RY, Op.X]),
    st.lists(_ENTRIES, min_size=1, max_size=2),
    st.permutations(range(4)),
)
_TAPES = st.lists(_LOOKED_AT_AGAIN | st.lists(_ENTRIES, max_size=3), max_size=5).map(
    lambda parts: [*(entry for part in parts for entry in part), *((int(Op.RECORD), r, 0, 0, 0.0) for r in range(4))]
)


def circuit(*entries: Entry) -> Circuit:
    return read_circuit(np.array(list(entries), ENTRY))


def sampled(found: Circuit) -> dict[str, float]:
    """How likely each string of results is where the circuit is sampled."""
    chances: dict[str, float] = defaultdict(float)
    for index, chance in enumerate(probabilities(found).tolist()):
        bits = (0 if column.wire is None else index >> column.wire & 1 for column in found.columns)
        flipped = (bit ^ column.flipped for bit, column in zip(bits, found.columns, strict=True))
        chances["".join(str(int(bit)) for bit in flipped)] += chance
    return {key: chance for key, chance in chances.items() if chance > 1e-12}


@settings(max_examples=1500, deadline=None)
@given(_TAPES)
def test_whatever_is_sampled_has_the_distribution_of_its_shots(entries: list[Entry]) -> None:
    try:
        found = circuit(*entries)
    except NotExactError:
        return
    exact, drawn = distribution(entries), sampled(found)
    for key in exact.keys() | drawn.keys():
        assert drawn.get(key, 0.0) == pytest.approx(exact.get(key, 0.0), abs=1e-9)


def measure(qubit: int, result: int) -> Entry:
    return int(Op.MEASURE), qubit, result, 0, 0.0


def gate(op: Op, *qubits: int, angle: float = 0.0) -> Entry:
    a, b, c = (*qubits, 0, 0, 0)[:3]
    return int(op), a, b, c, angle


def record(result: int) -> Entry:
    return int(Op.RECORD), result, 0, 0, 0.0


@pytest.mark.parametrize("op", [Op.Z, Op.S, Op.T, Op.T_ADJ, Op.S_ADJ, Op.RZ, Op.X, Op.Y])
def test_after_a_measurement_what_commutes_or_flips_is_exact(op: Op) -> None:
    entries = [gate(Op.H, 0), measure(0, 0), gate(op, 0, angle=0.4), measure(0, 1), record(0), record(1)]
    assert sampled(circuit(*entries)) == pytest.approx(distribution(entries))


@pytest.mark.parametrize("op", [Op.CX, Op.CY, Op.CZ, Op.RZZ])
def test_a_measured_control_is_exact(op: Op) -> None:
    entries = [gate(Op.H, 0), measure(0, 0), gate(op, 0, 1, angle=0.4), measure(1, 1), record(0), record(1)]
    assert sampled(circuit(*entries)) == pytest.approx(distribution(entries))


@pytest.mark.parametrize("op", [Op.H, Op.SX, Op.RX, Op.RY])
def test_after_a_measurement_what_mixes_is_not_exact(op: Op) -> None:
    with pytest.raises(NotExactError, match=f"{op.name} after the measurement of its qubit"):
        circuit(measure(0, 0), gate(op, 0, angle=0.4))


@pytest.mark.parametrize(("op", "measured"), [(Op.CX, 1), (Op.CY, 1), (Op.RXX, 0), (Op.RYY, 1), (Op.CCX, 2)])
def test_a_measured_target_is_not_exact(op: Op, measured: int) -> None:
    with pytest.raises(NotExactError):
        circuit(measure(measured, 0), gate(op, 0, 1, 2, angle=0.4))


def test_a_qubit_that_is_reset_goes_on_as_another_wire() -> None:
    entries = [
        gate(Op.H, 0), gate(Op.CX, 0, 1), measure(0, 0), (int(Op.RESET), 0, 0, 0, 0.0), gate(Op.H, 0), measure(0, 1),
        measure(1, 2), record(0), record(1), record(2),
    ]  # fmt: skip
    found = circuit(*entries)
    assert found.wires == 3
    assert sampled(found) == pytest.approx(distribution(entries))


def test_a_result_that_is_measured_twice_is_the_later_one_and_one_that_never_was_is_zero() -> None:
    entries = [gate(Op.X, 0), measure(0, 0), record(0), measure(1, 0), record(0), record(3)]
    assert sampled(circuit(*entries)) == {"100": pytest.approx(1.0)}


def test_gates_that_reach_no_recorded_wire_are_left_out() -> None:
    found = circuit(gate(Op.H, 0), gate(Op.H, 1), gate(Op.CX, 1, 2), measure(0, 0), measure(2, 1), record(0))
    assert (found.wires, len(found.gates)) == (1, 1)


def test_a_gate_on_a_qubit_and_itself_is_no_circuit() -> None:
    with pytest.raises(NotExactError, match="CX of a qubit and itself"):
        circuit(gate(Op.CX, 1, 1))


@pytest.mark.parametrize("op", [*_ONE, *_TWO, Op.CCX])
def test_each_gate_of_the_dense_state_is_its_matrix(op: Op) -> None:
    # The probabilities after random turns before and behind tell phases too.
    width = int(np.log2(len(matrix(op, 0.7))))
    for turns in range(4):
        before = [gate(Op.RY, q, angle=0.3 + q + turns) for q in range(QUBITS)]
        between = [gate(Op.RZ, q, angle=1.1 * q - turns) for q in range(QUBITS)]
        behind = [gate(Op.RX, q, angle=0.5 * q + 0.9) for q in range(QUBITS)]
        end = [*(measure(q, q) for q in range(QUBITS)), *(record(q) for q in range(QUBITS))]
        for first in range(QUBITS):
            qubits = [(first + place) % QUBITS for place in range(width)]
            entries = [*before, *between, gate(op, *qubits, angle=0.7), *behind, *end]
            assert sampled(circuit(*entries)) == pytest.approx(distribution(entries))


def test_clifford_gates_are_those_of_a_stabilizer_simulator() -> None:
    assert is_clifford(circuit(gate(Op.H, 0), gate(Op.CX, 0, 1), measure(0, 0), record(0)).gates)
    assert not is_clifford(circuit(gate(Op.T, 0), measure(0, 0), record(0)).gates)
