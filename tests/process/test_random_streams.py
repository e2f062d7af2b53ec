"""The random numbers of different shots know nothing of each other.

Seeds are fixed, so nothing here fails by chance; how unlikely it was to pass by chance is said in each test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from qirjit_magic.session.session import Session
from tests.circuits.chances import p_value
from tests.circuits.running import LIVE
from tests.files import program
from tests.process.support import make_supervisor

_LAGS = 5_000
_BINS = 1_024
Doubles = npt.NDArray[np.floating[Any]]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        opened.add(program("numbers/two_parts"))
        yield opened


def drawn(session: Session, shots: int, seed: int, simulator: str = "statevector") -> Doubles:
    """The two numbers of each shot, a row a shot."""
    result = session.run("two_parts", shots=shots, seed=seed, simulator=simulator)
    return np.array([[record.value for record in shot.records] for shot in result.shots])


def deviations_by_lag(numbers: Doubles) -> Doubles:
    """How many standard deviations each autocorrelation is off, of uniform numbers, from a lag of 1 on."""
    count = len(numbers)
    spectrum = np.fft.rfft(numbers - 0.5, 1 << (2 * count - 1).bit_length())
    sums = np.fft.irfft(np.abs(spectrum) ** 2)[1 : _LAGS + 1]
    return np.asarray(12 * sums / np.sqrt(count - np.arange(1, _LAGS + 1)))


@pytest.mark.parametrize("seed", [1, 5])
def test_no_shot_is_correlated_with_one_of_the_next_five_thousand(session: Session, seed: int) -> None:
    # Of 10,000 normal numbers one is beyond five deviations in 0.6 % of all cases. It was 40 at a lag of 4,329.
    numbers = drawn(session, 20_000, seed)
    for column in numbers.T:
        assert np.abs(deviations_by_lag(column)).max() < 5
    crossed = np.concatenate([numbers[:-1, 1], numbers[1:, 0]])
    assert abs(np.corrcoef(numbers[:, 0], numbers[:, 1])[0, 1]) < 5 / np.sqrt(len(numbers))
    assert np.abs(deviations_by_lag(crossed)).max() < 5


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_the_first_and_the_second_number_of_many_shots_are_uniform(session: Session, seed: int) -> None:
    # It was 6e-13 for seed 1; and the second number was more even than chance is, which the other bound sees.
    for column in drawn(session, 50_000, seed).T:
        counts = Counter(map(str, (column * _BINS).astype(int).tolist()))
        p = p_value(counts, {str(number): 1 / _BINS for number in range(_BINS)})
        assert 1e-6 < p < 1 - 1e-6


def test_the_same_seed_gives_the_same_numbers_on_every_simulator(session: Session) -> None:
    first, *others = (drawn(session, 300, 3, simulator).tolist() for simulator in LIVE)
    assert others
    assert all(numbers == first for numbers in others)


def test_neighbouring_seeds_give_numbers_that_are_not_correlated(session: Session) -> None:
    columns = np.array([drawn(session, 64, seed)[:, 0] for seed in range(150)]) - 0.5
    for shift in (1, 2, 3):
        size = columns[shift:].size
        assert abs(12 * np.sum(columns[shift:] * columns[:-shift])) < 5 * np.sqrt(size)
        assert abs(12 * np.sum(columns[shift:, shift:] * columns[:-shift, :-shift])) < 5 * np.sqrt(size)


def test_a_run_without_a_seed_is_another_one_each_time_whatever_was_seeded_before(session: Session) -> None:
    coins = session.add(program("coins")).name
    texts = set()
    for _ in range(3):
        session.run(module=coins, shots=50, seed=9, simulator="sparse")
        texts.add(session.run(module=coins, shots=50, simulator="sparse").to_text("labeled"))
    assert len(texts) == 3
