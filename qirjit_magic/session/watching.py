"""`RunWatch`: what happens again and again while a run goes on: messages are shown, its time is kept."""

from __future__ import annotations

import itertools
import struct
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qirjit_magic.session.streams import SHOWN_BYTES, SHOWN_WHOLE_BYTES, Show
from qirjit_magic.wire.memory import PENDING, RECORD_SIZE, TEXT_KINDS, RecordKind, RecordMemory, Word

if TYPE_CHECKING:
    from qirjit_magic.wire.records import Piece

_RECORD = struct.Struct("<IIq")
_CPU_LOOK_S = 0.1  # where the system has no clock for that, it takes a moment to know
_LOOKED_AT = RECORD_SIZE << 16  # bytes of records at once
_NEWEST = RECORD_SIZE << 11  # bytes of records of which the text is shown, when there is too much of it

_MORE = "… more messages are in the result\n"
_LEFT_OUT = "… some messages are left out here: the result has them\n"


class RunWatch:
    """Shows messages and state dumps as they come, and stops a run whose time is over.

    Args:
        memory: where the run's records are.
        show: takes the text.
        stop: ends the run.
        timeout_s: seconds until then; None for no limit.
        cpu: how much processor time the run has used.
        cpu_s: how much it may use; 0 for no limit.
        stopping: whether somebody wants the run to end.
        newest: whether the newest text is shown when there is too much to show all of it, instead of nothing more.
    """

    def __init__(
        self,
        memory: RecordMemory,
        show: Show,
        *,
        stop: Callable[[], None],
        timeout_s: float | None,
        cpu: Callable[[], float] = lambda: 0.0,
        cpu_s: float = 0.0,
        stopping: Callable[[], bool] = lambda: False,
        newest: bool = False,
    ) -> None:
        self._memory = memory
        self._show = show
        self._stop = stop
        self._stopping = stopping
        self._stopped = False
        self._deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._cpu = cpu
        self._cpu_s = cpu_s
        self._look_at_cpu = time.monotonic() + _CPU_LOOK_S
        self._newest = newest
        self._left = SHOWN_WHOLE_BYTES if newest else SHOWN_BYTES
        self.live = True  # whether what is in the memory comes next; else copies are shown
        self.timed_out = False
        self.cpu_used: float | None = None  # where that was too much
        self.restart()

    @property
    def done(self) -> int:
        """How many shots are finished, as the process says, which may be wrong; none of those that are sampled."""
        return self._memory.word(Word.SHOT)

    def restart(self) -> None:
        """The memory was emptied."""
        self._seen = 0
        self._lines = 0

    @property
    def over(self) -> bool:
        """Whether it has used up what it may."""
        return self.timed_out or self.cpu_used is not None

    def tick(self) -> None:
        """Look once."""
        if self._deadline is not None and not self.timed_out and time.monotonic() > self._deadline:
            self.timed_out = True
            self._stop()
        if self._cpu_s and self.cpu_used is None and time.monotonic() > self._look_at_cpu:
            self._check_cpu()
        if not self._stopped and self._stopping():
            self._stopped = True
            self._stop()
        lines = self._memory.word(Word.LINES)
        if self.live and lines != self._lines:
            self._lines = lines
            self._show_new()

    def show_sampled(self, shots: int) -> None:
        """Show the messages of the one shot that is there as often as there are shots."""
        data = self._memory.records(0, self._memory.committed())
        lines = [(text, length) for kind, text, length in _RECORD.iter_unpack(data) if kind in TEXT_KINDS]
        for text, length in itertools.chain.from_iterable(itertools.repeat(lines, shots if lines else 0)):
            if self._left > 0:
                self._show_line(self._memory.text_at(text, length))
            if self._left <= 0:
                if self._newest:  # where the rest is the same again
                    self._show(_MORE)
                return

    def show_copies(self, pieces: Iterable[Piece]) -> None:
        """Show what copies of the memory have to show."""
        for piece in pieces:
            records = piece.finished + piece.unfinished
            for start in range(self._first(0, len(records)), len(records), _LOOKED_AT):
                if self._left > 0 or self._newest:
                    self._show_some(records[start : start + _LOOKED_AT], piece.text_at)

    def _check_cpu(self) -> None:
        self._look_at_cpu = time.monotonic() + _CPU_LOOK_S
        used = self._cpu()
        if used > self._cpu_s:
            self.cpu_used = used
            self._stop()

    def _show_new(self) -> None:
        end = self._memory.position()
        self._seen = self._first(self._seen, end)
        while (self._left > 0 or self._newest) and self._seen < end:
            data = self._memory.records(self._seen, min(self._seen + _LOOKED_AT, end))
            if not self._show_some(data, self._memory.text_at):
                return

    def _show_some(self, data: bytes, text_at: Callable[[int, int], str]) -> bool:
        kinds = data[::RECORD_SIZE]  # their lowest bytes
        if not any(kind in kinds for kind in TEXT_KINDS):
            self._seen += len(data)
            return True
        for kind, text, length in _RECORD.iter_unpack(data):
            if kind == RecordKind.DUMP and length == PENDING:
                return False  # its text comes when the shot is over; what follows must wait for it
            self._seen += RECORD_SIZE
            if kind in TEXT_KINDS and not self._show_line(text_at(text, length)):
                return False
        return True

    def _first(self, seen: int, end: int) -> int:
        # From where on text is shown: when there was much, what is not among the newest is passed over.
        first = end - _NEWEST
        if self._left > 0 or not self._newest or seen >= first:
            return seen
        self._show(_LEFT_OUT)
        return first

    def _show_line(self, text: str) -> bool:
        self._show(f"{text if self._newest else text[: self._left]}\n")
        self._left -= len(text) + 1
        if self._left <= 0 and not self._newest:
            self._show(_MORE)
        return self._left > 0 or self._newest
