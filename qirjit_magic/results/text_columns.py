"""`Texts`: what records say, as bytes; a string is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 1 << 16  # places that are looked at together: they lie close to each other
_GATHERED = 1 << 20  # bits that are copied together
_REMEMBERED = 1 << 22  # characters of strings that were asked for: labels are, again and again
_OVERHEAD = 64  # of a string, about
_BITS = bytes(byte if byte in (0, ord("1")) else ord("0") for byte in range(256))  # a NUL ends them


class Texts:
    """Texts one behind the other, each behind the NUL that ends the one before it: where one begins is its place.

    Args:
        data: their bytes, which begin with a NUL; the end of all is one too.
    """

    def __init__(self, data: bytes | bytearray = b"\0") -> None:
        self._data = data
        self._known: dict[int, str] = {}
        self._room = _REMEMBERED

    @classmethod
    def of(cls, strings: Iterable[str]) -> tuple[Texts, NDArray[np.int64]]:
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
        return isinstance(other, Texts) and self._data == other._data

    __hash__ = None  # type: ignore[assignment]  # its bytes may be of those that can change

    def __reduce__(self) -> tuple[Any, ...]:
        return Texts, (self._data,)

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
        """How many bytes the texts of some places have; that of no place has none."""
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
