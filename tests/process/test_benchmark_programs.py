"""The benchmark's circuits as QIR do what the circuits say, and its programs what their comments say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from qirjit_magic.session.session import Session
from tests.benchmarks.circuits import Circuit, bernstein_vazirani, dense, phase_estimation, teleportation
from tests.benchmarks.programs import emit
from tests.files import program
from tests.process.support import make_supervisor
from tests.unit.test_benchmark_circuits import EVERY_GATE, amplitudes, measured

SHOTS = 20_000
_LIMIT = {7: 29.9, 15: 44.3}  # Pearson's statistic exceeds it once in 10,000 runs of a right program


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        yield opened


def counts(session: Session, text: str | bytes, shots: int = SHOTS) -> dict[str, int]:
    session.add(text, "measured")
    return session.run(module="measured", shots=shots, seed=11).counts()


@pytest.mark.parametrize("circuit", [measured(EVERY_GATE), dense(4)], ids=["every gate", "dense"])
def test_a_circuits_program_has_its_distribution(session: Session, circuit: Circuit) -> None:
    chances = np.abs(amplitudes(circuit)) ** 2
    found = counts(session, emit(circuit))
    expected = {f"{index:0{circuit.qubits}b}": SHOTS * chance for index, chance in enumerate(chances)}
    statistic = sum((found.get(bits, 0) - count) ** 2 / count for bits, count in expected.items())
    assert statistic < _LIMIT[len(chances) - 1]


def test_a_programs_results_are_in_their_order(session: Session) -> None:
    assert counts(session, emit(bernstein_vazirani(6)), 100) == {"10101": 100}


def test_what_depends_on_a_result_is_done_where_that_is_1(session: Session) -> None:
    found = counts(session, emit(teleportation()))
    assert found["1"] / SHOTS == pytest.approx(np.sin(0.45) ** 2, abs=4 * 0.0028)


@pytest.mark.parametrize("number", [5, 12])
def test_phase_estimation_finds_a_phase_of_whole_bits_each_time(session: Session, number: int) -> None:
    assert counts(session, emit(phase_estimation(4, number / 16)), 100) == {f"{number:04b}": 100}


def test_repeating_until_success_leaves_the_rotated_qubit(session: Session) -> None:
    found = counts(session, program("repeat_until_success"))
    assert found["1"] / SHOTS == pytest.approx(np.sin(0.6) ** 2, abs=4 * 0.0033)


def test_a_pass_over_an_empty_state_returns(session: Session) -> None:
    session.add(program("read_write_pass"), "passes")
    assert session.run("passes20", args=[0]).returns == [None]
    assert session.run("passes20", args=[2]).returns == [None]
