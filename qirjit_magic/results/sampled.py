"""`SampledTable`: the records of shots that differ in their results only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind, sampled_size
from qirjit_magic.results.counts import NO_COUNTS, Counts, PackedBits, distinct_bits
from qirjit_magic.results.record_columns import TextPool
from qirjit_magic.results.records import Record, RecordTable, Sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SampledTable:
    """The records of finished shots: those of one shot, and of all the results.

    Attributes:
        layout: the records of one shot, whose results say nothing.
        bits: ``uint8[results, shots]``, 0 or 1, packed: row i is the i-th result that a shot recorded, alone or in an
            array.
    """

    layout: RecordTable
    bits: PackedBits

    def __len__(self) -> int:
        return int(self.bits.shape[1])

    def first(self, shots: int) -> SampledTable:
        """The first shots, at most so many."""
        return SampledTable(self.layout, self.bits.first(shots))

    def shot(self, index: int) -> tuple[Record, ...]:
        """The records of one shot, from 0."""
        results = iter(self.bits[:, index : index + 1][:, 0].tolist())
        return tuple(_with_results(record, results) for record in self.layout.shot(0))

    def counts(self) -> dict[str, int]:
        """Count the strings of results: the first recorded result is leftmost."""
        return distinct_bits(self.bits).all_counts() if len(self.bits) else {}

    def top_counts(self, limit: int) -> Counts:
        """Count the most frequent strings of results, at most so many, and all of them together."""
        return distinct_bits(self.bits).top_counts(limit) if len(self.bits) else NO_COUNTS

    def messages(self) -> list[str]:
        """List the messages and state dumps of all shots: those of one shot, as often as there are shots."""
        return self.layout.messages() * len(self)

    def first_texts(self, kind: RecordKind, limit: int) -> tuple[tuple[str, ...], int]:
        """Give the first texts of a kind, at most so many, and the number of all of them."""
        texts, rows = self.layout.first_texts(kind, limit)
        shots = min(len(self), -(-limit // rows)) if rows else 0
        return (texts * shots)[:limit], rows * len(self)

    def first_records(self, limit: int) -> tuple[tuple[Record, ...], int]:
        """Give the first records, at most so many, texts left out, and the number of those beyond them."""
        rows = int(np.count_nonzero(~np.isin(self.layout.kinds, TEXT_KINDS)))
        shots = min(len(self), limit // max(1, rows) + 1)
        shown, _ = self.first(shots).whole.first_records(limit)
        return shown, max(0, rows * len(self) - limit)

    @cached_property
    def whole(self) -> RecordTable:
        """A table with all records of all shots."""
        shots, rows = len(self), len(self.layout.kinds)
        values = np.tile(self.layout.values, (shots, 1))
        strings = bytearray(self.layout.strings.data + b"\0")
        widths = _widths(self.layout)
        ends = np.cumsum(widths)
        for row in np.flatnonzero(widths).tolist():
            bits = self.bits[ends[row] - widths[row] : ends[row], :]
            values[:, row] = bits[0] if self.layout.kinds[row] == RecordKind.RESULT else _interned(bits, strings)
        return RecordTable(
            kinds=np.tile(self.layout.kinds, shots),
            texts=np.tile(self.layout.texts, shots),
            values=values.ravel(),
            ends=np.arange(1, shots + 1) * rows,
            returned=self.returned,
            returned_words=self.returned_words,
            strings=TextPool(bytes(strings)),
        )

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """The kinds of the records, numbers of `RecordKind`."""
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
        """The row after the last one of each shot."""
        return self.whole.ends

    @property
    def strings(self) -> TextPool:
        """The texts."""
        return self.whole.strings

    @cached_property
    def returned(self) -> NDArray[np.int64]:
        """The word that each shot returned: all of them the same."""
        return np.broadcast_to(self.layout.returned, (len(self),))

    @cached_property
    def returned_words(self) -> NDArray[np.int64]:
        """None: what returns words is not sampled."""
        return np.zeros((len(self), self.layout.returned_words.shape[1]), np.int64)


def sampled_table(layout: RecordTable, sampled: Sampled) -> SampledTable | RecordTable:
    """The records of sampled shots; none where their results are not as many as one shot has.

    Args:
        layout: the records of one shot.
        sampled: the results of all.
    """
    packed = np.frombuffer(sampled.bits, np.uint8)
    size = sampled_size(sampled.shots, sampled.columns)
    if len(layout) != 1 or int(_widths(layout).sum()) != sampled.columns or len(packed) != size:
        return layout.first(0)
    return SampledTable(layout, PackedBits(packed.reshape(sampled.columns, -(-sampled.shots // 8)), sampled.shots))


def _widths(layout: RecordTable) -> NDArray[np.int64]:
    # How many results each record has.
    widths: NDArray[np.int64] = (layout.kinds == RecordKind.RESULT).astype(np.int64)
    arrays = layout.kinds == RecordKind.RESULT_ARRAY
    widths[arrays] = layout.strings.lengths(layout.values[arrays])
    return widths


def _with_results(record: Record, results: Iterator[int]) -> Record:
    if record.kind is RecordKind.RESULT:
        return Record(record.kind, next(results), record.label)
    if record.kind is RecordKind.RESULT_ARRAY:
        bits = "".join(map(str, itertools.islice(results, len(str(record.value)))))
        return Record(record.kind, bits, record.label)
    return record


def _interned(bits: NDArray[np.uint8], strings: bytearray) -> NDArray[np.int64]:
    # The place of each column's text among the strings, to which it is added.
    words = np.ascontiguousarray(bits.T + ord("0")).view(f"S{len(bits)}").ravel()
    distinct, which = np.unique(words, return_inverse=True)
    places = len(strings) + np.arange(len(distinct), dtype=np.int64) * (len(bits) + 1)
    strings += b"".join(word + b"\0" for word in distinct.tolist())
    return places[which]
