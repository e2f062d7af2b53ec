"""Records: what a program outputs, as columns; the shared memory's bytes are decoded here.

Format of the bytes: ``engine/runtime/recorder.ll`` and `RecordMemory`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.wire.layouts import Layout, layouts
from qirjit_magic.wire.memory import TEXT_KINDS, RecordKind
from qirjit_magic.wire.tallies import Tally, distinct_bits, tally_values, tally_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RECORD = np.dtype([("kind", "<u4"), ("text", "<u4"), ("value", "<i8")])
_LENGTH_BITS = 32
_FEW = 8
_ZERO = -2  # the word of a result 0; that of 1 is lower, those of arrays are higher
_WORD_MASK = (1 << 64) - 1
_OFFSET_MASK = (1 << 32) - 1
_ABOUT_THE_SHOT = (RecordKind.END, RecordKind.FAILURE, RecordKind.RETURNED)
_BITS = bytes(byte if byte in (0, ord("1")) else ord("0") for byte in range(256))  # a NUL ends them
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
    """How the last shot failed."""

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
class Piece:
    """One copy of the shared memory: the records of finished shots, those of the unfinished one, the text of both."""

    finished: bytes
    unfinished: bytes
    text: bytes
    sampled: Sampled | None = None

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        sampled = len(self.sampled.bits) if self.sampled else 0
        return len(self.finished) + len(self.unfinished) + len(self.text) + sampled

    def text_at(self, offset: int, length: int) -> str:
        """One piece of the text, decoded; what is not in it reads as empty."""
        return self.text[offset : offset + length].decode("utf-8", "replace") if offset > 0 and length >= 0 else ""


@dataclass(frozen=True, eq=False)
class RecordTable:
    """The records of finished shots, in columns.

    Attributes:
        kinds: ``uint8[n]``, a `RecordKind` each.
        texts: ``int32[n]``, an index into ``strings``: the label, or the text of MESSAGE and DUMP; -1 for none.
        values: ``int64[n]``; of DOUBLE the bits, of RESULT_ARRAY an index into ``strings``, -1 for none.
        ends: ``int64[shots]``, for each shot the index after its last record.
        returned: ``int64[shots]``, what the entry point returned, as a word.
        returned_words: ``int64[shots, n]``, the same in words, where one does not hold it: n of `recorded_words`.
        strings: the distinct texts.
        each: how many records each shot has where all have the same kinds in the same order, none of them a
            RESULT_ARRAY; 0 where that is not known.
    """

    kinds: NDArray[np.uint8]
    texts: NDArray[np.int32]
    values: NDArray[np.int64]
    ends: NDArray[np.int64]
    returned: NDArray[np.int64]
    returned_words: NDArray[np.int64]
    strings: tuple[str, ...]
    each: int = 0

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
            each=self.each,
        )

    def shot(self, index: int) -> tuple[Record, ...]:
        """The records of one shot, from 0."""
        start = int(self.ends[index - 1]) if index else 0
        return tuple(self.rows(start, int(self.ends[index])))

    def rows(self, start: int, end: int) -> Iterator[Record]:
        """The records of a range of rows, in order."""
        rows = zip(
            self.kinds[start:end].tolist(),
            self.texts[start:end].tolist(),
            self.values[start:end].tolist(),
            strict=True,
        )
        for kind, text, value in rows:
            yield _record(RecordKind(kind), text, value, self.strings)

    def counts(self) -> dict[str, int]:
        """How often each string of results came, sorted by it; character i is result i in recording order.

        A shot without a result has the empty string; where no shot has any, there are no strings.
        """
        bits = self._bits_of_all()
        if bits is not None:
            return distinct_bits(bits).every()
        return dict(sorted(Counter(self._strings_of_all()).items()))

    def tally(self, most: int) -> Tally:
        """The same for the most frequent strings, at most so many, and how many there are in all."""
        bits = self._bits_of_all()
        if bits is not None:
            return distinct_bits(bits).tally(most)
        words = self._words_of_all()
        if words is not None:
            return tally_words(words, self._string, most)
        return tally_values(Counter(self._strings_of_all()).items(), most)

    def _words_of_all(self) -> NDArray[np.int64] | None:
        # Where each shot has as many results and arrays, and few of them: a word each.
        arrays = self.kinds == RecordKind.RESULT_ARRAY
        mask = arrays | (self.kinds == RecordKind.RESULT)
        widths = self._widths(mask)
        if not mask.any() or widths[0] > _FEW or (widths != widths[0]).any():
            return None
        words: NDArray[np.int64] = np.where(arrays[mask], self.values[mask], _ZERO - (self.values[mask] & 1))
        return words.reshape(len(self), -1).T

    def _string(self, words: list[int]) -> str:
        return "".join("01"[_ZERO - word] if word <= _ZERO else _bits(word, self.strings) for word in words)

    def _bits_of_all(self) -> NDArray[np.uint8] | None:
        # Where each shot has as many results, none of them in an array.
        if self.each and len(self):
            columns = np.flatnonzero(self.kinds[: self.each] == RecordKind.RESULT)
            found = self.values.reshape(len(self), self.each)[:, columns] & 1
            return found.astype(np.uint8).T if len(columns) else None
        if (self.kinds == RecordKind.RESULT_ARRAY).any():
            return None
        mask = self.kinds == RecordKind.RESULT
        widths = self._widths(mask)
        if not mask.any() or (widths != widths[0]).any():
            return None
        bits: NDArray[np.uint8] = (self.values[mask] & 1).astype(np.uint8).reshape(len(self), -1).T
        return bits

    def _widths(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        widths: NDArray[np.int64] = np.diff(np.concatenate(([0], np.cumsum(mask)))[self.ends], prepend=0)
        return widths

    def _strings_of_all(self) -> Iterator[str]:
        arrays = self.kinds == RecordKind.RESULT_ARRAY
        mask = arrays | (self.kinds == RecordKind.RESULT)
        if not mask.any():
            return
        pieces = [
            _bits(value, self.strings) if array else "01"[value & 1]
            for array, value in zip(arrays[mask].tolist(), self.values[mask].tolist(), strict=True)
        ]
        widths = self._widths(mask)
        if (widths == 1).all():
            yield from pieces
            return
        ends = np.cumsum(widths)
        for start, end in zip((ends - widths).tolist(), ends.tolist(), strict=True):
            yield "".join(pieces[start:end])

    def first_texts(self, kind: RecordKind, most: int) -> tuple[tuple[str, ...], int]:
        """The first texts of a kind, MESSAGE or DUMP, at most so many, and how many there are."""
        rows = np.flatnonzero(self.kinds == kind)
        texts = (self.strings[text] if text >= 0 else "" for text in self.texts[rows[:most]].tolist())
        return tuple(texts), len(rows)

    def first_records(self, most: int) -> tuple[tuple[Record, ...], int]:
        """The first records that are no text, at most so many, and how many more there are."""
        rows = np.flatnonzero(~np.isin(self.kinds, TEXT_KINDS))
        shown = (next(self.rows(row, row + 1)) for row in rows[:most].tolist())
        return tuple(shown), max(0, len(rows) - most)

    def messages(self) -> list[str]:
        """The texts of messages and state dumps of all shots, in order."""
        rows = np.flatnonzero(np.isin(self.kinds, TEXT_KINDS))
        return [self.strings[text] if text >= 0 else "" for text in self.texts[rows].tolist()]


def _record(kind: RecordKind, index: int, value: int, strings: Sequence[str]) -> Record:
    text = None if index < 0 else strings[index]
    match kind:
        case RecordKind.RESULT:
            return Record(kind, value & 1, text)
        case RecordKind.BOOL:
            return Record(kind, bool(value), text)
        case RecordKind.DOUBLE:
            return Record(kind, float(np.int64(value).view(np.float64)), text)
        case RecordKind.RESULT_ARRAY:
            return Record(kind, _bits(value, strings), text)
        case RecordKind.MESSAGE | RecordKind.DUMP:
            return Record(kind, text or "")
        case _:
            return Record(kind, value, text)


def _bits(index: int, strings: Sequence[str]) -> str:
    return "" if index < 0 else strings[index]


@dataclass(frozen=True)
class Recording:
    """A run's records.

    Attributes:
        finished: those of the finished shots.
        unfinished: those of the shot that did not finish, where there is one.
        failure: how that shot failed, where the program said so.
    """

    finished: RecordTable
    unfinished: tuple[Record, ...] = ()
    failure: Failure | None = None


def decode(pieces: Sequence[Piece], words: int = 0) -> Recording:
    """The records in the copies of the shared memory that one run made.

    Args:
        pieces: the copies, in order.
        words: how many words each shot returned; those that a shot lacks are 0, those beyond are left out.

    Nothing in the bytes is trusted: unknown kinds are left out, an offset that does not point to the beginning of a
    text reads as no text, and in the text of a RESULT_ARRAY, to which the low half of its value points and no other's,
    whatever is no 1 reads as 0. So all strings together are no longer than the text of the pieces.
    """
    strings: dict[str, int] = {}
    finished = _finished(pieces, strings, words)
    if not pieces or not pieces[-1].unfinished:
        return Recording(finished)
    rows, texts = _columns(pieces[-1].unfinished, pieces[-1].text, strings)
    names = tuple(strings)
    said = list(zip(rows["kind"].tolist(), texts.tolist(), rows["value"].tolist(), strict=True))
    records = tuple(
        _record(RecordKind(kind), text, value, names) for kind, text, value in said if kind not in _ABOUT_THE_SHOT
    )
    failures = [
        Failure("" if text < 0 else names[text], (value & _WORD_MASK) >> _LENGTH_BITS)
        for kind, text, value in said
        if kind == RecordKind.FAILURE
    ]
    return Recording(finished, records, failures[-1] if failures else None)


def _finished(pieces: Sequence[Piece], strings: dict[str, int], words: int) -> RecordTable:
    filled = [piece for piece in pieces if piece.finished]
    same = layouts([piece.finished for piece in filled])
    if same is None:
        return _table([_columns(piece.finished, piece.text, strings) for piece in pieces], strings, words)
    return _table_of_layouts(same, [piece.text for piece in filled], strings, words)


def _columns(data: bytes, text: bytes, strings: dict[str, int]) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    rows = np.frombuffer(data, _RECORD, len(data) // _RECORD.itemsize)
    rows = rows[(rows["kind"] >= min(RecordKind)) & (rows["kind"] <= max(RecordKind))]
    arrays = rows["kind"] == RecordKind.RESULT_ARRAY
    if arrays.any():
        offsets = rows["value"][arrays] & _OFFSET_MASK
        rows["value"][arrays] = _indices(np.where(_are_first(offsets), offsets, 0), text.translate(_BITS), strings)
    return rows, _indices(rows["text"], text, strings)


def _indices(offsets: NDArray[np.integer], text: bytes, strings: dict[str, int]) -> NDArray[np.int32]:
    # An index for each place in the text that a record points to: linear, where sorting millions of offsets is not.
    known = np.where(offsets < len(text), offsets, 0)
    used = np.zeros(len(text) + 1, bool)
    used[known] = True
    places = np.flatnonzero(used)
    indices: NDArray[np.int32] = np.full(len(used), -1, np.int32)
    indices[places] = [_intern(text, offset, strings) for offset in places.tolist()]
    return indices[known]


def _are_first(offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    first = np.zeros(len(offsets), bool)
    first[np.unique(offsets, return_index=True)[1]] = True
    return first


def _intern(text: bytes, offset: int, strings: dict[str, int]) -> int:
    if not 0 < offset < len(text) or text[offset - 1]:  # each text stands behind the end of another
        return -1
    end = text.find(b"\0", offset)
    string = text[offset : len(text) if end < 0 else end].decode("utf-8", "replace")
    return strings.setdefault(string, len(strings))


def _table(
    columns: Sequence[tuple[NDArray[np.void], NDArray[np.int32]]], strings: dict[str, int], words: int
) -> RecordTable:
    rows = np.concatenate([rows for rows, _ in columns]) if columns else np.empty(0, _RECORD)
    texts = np.concatenate([texts for _, texts in columns]) if columns else np.empty(0, np.int32)
    is_end = rows["kind"] == RecordKind.END
    places = np.flatnonzero(is_end)
    inside = np.arange(len(rows)) <= (places[-1] if len(places) else -1)
    kept = inside & ~np.isin(rows["kind"], _ABOUT_THE_SHOT)
    return RecordTable(
        kinds=rows["kind"][kept].astype(np.uint8),
        texts=texts[kept],
        values=rows["value"][kept].astype(np.int64),
        ends=np.cumsum(kept, dtype=np.int64)[places],
        returned=rows["value"][places].astype(np.int64),
        returned_words=_returned_words(rows, places, words),
        strings=tuple(strings),
    )


def _table_of_layouts(
    same: Sequence[Layout], texts: Sequence[bytes], strings: dict[str, int], words: int
) -> RecordTable:
    kinds = same[0].kinds
    kept = np.flatnonzero(~np.isin(kinds, _ABOUT_THE_SHOT))
    returned = np.flatnonzero(kinds == RecordKind.RETURNED)[:words]
    shots = [len(layout.values) for layout in same]
    labels = [_indices(layout.texts, text, strings)[kept] for layout, text in zip(same, texts, strict=True)]
    returned_words = np.zeros((sum(shots), words), np.int64)
    if len(returned):
        returned_words[:, : len(returned)] = np.concatenate([layout.values[:, returned] for layout in same])
    return RecordTable(
        kinds=np.tile(kinds[kept].astype(np.uint8), sum(shots)),
        texts=np.concatenate([np.tile(label, count) for label, count in zip(labels, shots, strict=True)]),
        values=np.concatenate([layout.values[:, kept].ravel() for layout in same]),
        ends=np.arange(1, sum(shots) + 1) * len(kept),
        returned=np.concatenate([layout.values[:, -1] for layout in same]),
        returned_words=returned_words,
        strings=tuple(strings),
        each=len(kept),
    )


def _returned_words(rows: NDArray[np.void], ends: NDArray[np.int64], words: int) -> NDArray[np.int64]:
    returned = np.zeros((len(ends), words), np.int64)
    if not words:
        return returned
    places = np.flatnonzero(rows["kind"] == RecordKind.RETURNED)
    shots = np.searchsorted(ends, places)
    columns = np.arange(len(places)) - np.searchsorted(shots, shots)  # which of its shot's words each is
    known = (shots < len(ends)) & (columns < words)
    returned[shots[known], columns[known]] = rows["value"][places[known]]
    return returned
