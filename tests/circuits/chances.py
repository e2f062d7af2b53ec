"""Whether counts are what probabilities let one expect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import erfc, exp, lgamma, log, sqrt

_IMPOSSIBLE = 1e-13
_LEAST = 5  # what is expected less often is counted together


def p_value(counts: Mapping[str, int], expected: Mapping[str, float]) -> float:
    """How probable it is that counts deviate as much as these: Pearson's chi-square test.

    0 where something came that cannot come, and 1 where there is only one thing that can.

    Args:
        counts: how often each outcome came.
        expected: how probable each is; others are impossible.
    """
    shots = sum(counts.values())
    if _impossible(counts, expected):
        return 0.0
    cells = _cells(counts, expected, shots)
    if len(cells) == 1:
        return 1.0
    return _beyond(sum((found - wanted) ** 2 / wanted for found, wanted in cells), len(cells) - 1)


def most_probable(counts: Mapping[str, int], expected: Mapping[str, float]) -> float:
    """A bound of the same probability that holds however small it is, for tests that are never to fail by chance.

    Far out Pearson's statistic exceeds more often than chi-square has it: where 5 are expected, a thousand times as
    often at 1e-9. What a likelihood ratio exceeds has this bound for any number of shots: R. Agrawal, "Finite-sample
    concentration of the multinomial in relative entropy", IEEE Transactions on Information Theory 66 (2020), theorem
    1.2.
    """
    shots = sum(counts.values())
    if _impossible(counts, expected):
        return 0.0
    cells = _cells(counts, expected, shots)
    freedom = len(cells) - 1
    ratio = sum(found * log(found / wanted) for found, wanted in cells if found)
    return exp(freedom * (1 + log(ratio / freedom)) - ratio) if ratio > freedom > 0 else 1.0


def _impossible(counts: Mapping[str, int], expected: Mapping[str, float]) -> bool:
    return any(count and expected.get(outcome, 0.0) < _IMPOSSIBLE for outcome, count in counts.items())


def _cells(counts: Mapping[str, int], expected: Mapping[str, float], shots: int) -> list[tuple[int, float]]:
    # By what is expected, from the least: each cell takes outcomes until it has enough; the last takes the rest.
    cells: list[tuple[int, float]] = []
    found, wanted = 0, 0.0
    for outcome, probability in sorted(expected.items(), key=lambda item: item[1]):
        found, wanted = found + counts.get(outcome, 0), wanted + probability * shots
        if wanted >= _LEAST:
            cells.append((found, wanted))
            found, wanted = 0, 0.0
    if not cells:
        return [(found, wanted)]
    return [*cells[:-1], (cells[-1][0] + found, cells[-1][1] + wanted)]


def _beyond(statistic: float, freedom: int) -> float:
    # The chi-square distribution's upper tail, in closed form: Q(a + 1, x) = Q(a, x) + x^a e^-x / Γ(a + 1).
    x, half = statistic / 2, freedom / 2
    a = 0.5 if freedom % 2 else 1.0
    tail: float = erfc(sqrt(x)) if freedom % 2 else exp(-x)
    while a < half:
        tail += exp(a * log(x) - x - lgamma(a + 1)) if x else 0.0
        a += 1
    return min(tail, 1.0)


def uniformity(values: Iterable[float]) -> float:
    """How probable it is that numbers between 0 and 1 that are uniform look less so: Kolmogorov and Smirnov's test."""
    ordered = sorted(values)
    count = len(ordered)
    farthest = max(max((i + 1) / count - value, value - i / count) for i, value in enumerate(ordered))
    scaled = (sqrt(count) + 0.12 + 0.11 / sqrt(count)) * farthest
    if scaled < 0.3:
        return 1.0
    return min(1.0, max(0.0, 2 * sum((1 if k % 2 else -1) * exp(-2 * (k * scaled) ** 2) for k in range(1, 101))))
