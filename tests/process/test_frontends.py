"""Q# and OpenQASM, compiled by qdk for each target profile, do what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import fmod, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.session.session import Session
from tests.process.frontends import (
    FRONTENDS,
    PROFILES,
    SHOTS,
    assert_follows,
    assert_likely,
    certain,
    openqasm,
    outputs,
    profiles,
    qsharp,
)
from tests.process.support import make_supervisor

BASE, INTEGERS, FLOATS, LOOPS = "base.qs", "adaptive_ri.qs", "adaptive_rif.qs", "adaptive.qs"
any_target = pytest.mark.parametrize("profile", PROFILES)
adaptive = pytest.mark.parametrize("profile", profiles("Adaptive_RI"))
with_floats = pytest.mark.parametrize("profile", profiles("Adaptive_RIF"))
few = settings(max_examples=6, deadline=None)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        yield opened


def bits(value: int, count: int) -> list[int]:
    return [value >> place & 1 for place in range(count)]


def quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if a * b >= 0 else -1)


def remainder(a: int, b: int) -> int:
    return a - b * quotient(a, b)


# -- Q# for any target ---------------------------------------------------------------------------------------------


@any_target
@pytest.mark.parametrize(
    ("expression", "probabilities"),
    [
        ("Bell()", {"(0, 0)": 1 / 2, "(1, 1)": 1 / 2}),
        ("Ghz()", {"[0, 0, 0, 0, 0]": 1 / 2, "[1, 1, 1, 1, 1]": 1 / 2}),
        ("Grover(6)", {str(bits(found, 3)): 121 / 128 if found == 6 else 1 / 128 for found in range(8)}),
    ],
)
def test_a_circuit_has_its_distribution(
    session: Session, profile: str, expression: str, probabilities: dict[str, float]
) -> None:
    assert_follows(outputs(session, qsharp(BASE, expression, profile)), probabilities)


@any_target
def test_each_rotation_has_its_probability(session: Session, profile: str) -> None:
    angles = [pi / 3, pi / 2, 2 * pi / 3, pi / 3, 2 * pi / 3, pi / 4, pi / 2, pi / 4]
    shots = outputs(session, qsharp(BASE, "Rotations()", profile))
    for column, angle in zip(zip(*shots, strict=True), angles, strict=True):
        assert_likely(sum(column), sin(angle / 2) ** 2, of=SHOTS)


@any_target
@pytest.mark.parametrize(("pair", "probability"), list(enumerate([1 / 4, 3 / 4, 1 / 4])))
def test_rotations_of_two_qubits_have_their_probabilities(
    session: Session, profile: str, pair: int, probability: float
) -> None:
    shots = outputs(session, qsharp(BASE, "TwoQubitRotations()", profile))
    expected = {"[0, 0]": 1 - probability, "[1, 1]": probability}
    assert_follows((shot[pair] for shot in shots), expected)


@any_target
def test_rotations_turn_the_right_way(session: Session, profile: str) -> None:
    assert certain(session, qsharp(BASE, "Signs()", profile)) == [0] * 12


@any_target
@pytest.mark.parametrize("controls", range(4))
def test_an_adjoint_undoes_where_its_controls_are_one(session: Session, profile: str, controls: int) -> None:
    assert certain(session, qsharp(BASE, f"Undone({controls})", profile)) == [*bits(controls, 2), 0]


@any_target
@pytest.mark.parametrize(
    ("gate", "permuted"),
    [
        ("Toffoli", lambda a, b, c: [a, b, c ^ a & b]),
        ("Swapped", lambda a, b, c: [c, b, a]),
        ("Fredkin", lambda a, b, c: [a, c, b] if a else [a, b, c]),
        ("Incremented", lambda a, b, c: bits(a + 2 * b + 4 * c + 1, 3)),
    ],
)
def test_a_permutation_maps_each_input(
    session: Session, profile: str, gate: str, permuted: Callable[[int, int, int], list[int]]
) -> None:
    expected = [permuted(*bits(value, 3)) for value in range(8)]
    assert certain(session, qsharp(BASE, f"{gate}()", profile)) == expected


@any_target
@pytest.mark.parametrize("eighths", range(8))
def test_a_phase_of_eighths_is_estimated_exactly(session: Session, profile: str, eighths: int) -> None:
    found = certain(session, qsharp(BASE, f"EstimatedPhase({eighths})", profile))
    assert found == bits(eighths, 3)[::-1]


@any_target
@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_dense_coding_sends_two_bits(session: Session, profile: str, first: int, second: int) -> None:
    words = ["false", "true"]
    program = qsharp(BASE, f"Dense({words[first]}, {words[second]})", profile)
    assert certain(session, program) == (first, second)


@any_target
def test_tuples_and_arrays_of_results_are_nested_as_they_were(session: Session, profile: str) -> None:
    expected = ((1, [0, 1]), [(0, (1, 0)), (1, (0, 1))])
    assert certain(session, qsharp(BASE, "Nested()", profile)) == expected


@any_target
def test_states_of_other_bases_are_certain_there(session: Session, profile: str) -> None:
    assert certain(session, qsharp(BASE, "OtherBases()", profile)) == ([0, 1, 0, 1], 1)


def test_a_compiled_object_and_its_text_are_one_module(session: Session) -> None:
    program = qsharp(BASE, "Bell()", "Base")
    assert session.add(program, "object").digest == session.add(str(program), "text").digest


# -- Q# for targets that decide and count ----------------------------------------------------------------------------


@adaptive
def test_a_state_is_teleported(session: Session, profile: str) -> None:
    shots = outputs(session, qsharp(INTEGERS, "Teleported(false)", profile))
    assert_follows(shots, {"(0,)": 3 / 4, "(1,)": 1 / 4})


@adaptive
def test_a_teleported_phase_can_be_undone(session: Session, profile: str) -> None:
    assert outputs(session, qsharp(INTEGERS, "Teleported(true)", profile)) == [(0,)] * SHOTS


@adaptive
def test_throws_until_a_head_follow_their_law(session: Session, profile: str) -> None:
    law = {f"({throws},)": 1 / 2**throws for throws in range(1, 6)} | {"(6,)": 1 / 32}
    assert_follows(outputs(session, qsharp(INTEGERS, "ThrowsUntilHead()", profile)), law)


@adaptive
def test_a_qubit_that_was_reset_can_be_used_again(session: Session, profile: str) -> None:
    assert outputs(session, qsharp(INTEGERS, "UsedAgain()", profile)) == [(0, 1, True)] * SHOTS


@adaptive
@few
@given(x=st.integers(0, 15), y=st.integers(0, 7))
def test_integers_are_computed(session: Session, profile: str, x: int, y: int) -> None:
    expected = (x + y, x - 3 * y, x * y - 20, quotient(x - 8, y + 1), remainder(x - 8, y + 1))
    assert certain(session, qsharp(INTEGERS, f"Arithmetic({x}, {y})", profile)) == expected


@adaptive
@few
@given(x=st.integers(0, 15), y=st.integers(0, 7))
def test_bits_of_integers_are_computed(session: Session, profile: str, x: int, y: int) -> None:
    expected = (x & y, x | y, x ^ y, ~x, x << 2, (x - 8) >> 1)
    assert certain(session, qsharp(INTEGERS, f"Bitwise({x}, {y})", profile)) == expected


@adaptive
@few
@given(x=st.integers(0, 7), y=st.integers(0, 7))
def test_integers_are_compared(session: Session, profile: str, x: int, y: int) -> None:
    expected = (x < y, x == y, x != y, [x <= y, x > y], (x < y, (x < y and x > 2) or y == 7))
    found = certain(session, qsharp(INTEGERS, f"Compared({x}, {y})", profile))
    assert str(found) == str(expected)  # where 1 and True differ


@adaptive
@pytest.mark.parametrize("x", range(8))
def test_a_measured_number_chooses_what_is_done(session: Session, profile: str, x: int) -> None:
    chosen = {0: 10, 1: 10, 2: 4, 3: 0, 4: 16, 5: -3, 6: 36, 7: 0}[x]
    expected = (chosen, (sum(i for i in range(1, 5) if x > i), x > 6))
    assert certain(session, qsharp(INTEGERS, f"Chosen({x})", profile)) == expected


@adaptive
def test_results_are_compared_with_each_other(session: Session, profile: str) -> None:
    assert outputs(session, qsharp(INTEGERS, "Equal()", profile)) == [(True, False)] * SHOTS


@adaptive
def test_the_number_of_ones_is_binomial(session: Session, profile: str) -> None:
    law = {"(0,)": 1 / 8, "(1,)": 3 / 8, "(2,)": 3 / 8, "(3,)": 1 / 8}
    assert_follows(outputs(session, qsharp(INTEGERS, "Counted()", profile)), law)


@adaptive
def test_tosses_in_an_array_are_independent(session: Session, profile: str) -> None:
    law = {str([bit == 1 for bit in bits(tosses, 3)]): 1 / 8 for tosses in range(8)}
    assert_follows(outputs(session, qsharp(INTEGERS, "Tosses()", profile)), law)


@adaptive
@pytest.mark.parametrize(("flipped", "syndrome"), list(enumerate([1, 3, 2, 0])))
def test_an_error_is_found_and_corrected(session: Session, profile: str, flipped: int, syndrome: int) -> None:
    assert certain(session, qsharp(INTEGERS, f"Corrected({flipped})", profile)) == (syndrome, [0, 0, 0])


@adaptive
@pytest.mark.parametrize(
    ("expression", "expected"),
    [("Nothing()", ()), ("Constants()", (7, [], True, [(-1, 0)])), ("Wrapped(3)", (-(2**62),))],
)
def test_a_value_without_a_qubit_in_it_is_output(
    session: Session, profile: str, expression: str, expected: tuple[object, ...]
) -> None:
    assert str(certain(session, qsharp(INTEGERS, expression, profile))) == str(expected)


# -- Q# for targets with floating-point numbers -----------------------------------------------------------------------


@with_floats
@pytest.mark.parametrize(("thirds", "probability"), list(enumerate([0, 1 / 4, 3 / 4, 1])))
def test_an_angle_of_run_time_turns_a_qubit(session: Session, profile: str, thirds: int, probability: float) -> None:
    shots = outputs(session, qsharp(FLOATS, f"Turned({thirds})", profile))
    assert_likely(shots.count((1,)), probability, of=SHOTS)


@with_floats
@few
@given(a=st.integers(0, 7), b=st.integers(0, 3))
def test_doubles_are_computed(session: Session, profile: str, a: int, b: int) -> None:
    x, y = a + 0.25, b - 0.5
    expected = (x + y, x - y, x * y, x / y, fmod(x, y), -x)
    assert certain(session, qsharp(FLOATS, f"Doubles({a}, {b})", profile)) == expected


@with_floats
@pytest.mark.parametrize("a", range(8))
def test_doubles_are_compared(session: Session, profile: str, a: int) -> None:
    x = a / 2 - 1.5
    expected = (x < 0, x == 0, [x != 0.5, x >= 1, x <= 1], int(x))
    assert str(certain(session, qsharp(FLOATS, f"ComparedDoubles({a})", profile))) == str(expected)


@with_floats
def test_a_result_chooses_a_double(session: Session, profile: str) -> None:
    shots = outputs(session, qsharp(FLOATS, "ChosenDouble()", profile))
    assert_follows(shots, {"(0.125,)": 1 / 2, "(-0.625,)": 1 / 2})


@with_floats
def test_a_sum_of_angles_is_turned_back(session: Session, profile: str) -> None:
    shots = outputs(session, qsharp(FLOATS, "Feedback()", profile))
    law = {str(sum(pi / 2**k for k in (1, 2, 3) if steps >> k & 1) + 0.0): 1 / 8 for steps in range(0, 16, 2)}
    assert_follows((angle for angle, _ in shots), law)
    assert {result for _, result in shots} == {0}


# -- Q# for targets with loops ---------------------------------------------------------------------------------------


def test_a_loop_goes_on_until_it_succeeds(session: Session) -> None:
    shots = outputs(session, qsharp(LOOPS, "ThrowsUntilHead()", "Adaptive"))
    for throws in range(1, 6):
        assert_likely(shots.count((throws,)), 1 / 2**throws, of=SHOTS)


def test_a_walk_ends_where_its_coins_lead(session: Session) -> None:
    law = {"(3, 2)": 1 / 2, "(4, 2)": 1 / 4, "(3, 3)": 1 / 8, "(4, 3)": 1 / 8}
    assert_follows(outputs(session, qsharp(LOOPS, "Walked()", "Adaptive")), law)


@pytest.mark.parametrize("count", range(5))
def test_an_array_is_filled_by_a_loop(session: Session, count: int) -> None:
    expected = (count, [place < count for place in range(4)])
    assert certain(session, qsharp(LOOPS, f"Flipped({count})", "Adaptive")) == expected


@pytest.mark.parametrize(("index", "element"), list(enumerate([3, -1, 4, 15])))
def test_a_measured_index_finds_its_element(session: Session, index: int, element: int) -> None:
    assert certain(session, qsharp(LOOPS, f"Element({index})", "Adaptive")) == (element,)


def test_a_gate_is_repeated_by_a_loop(session: Session) -> None:
    assert certain(session, qsharp(LOOPS, "Quarters()", "Adaptive")) == (1,)


# -- what Q# leaves to the target --------------------------------------------------------------------------------------


@adaptive
def test_intrinsics_of_a_program_are_defined_by_another_cell(session: Session, profile: str) -> None:
    source = qsharp("intrinsics.qs", "Left()", profile)
    session.add(source, "left")
    with pytest.raises(UnresolvedSymbolError, match="Turned"):
        session.run(module="left")
    session.add((FRONTENDS / "intrinsics.ll").read_bytes(), "target")
    assert_follows(outputs(session, source), {"(42, 1)": 1 / 2, "(-8, 1)": 1 / 2})
    session.remove("left")
    session.remove("target")


# -- OpenQASM --------------------------------------------------------------------------------------------------------


@any_target
def test_a_bell_pair_of_openqasm_agrees(session: Session, profile: str) -> None:
    assert_follows(outputs(session, openqasm("bell.qasm", profile)), {"[0, 0]": 1 / 2, "[1, 1]": 1 / 2})


@adaptive
def test_measured_bits_decide_in_openqasm(session: Session, profile: str) -> None:
    assert outputs(session, openqasm("feedback.qasm", profile)) == [(0,)] * SHOTS


@any_target
def test_gates_of_openqasm_take_parameters_and_modifiers(session: Session, profile: str) -> None:
    expected = {f"([{one}, {one}], [1, 1, 0, 1])": probability for one, probability in ((0, 3 / 4), (1, 1 / 4))}
    assert_follows(outputs(session, openqasm("gates.qasm", profile)), expected)


@any_target
def test_a_reset_qubit_of_openqasm_is_zero(session: Session, profile: str) -> None:
    expected = {"[0, 0, 1]": 1 / 2, "[1, 0, 1]": 1 / 2}
    assert_follows(outputs(session, openqasm("reset.qasm", profile)), expected)


def test_qiskits_order_of_bits_is_the_reverse(session: Session) -> None:
    expected = {"[1, 0, 0]": 1 / 2, "[1, 0, 1]": 1 / 2}
    assert_follows(outputs(session, openqasm("reset.qasm", "Base", "Qiskit")), expected)


@with_floats
def test_numbers_of_openqasm_are_computed(session: Session, profile: str) -> None:
    expected = (5, 2.5, True, [1, 0, 1])
    assert str(certain(session, openqasm("classical.qasm", profile))) == str(expected)


def test_a_subroutine_of_openqasm_is_called_by_a_loop(session: Session) -> None:
    shots = outputs(session, openqasm("loops.qasm", "Adaptive"))
    for throws in range(1, 6):
        assert_likely(shots.count((throws,)), 1 / 2**throws, of=SHOTS)
