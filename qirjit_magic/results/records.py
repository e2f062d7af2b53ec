"""Records: what a program outputs, as columns; the shared memory's bytes are decoded here.

Format of the bytes: ``engine/runtime/recorder.ll`` and `RecordMemory`.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from qirjit_magic.protocol.shared_memory import (
    RECORD_SIZE,
    TEXT_CAPACITY,
    TEXT_KINDS,
    RecordKind,
    RecordMemory,
    decoded,
)
from qirjit_magic.results.counts import NO_COUNTS, Counts, DistinctBits, distinct_bits, first_of
from qirjit_magic.results.record_columns import SHOT_KINDS, GrowingColumn, RecordColumns, TextPool, TextSource

if TYPE_CHECKING:
    from numpy.typing import NDArray


_COMPARED = 1 << 18  # records that are looked at together
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
        groups = [group.all_counts() for group in self._groups()]
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
    for start in range(0, len(kinds), _COMPARED):
        some, worth = kinds[start : start + _COMPARED], values[start : start + _COMPARED]
        weights = (some == RecordKind.RESULT).astype(np.int64)
        arrays = some == RecordKind.RESULT_ARRAY
        weights[arrays] = strings.lengths(worth[arrays])
        any_there = any_there or bool(arrays.any() or weights.any())
        counted = len(bits) + np.cumsum(weights)
        low, high = np.searchsorted(ends, (start, start + len(some)), "right")
        until[low:high] = counted[ends[low:high] - start - 1]
        _put(bits, worth, weights, arrays, strings)
    return Outcomes(bits.filled(), np.diff(until, prepend=0)) if any_there else NO_OUTCOMES


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


_LENGTH_BITS = 32
_LAST_RECORDS = 32  # say how a shot ended that has as many records as it may
_WORD_MASK = (1 << 64) - 1
_AT_ONCE = 1 << 14  # records of which Python objects are made together
_KINDS = {int(kind): kind for kind in RecordKind}
Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as Python data.

    Attributes:
        kind: what it is.
        value: RESULT 0 or 1; BOOL a bool; INT an int; DOUBLE a float; TUPLE and ARRAY the number of their items;
            RESULT_ARRAY its bits as text, index 0 first; MESSAGE and DUMP their text.
        label: the label, None where the program gave a null pointer.
    """

    kind: RecordKind
    value: Value
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The failure of the last shot."""

    message: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """The results of shots that were not run one by one; the finished records beside them are those of one shot.

    Attributes:
        shots: how many.
        columns: how many results each recorded.
        bits: a column after the other, each of whole bytes, the first shot's bit highest.
    """

    shots: int
    columns: int
    bits: bytes


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """One copy of the shared memory: the records of finished shots, those of the unfinished one, the text of both."""

    finished: bytes
    unfinished: bytes
    text: bytes

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return len(self.finished) + len(self.unfinished) + len(self.text)

    @classmethod
    def copied(cls, memory: RecordMemory, max_records: int, *, unfinished_only: bool = False) -> RecordBatch:
        """Copy what shots have recorded, with the shot that did not finish; or that one alone."""
        committed = memory.committed_bytes()
        position = min(memory.position(), committed + RECORD_SIZE * (max_records + _LAST_RECORDS))
        finished = b"" if unfinished_only else memory.records(0, committed)
        return cls(finished, memory.records(committed, position), memory.text())

    def records(self, start: int, end: int) -> bytes:
        """The records between two byte positions, those of the unfinished shot last."""
        middle = len(self.finished)
        return self.finished[start:end] + self.unfinished[max(0, start - middle) : max(0, end - middle)]

    def text_at(self, offset: int, length: int, limit: int = TEXT_CAPACITY) -> str:
        """Read a text of the records; what is not in the text reads as empty."""
        if offset <= 0 or length < 0:
            return ""
        return decoded(self.text[offset : offset + min(length, limit)], cut=length > limit)


@dataclass(frozen=True, eq=False)
class RecordTable:
    """The records of finished shots, in columns.

    Attributes:
        kinds: ``uint8[n]``, a `RecordKind` each.
        texts: ``int32[n]``, a place in ``strings``: the label, or the text of MESSAGE and DUMP; -1 for none.
            ``int64[n]`` where there are 2 GiB of texts.
        values: ``int64[n]``; of DOUBLE the bits, of RESULT_ARRAY a place in ``strings``, -1 for none.
        ends: ``int64[shots]``, for each shot the index after its last record.
        returned: ``int64[shots]``, what the entry point returned, as a word.
        returned_words: ``int64[shots, n]``, the same in words, where one does not hold it: n of `recorded_words`.
        strings: the texts.
        uniform_shot_length: how many records each shot has where all have the same kinds in the same order, none of
            them a RESULT_ARRAY; 0 where that is not known.
    """

    kinds: NDArray[np.uint8]
    texts: NDArray[np.int32]
    values: NDArray[np.int64]
    ends: NDArray[np.int64]
    returned: NDArray[np.int64]
    returned_words: NDArray[np.int64]
    strings: TextPool
    uniform_shot_length: int = 0

    def __len__(self) -> int:
        return len(self.ends)

    def first(self, shots: int) -> RecordTable:
        """The first shots, at most so many."""
        if len(self) <= shots:
            return self
        rows = int(self.ends[shots - 1]) if shots else 0
        return RecordTable(
            kinds=self.kinds[:rows],
            texts=self.texts[:rows],
            values=self.values[:rows],
            ends=self.ends[:shots],
            returned=self.returned[:shots],
            returned_words=self.returned_words[:shots],
            strings=self.strings,
            uniform_shot_length=self.uniform_shot_length,
        )

    def shot(self, index: int) -> tuple[Record, ...]:
        """The records of one shot, from 0."""
        start = int(self.ends[index - 1]) if index else 0
        end = int(self.ends[index])
        return tuple(_made(self.kinds[start:end], self.texts[start:end], self.values[start:end], self.strings))

    def rows(self, start: int, end: int) -> RecordRows:
        """The records of a range of rows, in order."""
        return RecordRows(self.kinds[start:end], self.texts[start:end], self.values[start:end], self.strings)

    def counts(self) -> dict[str, int]:
        """Count the strings of results, sorted by the string: the first recorded result is leftmost.

        A shot without a result has the empty string; where no shot has any, there are no strings.
        """
        bits = self._bits_of_all()
        if bits is not None:
            return distinct_bits(bits).all_counts()
        outcomes = self._outcomes()
        return outcomes.counts() if len(outcomes.widths) else {}

    def top_counts(self, limit: int) -> Counts:
        """The same for the most frequent strings, at most so many, and how many there are in all."""
        bits = self._bits_of_all()
        if bits is not None:
            return distinct_bits(bits).top_counts(limit)
        outcomes = self._outcomes()
        return outcomes.top_counts(limit) if len(outcomes.widths) else NO_COUNTS

    def _bits_of_all(self) -> NDArray[np.uint8] | None:
        if not self.uniform_shot_length or not len(self):
            return None
        bits = same_outcomes(self.kinds[: self.uniform_shot_length], self.values, len(self))
        return bits if len(bits) else None

    def _outcomes(self) -> Outcomes:
        return outcomes_of(self.kinds, self.values, self.ends, self.strings)

    def first_texts(self, kind: RecordKind, limit: int) -> tuple[tuple[str, ...], int]:
        """The first texts of a kind, MESSAGE or DUMP, at most so many, and how many there are."""
        wanted = self.kinds == kind
        rows = first_of(wanted, limit)
        return tuple(self.strings.decoded(self.texts[rows])), int(np.count_nonzero(wanted))

    def first_records(self, limit: int) -> tuple[tuple[Record, ...], int]:
        """The first records that are no text, at most so many, and how many more there are."""
        wanted = ~np.isin(self.kinds, TEXT_KINDS)
        shown = (next(iter(self.rows(row, row + 1))) for row in first_of(wanted, limit).tolist())
        return tuple(shown), max(0, int(np.count_nonzero(wanted)) - limit)

    def messages(self) -> list[str]:
        """The texts of messages and state dumps of all shots, in order."""
        return self.strings.decoded(self.texts[np.isin(self.kinds, TEXT_KINDS)])


class RecordRows(Sequence[Record]):
    """Records in columns, each made when it is looked at; equal to whatever sequence has the same.

    Args:
        kinds: see `RecordTable`, as for the others.
        texts: their texts.
        values: their values.
        strings: the texts.
    """

    def __init__(
        self, kinds: NDArray[np.uint8], texts: NDArray[np.integer[Any]], values: NDArray[np.int64], strings: TextPool
    ) -> None:
        self._columns = kinds, texts, values
        self._strings = strings

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, index: int | slice) -> Record | tuple[Record, ...]:
        if isinstance(index, slice):
            return tuple(self._some(index))
        place = range(len(self))[index]
        return next(self._some(slice(place, place + 1)))

    def __iter__(self) -> Iterator[Record]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self._some(slice(start, start + _AT_ONCE))

    def _some(self, some: slice) -> Iterator[Record]:
        kinds, texts, values = self._columns
        return _made(kinds[some], texts[some], values[some], self._strings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __repr__(self) -> str:
        return f"<{len(self):,} records>"


def _made(
    kinds: NDArray[np.uint8], texts: NDArray[np.integer[Any]], values: NDArray[np.int64], strings: TextPool
) -> Iterator[Record]:
    for kind, text, value in zip(kinds.tolist(), texts.tolist(), values.tolist(), strict=True):
        yield _record(kind, text, value, strings)


def _record(number: int, place: int, value: int, strings: TextPool) -> Record:
    kind = _KINDS[number]
    text = None if place < 0 else strings[place]
    match kind:
        case RecordKind.RESULT:
            return Record(kind, value & 1, text)
        case RecordKind.BOOL:
            return Record(kind, bool(value), text)
        case RecordKind.DOUBLE:
            return Record(kind, struct.unpack("<d", struct.pack("<q", value))[0], text)
        case RecordKind.RESULT_ARRAY:
            return Record(kind, strings.bits(value), text)
        case RecordKind.MESSAGE | RecordKind.DUMP:
            return Record(kind, text or "")
        case _:
            return Record(kind, value, text)


@dataclass(frozen=True)
class RunRecords:
    """A run's records.

    Attributes:
        finished: those of the finished shots.
        unfinished: those of the shot that did not finish, where there is one.
        failure: how that shot failed, where the program said so.
    """

    finished: RecordTable
    unfinished: Sequence[Record] = ()
    failure: Failure | None = None


def decode(batches: Sequence[RecordBatch], words: int = 0) -> RunRecords:
    """The records in the copies of the shared memory that one run made.

    Args:
        batches: the copies, in order.
        words: how many words each shot returned; see `RecordColumns`, as for what is not trusted.
    """
    columns = RecordColumns(words)
    for batch in batches:
        columns.add(len(batch.finished), batch.records, batch.text)
    last = batches[-1] if batches else RecordBatch(b"", b"", b"")
    unfinished, failure = decode_unfinished(last.unfinished, last.text)
    return RunRecords(RecordTable(*columns.arrays()), unfinished, failure)


def decode_unfinished(data: bytes, text: bytes) -> tuple[Sequence[Record], Failure | None]:
    """The records of a shot that did not finish, and how it failed, where the program said so.

    Args:
        data: the bytes of its records.
        text: the text that they point to.
    """
    if not data:
        return (), None
    source, strings = TextSource(text, 0), TextPool(text)
    rows = source.rows(data)
    kept = rows[~np.isin(rows["kind"], SHOT_KINDS)]
    unfinished = RecordRows(kept["kind"].astype(np.uint8), source.places(kept["text"]), kept["value"].copy(), strings)
    failures = rows[rows["kind"] == RecordKind.FAILURE][-1:]
    failure = None
    for place, value in zip(source.places(failures["text"]).tolist(), failures["value"].tolist(), strict=True):
        failure = Failure("" if place < 0 else strings[place], (value & _WORD_MASK) >> _LENGTH_BITS)
    return unfinished, failure
