"""The comparison of counts with probabilities: its numbers are those of tables and of chance itself."""

from __future__ import annotations

import numpy as np
import pytest

from tests.circuits.chances import _beyond, most_probable, p_value, uniformity

FAIR = {"0": 0.5, "1": 0.5}


# The upper tail of the chi-square distribution, from NIST's table (Engineering Statistics Handbook, 1.3.6.7.4).
@pytest.mark.parametrize(
    ("statistic", "freedom", "tail"),
    [
        (3.841, 1, 0.05),
        (10.828, 1, 0.001),
        (5.991, 2, 0.05),
        (16.919, 9, 0.05),
        (29.588, 10, 0.001),
        (124.342, 100, 0.05),
    ],
)
def test_the_tail_is_that_of_tables(statistic: float, freedom: int, tail: float) -> None:
    assert _beyond(statistic, freedom) == pytest.approx(tail, rel=2e-3)


def test_what_is_impossible_has_no_chance_and_what_is_certain_every() -> None:
    assert p_value({"0": 999, "1": 1}, {"0": 1.0}) == most_probable({"0": 999, "1": 1}, {"0": 1.0, "1": 1e-17}) == 0
    assert p_value({"0": 999}, {"0": 1.0}) == most_probable({"0": 999}, {"0": 1.0}) == 1
    assert p_value({"0": 500, "1": 500}, FAIR) == most_probable({"0": 500, "1": 500}, FAIR) == 1


def test_a_deviation_is_as_improbable_as_the_normal_distribution_has_it() -> None:
    # Six standard deviations of 10,000 throws, on both sides.
    counts = {"0": 5300, "1": 4700}
    assert p_value(counts, FAIR) == pytest.approx(1.97e-9, rel=0.01)
    assert 1e-9 < most_probable(counts, FAIR) < 1e-6


def test_p_values_of_chance_are_uniform_and_their_bounds_are_bounds() -> None:
    random = np.random.default_rng(3)
    values, bounds = [], []
    for _ in range(3000):
        chances = random.dirichlet(np.ones(12))
        expected = {str(i): p for i, p in enumerate(chances.tolist())}
        counts = {str(i): n for i, n in enumerate(random.multinomial(1000, chances).tolist())}
        values.append(p_value(counts, expected))
        bounds.append(most_probable(counts, expected))
    assert uniformity(values) > 1e-3
    for limit in (0.3, 0.1, 0.03):
        assert np.mean(np.array(bounds) < limit) < limit


def test_numbers_that_are_not_uniform_are_told() -> None:
    random = np.random.default_rng(4)
    assert uniformity(random.random(500)) > 1e-3
    assert uniformity(random.random(500) ** 1.5) < 1e-6
    assert uniformity([0.5] * 20) < 1e-3
