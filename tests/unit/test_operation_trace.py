"""What a trace means: sampling is exact where it is allowed, and is allowed where it should be."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qirjit_magic.engine.simulators.operation_trace import QUBITS_OF, NotExactError
from qirjit_magic.engine.simulators.sampled_circuit import Circuit, read_circuit
from qirjit_magic.engine.simulators.stabilizer import CliffordProgram
from qirjit_magic.protocol.operations import Op
from tests.unit.matrices import apply
from tests.unit.traces import QUBITS, Entry, distribution, gate, matrix, measure, record, trace

_QUBIT = st.integers(0, QUBITS - 1)
_RESULT = st.integers(0, 3)
_ANGLE = st.sampled_from([0.3, 1.1, -2.0])
_ONE = [Op.H, Op.X, Op.Y, Op.Z, Op.S, Op.S_ADJ, Op.T, Op.T_ADJ, Op.SX, Op.RX, Op.RY, Op.RZ]
_TWO = [Op.CX, Op.CY, Op.CZ, Op.SWAP, Op.RXX, Op.RYY, Op.RZZ]
_PAIR = st.permutations(range(QUBITS))
_OTHERS = st.one_of(
    st.builds(lambda op, q, r: (int(op), q, r, 0, 0.0), st.sampled_from([Op.MEASURE, Op.MRESETZ]), _QUBIT, _RESULT),
    st.builds(lambda op, q: (int(op), q, 0, 0, 0.0), st.sampled_from([Op.RESET, Op.RELEASE]), _QUBIT),
    st.builds(
        lambda op, r: (int(op), r, 0, 0, 0.0), st.sampled_from([Op.RECORD, Op.WRITE_ZERO, Op.WRITE_ONE]), _RESULT
    ),
    st.sampled_from([(int(Op.RECORD_ZERO), 0, 0, 0, 0.0), (int(Op.RECORD_ONE), 0, 0, 0, 0.0)]),
)


def gates(one: list[Op], two: list[Op], angles: st.SearchStrategy[float]) -> st.SearchStrategy[Entry]:
    return st.one_of(
        st.builds(lambda op, q, angle: (int(op), q, 0, 0, angle), st.sampled_from(one), _QUBIT, angles),
        st.builds(lambda op, p, angle: (int(op), p[0], p[1], 0, angle), st.sampled_from(two), _PAIR, angles),
    )


_TOFFOLI = st.builds(lambda p: (int(Op.CCX), p[0], p[1], p[2], 0.0), _PAIR)
_ENTRIES = gates(_ONE, _TWO, _ANGLE) | _TOFFOLI | _OTHERS
_QUARTERS = st.integers(-6, 6).map(lambda quarters: quarters * np.pi / 2)
_CLIFFORD = gates([op for op in _ONE if op not in {Op.T, Op.T_ADJ}], _TWO, _QUARTERS) | _OTHERS


def traces(entries: st.SearchStrategy[Entry], first: list[Op]) -> st.SearchStrategy[list[Entry]]:
    # What the rules are about: a measured qubit that something is done to, and that is looked at again.
    looked_at_again = st.builds(
        lambda before, by, q, done, results: [
            gate(before, q, angle=1.1),
            (int(by), q, results[0], 0, 0.0),
            *done,
            measure(q, results[1]),
        ],
        st.sampled_from(first),
        st.sampled_from([Op.MEASURE, Op.MEASURE, Op.MRESETZ]),
        _QUBIT,
        st.lists(entries, min_size=1, max_size=2),
        st.permutations(range(4)),
    )
    ends = [record(r) for r in range(4)]
    return st.lists(looked_at_again | st.lists(entries, max_size=3), max_size=5).map(
        lambda parts: [*(entry for part in parts for entry in part), *ends]
    )


def circuit(*entries: Entry) -> Circuit:
    return read_circuit(trace(*entries))


def sampled(found: Circuit) -> dict[str, float]:
    """How likely each string of results is where the circuit is sampled."""
    chances: dict[str, float] = defaultdict(float)
    state = np.zeros((1 << found.wires, 1), complex)
    state[0] = 1
    for op, *wires, angle in found.gates.tolist():
        state = apply(matrix(Op(op), angle), state, wires[: QUBITS_OF[op]])
    for index, chance in np.ndenumerate((np.abs(state) ** 2).reshape((2,) * found.wires)):
        bits = (0 if column.wire is None else index[column.wire] for column in found.columns)
        flipped = (bit ^ column.flipped for bit, column in zip(bits, found.columns, strict=True))
        chances["".join(str(int(bit)) for bit in flipped)] += chance
    return {key: chance for key, chance in chances.items() if chance > 1e-12}


@settings(max_examples=1500, deadline=None)
@given(traces(_ENTRIES, [Op.H, Op.RY, Op.X]))
def test_whatever_is_sampled_has_the_distribution_of_its_shots(entries: list[Entry]) -> None:
    try:
        found = circuit(*entries)
    except NotExactError:
        return
    exact, drawn = distribution(entries), sampled(found)
    for key in exact.keys() | drawn.keys():
        assert drawn.get(key, 0.0) == pytest.approx(exact.get(key, 0.0), abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(traces(_CLIFFORD, [Op.H, Op.SX, Op.X]))
def test_what_stim_samples_has_the_distribution_of_its_shots(entries: list[Entry]) -> None:
    # All strings of results that a Clifford program can have are equally likely, so which there are says everything.
    # One that is as likely as 1 in 128 is missing in one of ten million runs; seeds are fixed.
    rows = CliffordProgram(trace(*entries), 7).columns(0, 2048)
    drawn = {"".join(str(int(bit)) for bit in shot) for shot in zip(*rows, strict=True)}
    exact = distribution(entries)
    assert drawn == exact.keys()
    assert list(exact.values()) == pytest.approx([1 / len(exact)] * len(exact))


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
    with pytest.raises(
        NotExactError, match=f"its operation 3 is {op.name.lower()} on qubit 1 after its measurement"
    ) as e:
        circuit(gate(Op.H, 1), measure(1, 0), gate(op, 1, angle=0.4))
    assert (e.value.obstacle.instruction, e.value.obstacle.place) == (
        f"{op.name.lower()} on qubit 1 after its measurement",
        3,
    )


@pytest.mark.parametrize(("op", "measured"), [(Op.CX, 1), (Op.CY, 1), (Op.RXX, 0), (Op.RYY, 1), (Op.CCX, 2)])
def test_a_measured_target_is_not_exact(op: Op, measured: int) -> None:
    with pytest.raises(NotExactError, match=f" after the measurement of qubit {measured}"):
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
    with pytest.raises(NotExactError, match="cx on qubit 1 and qubit 1, which are the same"):
        circuit(gate(Op.CX, 1, 1))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (gate(Op.T, 0), "t on qubit 0, which is no Clifford gate"),
        (gate(Op.CCX, 0, 1, 2), "ccx on qubit 0 and qubit 1 and qubit 2, which is no Clifford gate"),
        (gate(Op.RX, 1, angle=0.3), "rx on qubit 1, which is no Clifford gate"),
        (gate(Op.RZ, 1, angle=np.nan), "rz on qubit 1, which is no Clifford gate"),
        (gate(Op.RZZ, 0, 1, angle=np.pi / 2 + 1e-9), "rzz on qubit 0 and qubit 1, which is no Clifford gate"),
        (gate(Op.CZ, 2, 2), "cz on qubit 2 and qubit 2, which are the same"),
        (gate(Op.S_ADJ, 1 << 19), ""),
        (gate(Op.T_ADJ, 1 << 19), "t__adj on qubit 524288, which is no Clifford gate"),
    ],
)
def test_stim_is_given_clifford_gates_only_and_the_first_other_one_is_named(entry: Entry, said: str) -> None:
    entries = trace(gate(Op.H, 0), entry, gate(Op.T, 0))
    with pytest.raises(NotExactError) as caught:
        CliffordProgram(entries, 1)
    expected = said or "t on qubit 0, which is no Clifford gate"
    assert (caught.value.obstacle.instruction, caught.value.obstacle.place) == (expected, 2 if said else 3)


def test_qubits_that_are_released_make_room_for_others() -> None:
    loop = [entry for q in range(50) for entry in (gate(Op.H, q), measure(q, q), gate(Op.RELEASE, q))]
    program = CliffordProgram(trace(*loop, *(record(q) for q in range(50))), 1)
    assert program.qubits == 1
    bits = np.array(list(program.columns(0, 1000)))
    assert (np.abs(bits.mean(axis=1) - 0.5) < 0.1).all()  # six standard deviations, seed fixed
