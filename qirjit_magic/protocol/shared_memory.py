"""The memory that kernel and engine share: a stop flag in, records and their text out, and at the end a fault note.

The kernel creates it, so finished shots outlive the engine, however it dies. The engine's side is IR
(``engine/runtime/recorder.ll``), whose ``%Shared`` struct is the header below. The kernel never trusts a number it
reads here: it clamps each to its own constants, and copies what it keeps.

Layout: a header of 64-bit words, from `TEXT_START` on NUL-terminated UTF-8 text, from `RECORDS_START` on records of 16
bytes (``u32`` kind, ``u32`` text offset, ``i64`` value).
"""

from __future__ import annotations

import codecs
import struct
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from qirjit_magic.sandbox import Region

TEXT_START = 4096
TEXT_CAPACITY = 16 << 20
RECORDS_START = TEXT_START + TEXT_CAPACITY
RECORDS_CAPACITY = 128 << 20
SIZE = RECORDS_START + RECORDS_CAPACITY
RECORD_SIZE = 16
_WORTH_DISCARDING = 8 << 20
_WORTH_LETTING_GO = 1 << 18


class Word(IntEnum):
    """The header's 64-bit words, by index."""

    STOP = 0  # nonzero: end at the next shot
    POSITION = 1  # bytes of records written
    COMMITTED = 2  # of these, bytes that belong to finished shots
    TEXT_POSITION = 3  # bytes of text written
    LINES = 4  # messages and state dumps written
    DROPPED = 5  # records and texts that found no room
    SHOT = 6  # the shot being run, counted from 0
    TEXT_START = 7
    TEXT_CAPACITY = 8
    RECORDS_START = 9
    RECORDS_CAPACITY = 10
    RUNNING = 11  # 1 while a shot is run
    FAULT_SIGNAL = 12  # the engine process died of it; from here on see `Fault`
    FAULT_CODE = 13
    FAULT_ADDRESS = 14
    FAULT_COUNTER = 15
    FAULT_STACK = 16
    FAULT_ACCESS = 17


class RecordKind(IntEnum):
    """The kind of a record; the numbers are those of ``recorder.ll``."""

    END = 1
    RESULT = 2
    BOOL = 3
    INT = 4
    DOUBLE = 5
    TUPLE = 6
    ARRAY = 7
    MESSAGE = 8
    DUMP = 9
    FAILURE = 10
    RESULT_ARRAY = 11
    RETURNED = 12  # a word of what the entry point returned, before END


TEXT_KINDS = (RecordKind.MESSAGE, RecordKind.DUMP)
_FAULT_WORDS = tuple(word for word in Word if word.name.startswith("FAULT_"))
PENDING = -1  # the value of a DUMP whose text is still with the simulator


class FaultAccess(IntEnum):
    """The access at the address of a fault; the numbers are those of ``faults.ll``."""

    UNKNOWN = 0
    READ = 1
    WRITE = 2
    RUN = 3


class Fault(msgspec.Struct, frozen=True):
    """The note that an engine process left when it died of a signal; nothing in it is certain.

    Attributes:
        signal: its number.
        code: how it came about: ``si_code`` of ``sigaction(2)``; not above 0 where somebody sent it.
        address: of the memory; where somebody sent it, the low half is the process that did.
        counter: the program counter.
        stack: the stack pointer.
        access: what was to be done there.
    """

    signal: int
    code: int
    address: int
    counter: int = 0
    stack: int = 0
    access: FaultAccess = FaultAccess.UNKNOWN


class _NoRegion:
    """In the place of memory that was given back: an empty header, and nothing behind it."""

    handle = -1
    is_lost = True

    def __init__(self) -> None:
        self.view = memoryview(bytearray(TEXT_START))

    def discard(self, start: int, length: int) -> None:
        """There is nothing."""

    def unmap_pages(self, start: int, length: int) -> None:
        """There is nothing."""

    def close(self) -> None:
        """There is nothing."""


class RecordMemory:
    """One side's view of the shared memory.

    Attributes:
        region: where it is mapped.
        shots: how many there are in the run, as this side knows: no number of the other's is higher.
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self.shots = (1 << 63) - 1

    def replace_region(self, region: Region) -> None:
        """Take another memory, cleared, in which somebody who wants the run to end wants it still."""
        before, stop = self.region, self.word(Word.STOP)
        self.region = region
        before.close()
        self.clear()
        self.put_word(Word.STOP, stop)

    def clear(self) -> None:
        """Empty for the next piece of a run; the last one's pages go back to the system."""
        self.discard()
        self.region.view[:TEXT_START] = bytes(TEXT_START)
        for word, value in (
            (Word.TEXT_POSITION, 1),
            (Word.TEXT_START, TEXT_START),
            (Word.TEXT_CAPACITY, TEXT_CAPACITY),
            (Word.RECORDS_START, RECORDS_START),
            (Word.RECORDS_CAPACITY, RECORDS_CAPACITY),
        ):
            self.put_word(word, value)

    def discard(self) -> None:
        """Give the pages of records and text back to the system, where there are many; nobody reads them any more."""
        if self._is_much():
            self.region.discard(TEXT_START, SIZE - TEXT_START)

    def _is_much(self) -> bool:
        return max(self.position(), min(self.word(Word.TEXT_POSITION), TEXT_CAPACITY)) > _WORTH_DISCARDING

    def stop(self) -> None:
        """Ask the shot loop to end at the next shot; safe in a signal handler."""
        self.put_word(Word.STOP, 1)

    def word(self, word: Word) -> int:
        """A header word, unsigned, as it is now."""
        return int(struct.unpack_from("<Q", self.region.view, 8 * word)[0])

    def put_word(self, word: Word, value: int) -> None:
        """Write a header word."""
        struct.pack_into("<Q", self.region.view, 8 * word, value)

    def committed_bytes(self) -> int:
        """Bytes of records of finished shots, clamped to whole records that fit."""
        return _whole(self.word(Word.COMMITTED))

    def position(self) -> int:
        """Bytes of records written, the unfinished shot's included, clamped likewise."""
        return _whole(self.word(Word.POSITION))

    def shot(self) -> int:
        """The shot that is being run, counted from 0, or where none is, how many are finished; clamped to `shots`."""
        return min(self.word(Word.SHOT), self.shots)

    def running(self) -> int | None:
        """The shot that is being run, or was when the process died; None where there is none."""
        return min(self.shot(), max(0, self.shots - 1)) if self.word(Word.RUNNING) else None

    def take_fault(self) -> Fault | None:
        """The note of a fault, which is gone afterwards; None where there is none."""
        signal, code, address, counter, stack, access = map(self.word, _FAULT_WORDS)
        for word in _FAULT_WORDS:
            self.put_word(word, 0)
        if not signal:
            return None
        code -= (code >> 63) << 64
        known = next((kind for kind in FaultAccess if kind == access), FaultAccess.UNKNOWN)
        return Fault(signal, code, address, counter, stack, known)

    def records(self, start: int, end: int) -> bytes:
        """A copy of the records between two byte positions."""
        return self._copied(RECORDS_START + start, RECORDS_START + end)

    def sampled(self, shots: int, columns: int) -> bytes:
        """A copy of the bits of sampled shots: a column after the other, each of whole bytes, the first shot highest.

        They stand behind the records of the one shot that was traced.
        """
        start = RECORDS_START + self.committed_bytes()
        return self._copied(start, min(start + sampled_size(shots, columns), SIZE))

    def put_sampled(self, bits: bytes) -> None:
        """Write them."""
        start = RECORDS_START + self.committed_bytes()
        self.region.view[start : start + len(bits)] = bits

    def text(self) -> bytes:
        """A copy of all text written so far; a record's text offset points into it."""
        end = min(self.word(Word.TEXT_POSITION), TEXT_CAPACITY)
        return self._copied(TEXT_START, TEXT_START + end)

    def text_at(self, offset: int, length: int, limit: int = TEXT_CAPACITY) -> str:
        """The beginning of one piece of text, decoded; what does not fit the text area reads as empty.

        Args:
            offset: where it is.
            length: how many bytes it has.
            limit: how many of these are decoded; a character that is cut in two is left out.
        """
        if not 0 < offset <= offset + length <= TEXT_CAPACITY:
            return ""
        start = TEXT_START + offset
        return decoded(bytes(self.region.view[start : start + min(length, limit)]), cut=length > limit)

    def _copied(self, start: int, end: int) -> bytes:
        data = bytes(self.region.view[start:end])
        if end - start >= _WORTH_LETTING_GO and self._is_much():
            self.region.unmap_pages(start, end - start)
        return data

    def append_text(self, text: str) -> tuple[int, int]:
        """Keep one more text; returns its offset and length in bytes, (0, 0) when there is no room."""
        data = text.encode("utf-8")
        offset = self.word(Word.TEXT_POSITION)
        if offset + len(data) + 1 > TEXT_CAPACITY:
            return 0, 0
        start = TEXT_START + offset
        self.region.view[start : start + len(data) + 1] = data + b"\0"
        self.put_word(Word.TEXT_POSITION, offset + len(data) + 1)
        return offset, len(data)

    def put_record(self, position: int, record: tuple[int, int, int]) -> None:
        """Overwrite the record at a byte position."""
        struct.pack_into("<IIq", self.region.view, RECORDS_START + position, *record)

    def close(self) -> None:
        """Give the memory back; it reads as empty afterwards."""
        before, self.region = self.region, _NoRegion()
        before.close()


def decoded(data: bytes, *, cut: bool = False) -> str:
    """Text as it is shown.

    Args:
        data: its bytes.
        cut: whether they are only the beginning: of a character of which the rest is missing there is nothing then.
    """
    return codecs.getincrementaldecoder("utf-8")("replace").decode(data, not cut)


def sampled_size(shots: int, columns: int) -> int:
    """Return the bytes that the bits of so many shots take."""
    return columns * ((shots + 7) // 8)


def _whole(size: int) -> int:
    return min(size, RECORDS_CAPACITY) // RECORD_SIZE * RECORD_SIZE
