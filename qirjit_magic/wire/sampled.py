"""`SampledTable`: the records of shots that differ in their results only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.wire.memory import RecordKind
from qirjit_magic.wire.records import Record, RecordTable, Sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COUNTED = 16  # results of which all strings can be counted in a table


@dataclass(frozen=True, eq=False)
class SampledTable:
    """The records of finished shots: those of one shot, and of all the results.

    Attributes:
        layout: the records of one shot, whose results say nothing.
        bits: ``uint8[results, shots]``, 0 or 1: row i is the i-th result that a shot recorded.
    """

    layout: RecordTable
    bits: NDArray[np.uint8]

    def __len__(self) -> int:
        return int(self.bits.shape[1])

    def first(self, shots: int) -> SampledTable:
        """The first shots, at most so many."""
        return SampledTable(self.layout, self.bits[:, :shots])

    def shot(self, index: int) -> tuple[Record, ...]:
        """The records of one shot, from 0."""
        results = iter(self.bits[:, index].tolist())
        return tuple(
            Record(record.kind, next(results), record.label) if record.kind is RecordKind.RESULT else record
            for record in self.layout.shot(0)
        )

    def counts(self) -> dict[str, int]:
        """See `RecordTable.counts`."""
        width = len(self.bits)
        if not width:
            return {}
        if width > _COUNTED:
            words = np.ascontiguousarray(self.bits.T + ord("0")).view(f"S{width}").ravel()
            return {word.decode(): count for word, count in sorted(Counter(words.tolist()).items())}
        numbers = np.zeros(len(self), np.uint16)
        for row in self.bits:
            numbers = (numbers << 1) | row
        counted = np.bincount(numbers, minlength=1)
        return {f"{number:0{width}b}": int(counted[number]) for number in np.flatnonzero(counted).tolist()}

    def messages(self) -> list[str]:
        """See `RecordTable.messages`."""
        return self.layout.messages() * len(self)

    def first_records(self, most: int) -> tuple[tuple[Record, ...], int]:
        """See `RecordTable.first_records`."""
        return self.whole.first_records(most)

    @cached_property
    def whole(self) -> RecordTable:
        """The same with all records of all shots."""
        shots, rows = len(self), len(self.layout.kinds)
        values = np.tile(self.layout.values, (shots, 1))
        values[:, self.layout.kinds == RecordKind.RESULT] = self.bits.T
        return RecordTable(
            kinds=np.tile(self.layout.kinds, shots),
            texts=np.tile(self.layout.texts, shots),
            values=values.ravel(),
            ends=np.arange(1, shots + 1) * rows,
            returned=self.returned,
            returned_words=self.returned_words,
            strings=self.layout.strings,
        )

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """See `RecordTable`, as for the others."""
        return self.whole.kinds

    @property
    def texts(self) -> NDArray[np.int32]:
        """The texts of the records."""
        return self.whole.texts

    @property
    def values(self) -> NDArray[np.int64]:
        """The values of the records."""
        return self.whole.values

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each shot ends."""
        return self.whole.ends

    @property
    def strings(self) -> tuple[str, ...]:
        """The distinct texts."""
        return self.layout.strings

    @cached_property
    def returned(self) -> NDArray[np.int64]:
        """What each shot returned: all of them the same."""
        return np.repeat(self.layout.returned, len(self))

    @cached_property
    def returned_words(self) -> NDArray[np.int64]:
        """None: what returns words is not sampled."""
        return np.zeros((len(self), self.layout.returned_words.shape[1]), np.int64)


def sampled_table(layout: RecordTable, sampled: Sampled) -> SampledTable:
    """The records of sampled shots.

    Args:
        layout: the records of one shot.
        sampled: the results of all; where there are more or fewer than the shot has, the others are left out, or 0.
    """
    results = int((layout.kinds == RecordKind.RESULT).sum())
    bits = np.zeros((results, sampled.shots), np.uint8)
    packed = np.frombuffer(sampled.bits, np.uint8)
    width = (sampled.shots + 7) // 8
    rows = packed[: len(packed) // width * width].reshape(-1, width)[:results] if width else packed.reshape(0, 0)
    bits[: len(rows)] = np.unpackbits(rows, axis=1, count=sampled.shots) if len(rows) else 0
    return SampledTable(layout, bits)
