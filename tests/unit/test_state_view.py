from __future__ import annotations

import cmath
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.display.state import SHOWN_AMPLITUDES, amplitude_text, read_state, state_fragment, state_lines
from tests.goldens import assert_golden
from tests.pages import Page

_BELL = "Global Results: [1, 0]\nSTATE: [ |0⟩: 0.7071067811865476+0i, |3⟩: 0+-0.7071067811865475i, ]"
_PARTS = st.floats(-1, 1).map(lambda part: f"{part:.20f}")


def _dump(states: dict[int, complex]) -> str:
    listed = "".join(f"|{basis}⟩: {a.real:.20f}{a.imag:+.20f}i, " for basis, a in states.items())
    return f"STATE: [ {listed}]"


def _text(text: str, qubits: int = 0) -> list[str]:
    return list(state_lines(text, qubits, "result.messages has all"))


def test_a_state_looks_as_it_did() -> None:
    states = {basis: cmath.rect(math.sqrt((basis + 1) / 36), basis * math.pi / 4) for basis in range(8)}
    assert_golden("state.txt", "\n".join(_text(_dump(states))) + "\n")
    assert_golden("state.html", state_fragment(_dump(states), 0, "") + "\n")


def test_a_dump_is_read_as_qirrunner_writes_it() -> None:
    state = read_state(_BELL)
    assert state is not None
    assert state.amplitudes == ((0, 0.7071067811865476), (3, -0.7071067811865475j))
    assert (state.total, state.results, state.qubits, state.rest) == (2, "[1, 0]", 2, 0)


@given(st.dictionaries(st.integers(0, 2**70), st.tuples(_PARTS, _PARTS), min_size=1, max_size=60))
def test_all_basis_states_are_shown_or_counted(states: dict[int, tuple[str, str]]) -> None:
    listed = "".join(f"|{basis}⟩: {re}{'' if im.startswith('-') else '+'}{im}i, " for basis, (re, im) in states.items())
    state = read_state(f"STATE: [ {listed}]")
    assert state is not None
    assert (len(state.amplitudes), state.total) == (min(len(states), SHOWN_AMPLITUDES), len(states))
    assert state.rest is not None
    whole = sum(float(re) ** 2 + float(im) ** 2 for re, im in states.values())
    assert sum(abs(a) ** 2 for _, a in state.amplitudes) + state.rest == pytest.approx(whole, abs=1e-9)
    least = min(abs(a) ** 2 for _, a in state.amplitudes)
    left_out = states.keys() - {basis for basis, _ in state.amplitudes}
    assert all(float(states[basis][0]) ** 2 + float(states[basis][1]) ** 2 <= least + 1e-9 for basis in left_out)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anything",
        "STATE: [ ]",
        "STATE: [ |0⟩: 1+0i, ",
        "STATE: [ |0⟩: nan+0i, ]",
        "STATE: [ |0⟩: 1.0--0.5i, ]",
        "STATE: [ |0⟩: 1+0i, <b>|1⟩: 0+1i, ]",
        "Global Results: [<b>\n]\nSTATE: [ |0⟩: 1+0i, ]",
    ],
)
def test_what_is_no_dump_of_qirrunner_is_shown_as_it_is(text: str) -> None:
    assert read_state(text) is None
    assert "\n".join(_text(text)) == text
    assert text in Page(state_fragment(text, 0, "")).seen


@pytest.mark.parametrize(
    ("amplitude", "text"),
    [
        (1, "1"),
        (-0.0, "0"),
        (2**-0.5, "0.7071"),
        (-0.5j, "-0.5i"),
        (0.5 - 0.5j, "0.5-0.5i"),
        (-0.5 + 0.25j, "-0.5+0.25i"),
        (1 + 1e-17j, "1"),
        (1e-9, "1e-09"),
    ],
)
def test_an_amplitude_has_four_digits_and_no_part_that_is_nothing(amplitude: complex, text: str) -> None:
    assert amplitude_text(complex(amplitude)) == text


@given(st.integers(0, 359), st.floats(0.01, 1))
def test_the_dial_points_where_the_phase_is_and_the_bar_is_as_long_as_the_probability(
    degrees: int, size: float
) -> None:
    amplitude = cmath.rect(size, math.radians(degrees))
    html = state_fragment(_dump({0: amplitude}), 0, "")
    dot = re.search(r'class="qirjit-dot" cx="([\d.]+)" cy="([\d.]+)"', html)
    bar = re.search(r'class="qirjit-bar" width="([\d.e-]+)"', html)
    assert dot is not None
    assert bar is not None
    assert complex(float(dot[1]) - 10, 10 - float(dot[2])) == pytest.approx(
        cmath.rect(8, math.radians(degrees)), abs=0.02
    )
    assert float(bar[1]) == pytest.approx(96 * size**2, rel=1e-2)
    assert f"{degrees}°" in html


def test_bits_begin_with_qubit_0_as_strings_of_results_do() -> None:
    assert _text(_dump({1: 1}), qubits=3) == [
        "state  qubits 0–2  amplitude  probability                phase",  # noqa: RUF001 - a dash of a range
        "|1⟩    100                 1       100.0%  ████████████    0° →",
    ]
    assert "qubits 0–2" in state_fragment(_dump({1: 1}), 3, "")  # noqa: RUF001 - a dash of a range


def test_of_many_basis_states_the_most_probable_are_shown_in_order() -> None:
    states = {basis: complex(math.sqrt(basis / 4950)) for basis in range(1, 100)}
    lines = _text(_dump(states))
    assert [line.split()[0] for line in lines[1:-1]] == [f"|{basis}⟩" for basis in range(68, 100)]
    assert (
        lines[-1] == "… and 67 more basis states, together 46.0%; these are the most probable: result.messages has all"
    )


def test_a_basis_state_is_as_wide_as_the_widest_that_is_left_out() -> None:
    state = read_state(_dump(dict.fromkeys(range(SHOWN_AMPLITUDES), 0.1 + 0j) | {1 << 9: 0.01}))
    assert state is not None
    assert (max(basis for basis, _ in state.amplitudes), state.qubits) == (SHOWN_AMPLITUDES - 1, 10)


def test_of_a_dump_that_is_too_long_to_be_read_the_first_basis_states_are_shown() -> None:
    text = _dump(dict.fromkeys(range(30_000), 0.005j))
    assert len(text) > 1_000_000
    lines = _text(text)
    assert lines[1].startswith("|0⟩ ")
    assert lines[-1] == "… and 29,968 more basis states; these are the first: result.messages has all"


def test_a_page_without_svg_shows_every_number() -> None:
    seen = " ".join(Page(state_fragment(_BELL, 2, "")).seen.split())
    assert seen == (
        "state qubits 0–1 amplitude probability phase "  # noqa: RUF001 - a dash of a range
        "|0⟩ 00 0.7071 50.0% 0° |3⟩ 11 -0.7071i 50.0% 270° results so far: [1, 0]"
    )
