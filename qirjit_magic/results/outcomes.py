"""`Outcomes`: the results that shots recorded, as bits: counted in columns, however many each shot has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.counts import Counts, DistinctBits, distinct_bits
from qirjit_magic.results.record_columns import GrowingColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qirjit_magic.results.record_columns import TextPool

_AT_ONCE = 1 << 18  # records that are looked at together
_GATHERED = 1 << 20  # bits that are put together at once


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The results of some shots, in the order of recording; those of an array are as many as it has.

    Attributes:
        bits: ``uint8[n]``, 0 or 1, one shot after the other.
        widths: ``int64[shots]``, how many each shot has.
    """

    bits: NDArray[np.uint8]
    widths: NDArray[np.int64]

    def counts(self) -> dict[str, int]:
        """Count the strings of results, sorted by the string."""
        groups = [group.every() for group in self._groups()]
        if len(groups) == 1:
            return groups[0]
        return dict(sorted(item for group in groups for item in group.items()))

    def top_counts(self, limit: int) -> Counts:
        """The most frequent, at most so many; of those that are as frequent the first ones."""
        groups = [group.top_counts(limit) for group in self._groups()]
        if len(groups) == 1:
            return groups[0]
        named = sorted((row for group in groups for row in group.rows), key=lambda row: (-row[1], row[0]))
        distinct = sum(group.distinct for group in groups)
        return Counts(tuple(sorted(named[:limit])), sum(group.total for group in groups), distinct)

    def _groups(self) -> Iterator[DistinctBits]:
        # Strings of different widths are different: those of each width by themselves.
        if (self.widths == self.widths[0]).all():
            yield self._distinct(self.bits.reshape(len(self.widths), int(self.widths[0])).T)
            return
        starts = np.cumsum(self.widths) - self.widths
        order = np.argsort(self.widths, kind="stable")
        widths, firsts = np.unique(self.widths[order], return_index=True)
        for width, some in zip(widths.tolist(), np.split(order, firsts[1:]), strict=True):
            yield self._distinct(self._gathered(starts[some], width))

    def _gathered(self, starts: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        if len(starts) * width <= _GATHERED:
            few: NDArray[np.uint8] = self.bits[starts + np.arange(width)[:, np.newaxis]]
            return few
        found = np.empty((width, len(starts)), np.uint8)
        for column in range(width):
            found[column] = self.bits[starts + column]
        return found

    def _distinct(self, bits: NDArray[np.uint8]) -> DistinctBits:
        if len(bits):
            return distinct_bits(bits)
        shots = np.array([bits.shape[1]])
        return DistinctBits(bits[:, :1], np.zeros(1, np.int64), shots)


NO_OUTCOMES = Outcomes(np.zeros(0, np.uint8), np.zeros(0, np.int64))


def same_outcomes(kinds: NDArray[np.uint8], values: NDArray[np.int64], shots: int) -> NDArray[np.uint8]:
    """The results of shots that have the same kinds of records: ``uint8[results, shots]``.

    Args:
        kinds: those of each shot.
        values: of all records.
        shots: how many there are.
    """
    columns = np.flatnonzero(kinds == RecordKind.RESULT)
    found = np.empty((len(columns), shots), np.uint8)
    rows = values.reshape(shots, len(kinds))
    for bits, column in zip(found, columns.tolist(), strict=True):
        np.bitwise_and(rows[:, column], 1, out=bits, casting="unsafe")
    return found


def outcomes_of(
    kinds: NDArray[np.uint8], values: NDArray[np.int64], ends: NDArray[np.int64], strings: TextPool
) -> Outcomes:
    """The results of shots, from their records; none where no shot has recorded any.

    Args:
        kinds: of the records.
        values: of the records.
        ends: where each shot ends.
        strings: where the texts of arrays are.
    """
    bits = GrowingColumn(np.uint8)
    until = np.zeros(len(ends), np.int64)  # how many results there are until the end of each shot
    any_there = False
    for start in range(0, len(kinds), _AT_ONCE):
        some, worth = kinds[start : start + _AT_ONCE], values[start : start + _AT_ONCE]
        weights = (some == RecordKind.RESULT).astype(np.int64)
        arrays = some == RecordKind.RESULT_ARRAY
        weights[arrays] = strings.lengths(worth[arrays])
        any_there = any_there or bool(arrays.any() or weights.any())
        counted = len(bits) + np.cumsum(weights)
        low, high = np.searchsorted(ends, (start, start + len(some)), "right")
        until[low:high] = counted[ends[low:high] - start - 1]
        _put(bits, worth, weights, arrays, strings)
    return Outcomes(bits.whole(), np.diff(until, prepend=0)) if any_there else NO_OUTCOMES


def _put(
    bits: GrowingColumn,
    values: NDArray[np.int64],
    weights: NDArray[np.int64],
    arrays: NDArray[np.bool_],
    strings: TextPool,
) -> None:
    # The results of some records: single ones, and those of arrays.
    if not arrays.any():
        alone = values[weights == 1]
        np.bitwise_and(alone, 1, out=bits.more(len(alone)), casting="unsafe")
    elif arrays.all():
        for part in strings.results(values, weights):
            bits.more(len(part))[:] = part
    elif weights.sum() > _GATHERED:
        middle = len(values) // 2
        _put(bits, values[:middle], weights[:middle], arrays[:middle], strings)
        _put(bits, values[middle:], weights[middle:], arrays[middle:], strings)
    else:
        found = bits.more(int(weights.sum()))
        starts = np.cumsum(weights) - weights
        alone = ~arrays & (weights == 1)
        of_arrays = np.ones(len(found), bool)
        of_arrays[starts[alone]] = False
        found[starts[alone]] = values[alone] & 1
        found[of_arrays] = np.concatenate([*strings.results(values[arrays], weights[arrays])])
