"""Counts of outcomes: made in columns, without a Python object for each shot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COUNTED = 16  # results of which all strings can be counted in a table
_WORD, _BYTES = 64, 8
_HALF = (1 << 31) - 1
_AT_ONCE = 1 << 18  # shots that are looked at together
_CONVERTED = 10_000  # values that are few enough to make a Python object of each


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of times that each of some values came.

    Attributes:
        rows: names and counts of the most frequent, sorted by value.
        total: how many came in all.
        distinct: how many different ones.
    """

    rows: tuple[tuple[str, int], ...] = ()
    total: int = 0
    distinct: int = 0

    @property
    def unlisted(self) -> int:
        """The number of values that came and are not named."""
        return self.total - sum(count for _, count in self.rows)

    @property
    def unlisted_distinct(self) -> int:
        """The number of different values that are not named."""
        return self.distinct - len(self.rows)


NO_COUNTS = Counts()


@dataclass(frozen=True, eq=False)
class DistinctBits:
    """The different strings of results of some shots, sorted, and how often each came.

    Attributes:
        bits: ``uint8[results, shots]``, 0 or 1: row i is the i-th result of each shot; or these packed.
        firsts: ``int64[n]``, the columns of it that are the different ones.
        counts: ``int64[n]``.
    """

    bits: NDArray[np.uint8] | PackedBits
    firsts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def counts_at(self, places: NDArray[np.int64]) -> dict[str, int]:
        """Strings and counts of those at some places."""
        if not len(self.bits):  # all strings are the empty one
            return dict.fromkeys([""] * len(places), int(self.counts.sum()))
        digits = np.ascontiguousarray(self.bits[:, self.firsts[places]].T) + np.uint8(ord("0"))
        texts = digits.view(f"S{len(self.bits)}").ravel().tolist()
        return dict(zip((text.decode() for text in texts), self.counts[places].tolist(), strict=True))

    def all_counts(self) -> dict[str, int]:
        """Strings and counts of all."""
        return self.counts_at(np.arange(len(self.counts)))

    def top_counts(self, limit: int) -> Counts:
        """The most frequent, at most so many; of those that are as frequent the first ones."""
        order = np.sort(most_frequent(self.counts, limit))
        return Counts(tuple(self.counts_at(order).items()), int(self.counts.sum()), len(self.counts))


@dataclass(frozen=True, eq=False, slots=True)
class PackedBits:
    """``uint8[results, shots]``, 0 or 1, in an eighth of the memory.

    Attributes:
        packed: a row of whole bytes for each result, the first shot's bit highest.
        shots: how many there are.
    """

    packed: NDArray[np.uint8]
    shots: int

    @classmethod
    def of(cls, bits: NDArray[np.uint8]) -> PackedBits:
        """Some bits, packed."""
        return cls(np.packbits(bits, axis=1), bits.shape[1])

    def __len__(self) -> int:
        return len(self.packed)

    @property
    def shape(self) -> tuple[int, int]:
        """The number of results, and of shots."""
        return len(self.packed), self.shots

    def __getitem__(self, key: tuple[slice, slice | NDArray[np.int64]]) -> NDArray[np.uint8]:
        rows, columns = key
        if isinstance(columns, slice):
            start, stop, _ = columns.indices(self.shots)
            bits = np.unpackbits(self.packed[rows, start // 8 : -(-stop // 8)], axis=1)
            return bits[:, start % 8 : start % 8 + max(0, stop - start)]
        found: NDArray[np.uint8] = self.packed[rows, columns // 8] >> (7 - columns % 8).astype(np.uint8) & np.uint8(1)
        return found

    def first(self, shots: int) -> PackedBits:
        """Return the bits of the first shots, at most so many."""
        shots = min(shots, self.shots)
        return PackedBits(self.packed[:, : -(-shots // 8)], shots)


def distinct_bits(bits: NDArray[np.uint8] | PackedBits) -> DistinctBits:
    """The different columns of ``uint8[results, shots]``, of at least one result and one shot."""
    width, shots = bits.shape
    if width <= _COUNTED:
        counts = np.zeros(1 << width, np.int64)
        for start in range(0, shots, _AT_ONCE):
            counts += np.bincount(_numbers(bits[:, start : start + _AT_ONCE]), minlength=1 << width)
        found = np.flatnonzero(counts)
        places = np.arange(width - 1, -1, -1)[:, np.newaxis]
        return DistinctBits((found >> places & 1).astype(np.uint8), np.arange(len(found)), counts[found])
    words = np.empty((-(-width // _WORD), shots), np.uint64)
    for start in range(0, shots, _AT_ONCE):
        words[:, start : start + _AT_ONCE] = _words(bits[:, start : start + _AT_ONCE])
    if len(words) > 1:
        return DistinctBits(bits, *_distinct(words))
    starts, counts = _runs(words[0])
    values = words[0][starts]
    digits = np.unpackbits(values.astype(">u8").view(np.uint8).reshape(-1, _BYTES), axis=1, count=width)
    return DistinctBits(digits.T, np.arange(len(values)), counts.astype(np.int64, copy=False))


def _numbers(bits: NDArray[np.uint8]) -> NDArray[np.uint16]:
    numbers = np.zeros(bits.shape[1], np.uint16)
    for row in bits:
        numbers = (numbers << 1) | row
    return numbers


def _words(bits: NDArray[np.uint8]) -> NDArray[np.uint64]:
    packed = np.packbits(bits, axis=0)
    words = np.zeros((-(-len(bits) // _WORD), bits.shape[1]), np.uint64)
    for place, row in enumerate(packed):
        words[place // _BYTES] |= row.astype(np.uint64) << np.uint64(_WORD - 8 - 8 * (place % _BYTES))
    return words


def _runs(values: NDArray[np.generic]) -> tuple[NDArray[np.int64], NDArray[np.signedinteger]]:
    # Where the different values stand, and how often each came; sorts them where they are: there may be many.
    values.sort()
    differs = np.empty(len(values), bool)
    differs[:1] = True
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    starts = np.flatnonzero(differs)
    kind = np.int64 if len(values) > _HALF else np.int32
    counts: NDArray[np.signedinteger] = np.empty(len(starts), kind)
    for first in range(0, len(starts) - 1, _AT_ONCE):
        some = starts[first : first + _AT_ONCE + 1]
        counts[first : first + len(some) - 1] = some[1:] - some[:-1]
    counts[-1:] = len(values) - starts[-1:]
    return starts, counts


def _distinct(words: NDArray[np.generic]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # The different columns in order: where one of each is, and how often it came. NumPy's own sorting of rows takes
    # half a minute for a million of them.
    ranks = np.zeros(words.shape[1], np.int64)
    for row in words:
        if ranks.any() and ranks.max() == len(ranks) - 1:
            break  # each is different already
        _, ranks_of_row = np.unique(row, return_inverse=True)
        if ranks.any():
            ranks = ranks * (int(ranks_of_row.max()) + 1) + ranks_of_row
            _, ranks = np.unique(ranks, return_inverse=True)
        else:
            ranks = ranks_of_row
    counts = np.bincount(ranks)
    firsts = np.zeros(len(counts), np.int64)
    firsts[ranks] = np.arange(len(ranks))
    return firsts, counts


def first_of(wanted: NDArray[np.bool_], limit: int) -> NDArray[np.int64]:
    """Return the places of the first true values, at most so many, without an index for each of millions."""
    found: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for start in range(0, len(wanted), _AT_ONCE):
        some = np.flatnonzero(wanted[start : start + _AT_ONCE])[:limit]
        found.append(some + start)
        limit -= len(some)
        if not limit:
            break
    return np.concatenate(found)


def most_frequent(counts: NDArray[np.signedinteger], limit: int) -> NDArray[np.int64]:
    """Return the places of the highest counts, at most so many, highest first; of equal ones the first."""
    if len(counts) > limit:
        least = np.partition(counts, len(counts) - limit)[len(counts) - limit]
        above = np.flatnonzero(counts > least)
        places = np.concatenate((above, first_of(counts == least, limit - len(above))))
    else:
        places = np.arange(len(counts))
    return places[np.argsort(-counts[places], kind="stable")]


def count_values_in_words(words: NDArray[np.int64], value: Callable[[list[int]], object], limit: int) -> Counts:
    """Count the values that words stand for.

    Args:
        words: ``int64[words, n]``, those of each value that came; at least one.
        value: what words stand for; different words may stand for the same.
        limit: how many to name, at least one.
    """
    if not words.strides[1]:  # a billion times the same, in no memory
        firsts, counts = np.zeros(1, np.int64), np.array(words.shape[1:])
    elif len(words) == 1:
        words = words.copy()
        firsts, counts = _runs(words[0])
    else:
        firsts, counts = _distinct(words)
    distinct, total = len(counts), int(counts.sum())
    if distinct > _CONVERTED:
        places = most_frequent(counts, limit)
        firsts, counts = firsts[places], counts[places]
    found = [(value(row), count) for row, count in zip(words.T[firsts].tolist(), counts.tolist(), strict=True)]
    found_counts = count_values(found, limit)
    return replace(found_counts, total=total, distinct=distinct) if distinct > _CONVERTED else found_counts


def count_values(counted: Iterable[tuple[object, int]], limit: int) -> Counts:
    """The counts of values and how often each came; one may stand there more than once.

    Args:
        counted: values and counts.
        limit: how many to name, at least one; of those that are as frequent the first ones.
    """
    counts, values = Counter[str](), dict[str, object]()
    for value, count in counted:
        text = str(value)
        counts[text] += count
        values[text] = value
    texts = list(counts)
    places = most_frequent(np.fromiter(counts.values(), np.int64, len(texts)), limit)
    rows = sorted(
        ((texts[place], counts[texts[place]]) for place in places.tolist()), key=lambda row: _size(row[0], values)
    )
    return Counts(tuple(rows), counts.total(), len(texts))


def _size(text: str, values: dict[str, object]) -> tuple[bool, float, str]:
    # Numbers by their size; NaN, which is beside every number, comes last.
    value = values[text]
    number = value if isinstance(value, int | float) else 0
    return (True, 0, text) if math.isnan(number) else (False, number, text)
