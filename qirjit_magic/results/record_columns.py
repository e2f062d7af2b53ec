"""`RecordColumns`: records and texts of finished shots, as they come from the shared memory; they grow in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordKind

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

_AT_ONCE = 1 << 16  # places that are looked at together: they lie close to each other
_GATHERED = 1 << 20  # bits that are copied together
_REMEMBERED = 1 << 22  # characters of strings that were asked for: labels are, again and again
_OVERHEAD = 64  # of a string, about
_BITS = bytes(byte if byte in (0, ord("1")) else ord("0") for byte in range(256))  # a NUL ends them


class TextPool:
    """Texts one behind the other, each behind the NUL that ends the one before it: where one begins is its place.

    Args:
        data: their bytes, which begin with a NUL; the end of all is one too.
    """

    def __init__(self, data: bytes | bytearray = b"\0") -> None:
        self._data = data
        self._known: dict[int, str] = {}
        self._room = _REMEMBERED

    @classmethod
    def of(cls, strings: Iterable[str]) -> tuple[TextPool, NDArray[np.int64]]:
        """Some strings, and the place of each."""
        data, places = bytearray(1), []
        for string in strings:
            places.append(len(data))
            data += string.encode("utf-8", "replace") + b"\0"
        return cls(bytes(data)), np.array(places, np.int64)

    @property
    def data(self) -> bytes | bytearray:
        """The bytes of all."""
        return self._data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextPool) and self._data == other._data

    __hash__ = None  # type: ignore[assignment]  # its bytes may be of those that can change

    def __reduce__(self) -> tuple[Any, ...]:
        return TextPool, (self._data,)

    def __getitem__(self, place: int) -> str:
        text = self._known.get(place)
        if text is None:
            text = self._bytes(place).decode("utf-8", "replace")
            if self._room < len(text) + _OVERHEAD:
                self._known.clear()
                self._room = _REMEMBERED
            self._known[place] = text
            self._room -= len(text) + _OVERHEAD
        return text

    def _bytes(self, place: int) -> bytes | bytearray:
        end = self._data.find(b"\0", place)
        return self._data[place : len(self._data) if end < 0 else end]

    def bits(self, place: int) -> str:
        """The text as results: whatever is no 1 in it reads as 0; that of no place is empty."""
        return self._bytes(place).translate(_BITS).decode("ascii") if place >= 0 else ""

    def decoded(self, places: NDArray[np.integer[Any]]) -> list[str]:
        """The texts of some places; those of one place are one string, and that of no place is empty."""
        if len(places) > 1 and not (places[1:] > places[:-1]).all():
            distinct, which = np.unique(places, return_inverse=True)
            strings = self.decoded(distinct)
            return [strings[index] for index in which.tolist()]
        return [self._bytes(place).decode("utf-8", "replace") if place >= 0 else "" for place in places.tolist()]

    def lengths(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of bytes of the texts at some places; that of no place has none."""
        found = np.zeros(len(places), np.int64)
        known = places >= 0
        some = places[known]
        if len(some) > 1 and not (some[1:] > some[:-1]).all():
            some, which = np.unique(some, return_inverse=True)
            found[known] = self._lengths(some)[which]
        else:
            found[known] = self._lengths(some)
        return found

    def _lengths(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        # Those of places that are sorted, which lie close to each other.
        found = np.empty(len(places), np.int64)
        data = np.frombuffer(self._data, np.uint8)
        start = 0
        while start < len(places):
            first = int(places[start])
            stop = start + max(1, int(np.searchsorted(places[start : start + _AT_ONCE], first + _GATHERED)))
            end = self._data.find(b"\0", int(places[stop - 1]))
            end = len(data) if end < 0 else end
            ends = first + np.append(np.flatnonzero(data[first:end] == 0), end - first)
            found[start:stop] = ends[np.searchsorted(ends, places[start:stop])] - places[start:stop]
            start = stop
        return found

    def results(self, places: NDArray[np.int64], lengths: NDArray[np.int64]) -> Iterator[NDArray[np.uint8]]:
        """The bits of the texts of some places, one after the other, a part at a time.

        Args:
            places: where they are.
            lengths: what `lengths` says of them.
        """
        data = np.frombuffer(self._data, np.uint8)
        after = np.cumsum(lengths)
        start = 0
        while start < len(places):
            before = int(after[start - 1]) if start else 0
            end = max(start + 1, int(np.searchsorted(after, before + _GATHERED, "right")))
            widths = lengths[start:end]
            if end == start + 1:
                found = data[int(places[start]) : int(places[start]) + int(widths[0])]
            else:
                moved = np.repeat(places[start:end] - (after[start:end] - widths - before), widths)
                found = data[moved + np.arange(len(moved))]
            yield (found == ord("1")).astype(np.uint8)
            start = end


_WORDS = 2  # of a record: kind and text are halves of one, the value is the other
_HALF_BITS = 32
_HALF = (1 << _HALF_BITS) - 1
_LONGEST = 4096  # records; a shot of more is not looked at here


@dataclass(frozen=True, eq=False)
class RecordLayout:
    """The records of some shots, one after the other.

    Attributes:
        kinds: ``int64[n]``, those of each shot; the last one is END, no other is, and none is RESULT_ARRAY, whose
            value is another text each time.
        texts: ``int64[n]``, the offsets of their texts.
        values: ``int64[shots, n]``.
    """

    kinds: NDArray[np.int64]
    texts: NDArray[np.int64]
    values: NDArray[np.int64]


def layout_of(records: bytes) -> RecordLayout | None:
    """The layout of some shots, None where they have not all recorded the same.

    Args:
        records: the bytes of their records; where these are no whole shots, they have no layout.
    """
    words = np.frombuffer(records, "<i8", _WORDS * (len(records) // RECORD_SIZE))
    heads = words[::_WORDS]
    ends = np.flatnonzero(heads[:_LONGEST] & _HALF == RecordKind.END)
    if not len(ends) or len(heads) % (length := int(ends[0]) + 1):
        return None
    rows = words.reshape(-1, _WORDS * length)
    first = rows[0, ::_WORDS]
    kinds = first & _HALF
    known = (kinds >= min(RecordKind)) & (kinds <= max(RecordKind)) & (kinds != RecordKind.RESULT_ARRAY)
    if not known.all() or not (rows[:, ::_WORDS] == first).all():
        return None
    return RecordLayout(kinds, first >> _HALF_BITS & _HALF, rows[:, 1::_WORDS])


_RECORD = np.dtype([("kind", "<u4"), ("text", "<u4"), ("value", "<i8")])
_OFFSET_MASK = (1 << 32) - 1
_HIGHEST_PLACE = (1 << 31) - 1
_READ = RECORD_SIZE << 18  # bytes of records that are read at once: what is made of them meanwhile is small
_LATELY = 1 << 12  # records, among which the last END is looked for first
_STEP = 16 << 20  # bytes by which a column grows at most
_FIRST = 64
_COPIED = 1 << 20  # bytes that are moved by copying them
_WASTED = 1 << 20  # bytes behind the end of a column that are not worth giving back
SHOT_KINDS = np.array((RecordKind.END, RecordKind.FAILURE, RecordKind.RETURNED))
Read = Callable[[int, int], bytes]


class GrowingColumn:
    """An array that grows: a large one is moved by the system, page by page, and never there twice.

    Args:
        kind: of its items.
    """

    def __init__(self, kind: DTypeLike) -> None:
        self._array = np.empty(0, kind)
        self._length = 0
        self._touched = 0  # items whose memory is in use, though nothing is there yet

    def __len__(self) -> int:
        return self._length

    @property
    def size(self) -> int:
        """The number of bytes that it holds."""
        return max(self._length, self._touched) * self._array.itemsize

    def reserve(self, count: int) -> None:
        """Have room for about so many items, where there are none yet: what is not filled takes no memory."""
        if not len(self._array):
            self._array = np.empty(count, self._array.dtype)

    def more(self, count: int) -> NDArray[Any]:
        """So many more items, to be filled before the next are wanted."""
        start, end = self._length, self._length + count
        if end > len(self._array):
            self._grow(end)
        self._length = end
        return self._array[start:end]

    def _grow(self, end: int) -> None:
        room = end + max(_FIRST, min(self._length, _STEP // self._array.itemsize))
        if self._array.nbytes <= _COPIED:
            grown = np.empty(room, self._array.dtype)
            grown[: self._length] = self._array[: self._length]
            self._array = grown
        else:
            self._array.resize(room, refcheck=False)  # nobody has kept what this gave before
            self._touched = room

    def widen_items(self, kind: DTypeLike) -> None:
        """Have larger items from now on."""
        self._array = self._array.astype(kind, copy=False)

    def filled(self) -> NDArray[Any]:
        """The array, with nothing behind its last item; it grows no more."""
        if (len(self._array) - self._length) * self._array.itemsize > _WASTED:
            self._array.resize(self._length, refcheck=False)
            self._touched = 0
        return self._array[: self._length]


class ColumnArrays(NamedTuple):
    """The arrays of a `RecordTable`; see there."""

    kinds: NDArray[np.uint8]
    texts: NDArray[np.int32]
    values: NDArray[np.int64]
    ends: NDArray[np.int64]
    returned: NDArray[np.int64]
    returned_words: NDArray[np.int64]
    strings: TextPool
    uniform_shot_length: int


class RecordColumns:
    """The columns of a `RecordTable` while they grow.

    Nothing in the bytes is trusted: unknown kinds are left out, and an offset that does not point to the beginning of a
    text reads as no text. In one copy of the memory the texts of arrays of results stand in the order of their records;
    one that does not stand behind those before it reads as no text. So all bits together are no longer than the text.

    Args:
        words: how many words each shot returned; those that a shot lacks are 0, those beyond are left out.
    """

    def __init__(self, words: int = 0) -> None:
        self.kinds, self.texts, self.values = GrowingColumn(np.uint8), GrowingColumn(np.int32), GrowingColumn(np.int64)
        self.ends, self.returned, self.returned_words = (
            GrowingColumn(np.int64),
            GrowingColumn(np.int64),
            GrowingColumn(np.int64),
        )
        self.words = words
        self.data = bytearray(1)
        self._same: NDArray[np.int64] | None = None  # the kinds of each shot so far
        self._differ = False
        self._parts = 1  # in which the memory is read

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def size(self) -> int:
        """The number of bytes that it holds."""
        columns = self.kinds, self.texts, self.values, self.ends, self.returned, self.returned_words
        return sum(column.size for column in columns) + self.data.__sizeof__()

    @property
    def uniform_shot_length(self) -> int:
        """The number of records of each shot, where all have the same kinds in the same order; otherwise 0."""
        return 0 if self._same is None or self._differ else len(_kept(self._same))

    def add(self, size: int, read: Read, text: bytes) -> None:
        """Take what one copy of the memory has.

        Args:
            size: how many bytes of records of finished shots.
            read: gives those between two byte positions.
            text: all text that they point to.
        """
        source = TextSource(text, base=self._keep(text) if size else 0)
        for column in (self.kinds, self.texts, self.values):
            column.reserve(size // RECORD_SIZE)
        self._parts = -(-size // _READ)
        start, wanted, data = 0, _READ, b""
        while start < size:
            del data
            data = read(start, min(start + wanted, size))
            end = _end_of_shots(data)
            if end:
                self._add_shots(data if end == len(data) else data[:end], source)
                start, wanted = start + end, _READ
            elif start + len(data) >= size or not data:
                return  # of what no shot ends, nothing has finished
            else:
                wanted *= 2

    def _keep(self, text: bytes) -> int:
        # Where the text begins among all; it must not go on with what comes next.
        base = len(self.data)
        self.data += text
        if text and text[-1]:
            self.data.append(0)
        if len(self.data) > _HIGHEST_PLACE:
            self.texts.widen_items(np.int64)
        return base

    def _add_shots(self, data: bytes, source: TextSource) -> None:
        layout = layout_of(data)
        if layout is None or not (self._same is None or np.array_equal(layout.kinds, self._same)):
            self._differ = True
            self._add_one_by_one(data, source)
            return
        if self._same is None:
            for column in (self.ends, self.returned):
                column.reserve(len(layout.values) * self._parts)
        self._same = layout.kinds
        self._add_layout(layout, source)

    def _add_layout(self, layout: RecordLayout, source: TextSource) -> None:
        kept, shots, before = _kept(layout.kinds), len(layout.values), len(self.kinds)
        each, count = len(kept), shots * len(kept)
        self.kinds.more(count).reshape(shots, each)[:] = layout.kinds[kept]
        self.texts.more(count).reshape(shots, each)[:] = source.places(layout.texts)[kept]
        self.values.more(count).reshape(shots, each)[:] = layout.values[:, kept]
        self.ends.more(shots)[:] = before + np.arange(1, shots + 1) * each
        self.returned.more(shots)[:] = layout.values[:, -1]
        if self.words:
            returned = np.flatnonzero(layout.kinds == RecordKind.RETURNED)[: self.words]
            words = self.returned_words.more(shots * self.words).reshape(shots, self.words)
            words[:, : len(returned)] = layout.values[:, returned]
            words[:, len(returned) :] = 0

    def _add_one_by_one(self, data: bytes, source: TextSource) -> None:
        rows = source.rows(data)
        kinds = rows["kind"]
        kept = ~np.isin(kinds, SHOT_KINDS)
        places = np.flatnonzero(kinds == RecordKind.END)
        before, count = len(self.kinds), int(np.count_nonzero(kept))
        self.kinds.more(count)[:] = kinds[kept]
        self.texts.more(count)[:] = source.places(rows["text"][kept])
        self.values.more(count)[:] = rows["value"][kept]
        self.ends.more(len(places))[:] = before + np.cumsum(kept, dtype=np.int64)[places]
        self.returned.more(len(places))[:] = rows["value"][places]
        if self.words:
            words = self.returned_words.more(len(places) * self.words).reshape(len(places), self.words)
            words[:] = _returned_words(rows, places, self.words)

    def arrays(self) -> ColumnArrays:
        """The columns of the table, when nothing comes any more."""
        ends = self.ends.filled()
        return ColumnArrays(
            kinds=self.kinds.filled(),
            texts=self.texts.filled(),
            values=self.values.filled(),
            ends=ends,
            returned=self.returned.filled(),
            returned_words=self.returned_words.filled().reshape(len(ends), self.words),
            strings=TextPool(self.data),
            uniform_shot_length=self.uniform_shot_length,
        )


class TextSource:
    """One copy of the memory's text, to which its records point.

    Args:
        text: its bytes.
        base: where it begins among all texts that are kept.
    """

    def __init__(self, text: bytes, base: int) -> None:
        self._text = np.frombuffer(text, np.uint8)
        self._base = base
        self._highest = 0  # the offset of the last array of results

    def rows(self, data: bytes) -> NDArray[np.void]:
        """The records in some bytes that are of a known kind; the value of an array of results is the place of it."""
        rows = np.frombuffer(data, _RECORD, len(data) // RECORD_SIZE)
        known = (rows["kind"] >= min(RecordKind)) & (rows["kind"] <= max(RecordKind))
        if not known.all():
            rows = rows[known]
        arrays = rows["kind"] == RecordKind.RESULT_ARRAY
        if arrays.any():
            rows = rows.copy()
            offsets = (rows["value"][arrays] & _OFFSET_MASK).astype(np.int64)
            highest = np.maximum.accumulate(np.concatenate(([self._highest], offsets)))
            self._highest = int(highest[-1])
            rows["value"][arrays] = self.places(np.where(offsets > highest[:-1], offsets, 0))
        return rows

    def places(self, offsets: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Return the places of the texts at some offsets; -1 for what is no beginning of a text."""
        found = offsets.astype(np.int64)
        inside = (found > 0) & (found < len(self._text))
        found[~inside] = 0
        if len(self._text):
            inside &= self._text[found - inside] == 0  # each text stands behind the end of another
        return np.where(inside, found + self._base, -1)


def _end_of_shots(data: bytes) -> int:
    # How many bytes there are up to the last END.
    kinds = np.frombuffer(data, "<u4", len(data) // RECORD_SIZE * 4)[::4]
    for first in (max(0, len(kinds) - _LATELY), 0):
        ends = np.flatnonzero(kinds[first:] == RecordKind.END)
        if len(ends):
            return (first + int(ends[-1]) + 1) * RECORD_SIZE
    return 0


def _kept(kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(~np.isin(kinds, SHOT_KINDS))


def _returned_words(rows: NDArray[np.void], ends: NDArray[np.int64], words: int) -> NDArray[np.int64]:
    returned = np.zeros((len(ends), words), np.int64)
    places = np.flatnonzero(rows["kind"] == RecordKind.RETURNED)
    shots = np.searchsorted(ends, places)
    columns = np.arange(len(places)) - np.searchsorted(shots, shots)  # which of its shot's words each is
    known = (shots < len(ends)) & (columns < words)
    returned[shots[known], columns[known]] = rows["value"][places[known]]
    return returned
