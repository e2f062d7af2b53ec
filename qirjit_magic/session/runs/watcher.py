"""`RunWatcher`: what happens again and again while a run goes on: messages are shown, its time is kept."""

from __future__ import annotations

import itertools
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.protocol.shared_memory import PENDING, RECORD_SIZE, TEXT_KINDS, RecordKind, RecordMemory, Word
from qirjit_magic.session.client.process import SHOWN_BYTES, SHOWN_WHOLE_BYTES, ShowText, show_nothing

if TYPE_CHECKING:
    from qirjit_magic.results.records import RecordBatch

_EVERY_S = 0.1
_LATELY_S = 5.0


class Observer(msgspec.Struct, frozen=True):
    """The functions that follow a run while it goes on, each called in the thread that runs; all may be left out.

    Attributes:
        show: takes messages and state dumps as they come.
        show_printed: takes what native code prints to its descriptors 1 and 2; ``show`` does where None.
        stopping: asked often; once it says True, the run ends at the next shot.
        on_tick: called often.
        progress: told how far the run is: at most ten times a second, and once when it has ended, however it did;
            not where it is refused.
        newest: whether it goes on to be shown text when there is much of it: then the newest, with a line that says so
            where something was left out. Otherwise the first 64 KiB of messages are shown, and of what is printed.

    Example:
        >>> observer = qir.Observer(show=print, stopping=lambda: False)
        >>> len(session.run("bell", shots=10, show=observer).shots)
        10
    """

    show: ShowText = show_nothing
    show_printed: ShowText | None = None
    stopping: Callable[[], bool] = lambda: False
    on_tick: Callable[[], None] = lambda: None
    progress: Callable[[Progress], None] = lambda _: None
    newest: bool = False


def as_observer(show: ShowText | Observer) -> Observer:
    """Somebody who follows a run, also where only a function is given."""
    return show if isinstance(show, Observer) else Observer(show)


class ProgressReporter:
    """Tells how far a run is: at most ten times a second, with a rate of the last five seconds, and once at its end.

    Args:
        shots: how many were asked for.
        notify: takes it.
        clock: gives seconds.

    Attributes:
        has_reported: whether anything was told.
    """

    def __init__(
        self, shots: int, notify: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shots = shots
        self._notify = notify
        self._clock = clock
        self._begun = self._reported_at = clock()
        self._done = 0
        self.has_reported = self._broken = False
        self._seen: deque[tuple[float, int]] = deque([(self._begun, 0)])  # when, and how many were finished

    def update(self, done: int) -> None:
        """So many shots are finished, as far as anybody knows; what is less than before, or too much, is not believed.

        Args:
            done: of all processes that run them together.
        """
        now = self._clock()
        if now - self._reported_at < _EVERY_S:
            return
        self._reported_at = now
        self._note(done)
        self._seen.append((now, self._done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _LATELY_S:  # noqa: PLR2004 - a first one and this one
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (self._done - before) / (now - since)
        left = (self._shots - self._done) / rate if rate else None
        self._report(Progress(self._done, self._shots, now - self._begun, rate, left))

    def end(self, done: int) -> None:
        """The run has ended with so many shots, also where others had finished that are not kept."""
        if self._broken:
            return
        self._done = min(done, self._shots)
        seconds = self._clock() - self._begun
        rate = self._done / seconds if seconds else 0.0
        left = 0.0 if self._done == self._shots else None
        self._report(Progress(self._done, self._shots, seconds, rate, left, ended=True))

    def _report(self, progress: Progress) -> None:
        # Whoever could not take one is not told another.
        self.has_reported = self._broken = True
        self._notify(progress)
        self._broken = False

    def _note(self, done: int) -> None:
        self._done = max(self._done, min(done, self._shots))


_RECORD = struct.Struct("<IIq")
_TEXT_KIND = lazy_pattern(b"[%s]" % bytes(TEXT_KINDS))
_CPU_POLL_S = 0.1  # where the system has no clock for that, it takes a moment to know
_LOOKED_AT = RECORD_SIZE << 16  # bytes of records at once
_NEWEST = RECORD_SIZE << 11  # bytes of records of which the text is shown, when there is too much of it
TextAt = Callable[[int, int, int], str]

_MORE = "… more messages are in the result\n"
_LEFT_OUT = "… some messages are left out here: the result has them\n"


class RunWatcher:
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
        show: ShowText,
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
        self._look_at_cpu = time.monotonic() + _CPU_POLL_S
        self._newest = newest
        self._left = SHOWN_WHOLE_BYTES if newest else SHOWN_BYTES
        self.live = True  # whether what is in the memory comes next; else copies are shown
        self.timed_out = False
        self.cpu_used: float | None = None  # where that was too much
        self.restart()

    @property
    def done(self) -> int:
        """The number of finished shots, as the process says, which may be wrong; none of those that are sampled."""
        return self._memory.shot()

    def restart(self) -> None:
        """The memory was emptied."""
        self._seen = 0
        self._lines = 0

    @property
    def is_over(self) -> bool:
        """Return whether it has used up what it may."""
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
        data = self._memory.records(0, self._memory.committed_bytes())
        lines = [(text, length) for _, _, text, length in _text_records(data)]
        for text, length in itertools.chain.from_iterable(itertools.repeat(lines, shots if lines else 0)):
            self._show_line(text, length, self._memory.text_at)
            if self._left <= 0:
                if self._newest:  # where the rest is the same again
                    self._show(_MORE)
                return

    def show_copies(self, batches: Iterable[RecordBatch]) -> None:
        """Show what copies of the memory have to show."""
        for batch in batches:
            self._show_between(0, len(batch.finished) + len(batch.unfinished), batch.records, batch.text_at)

    def _check_cpu(self) -> None:
        self._look_at_cpu = time.monotonic() + _CPU_POLL_S
        used = self._cpu()
        if used > self._cpu_s:
            self.cpu_used = used
            self._stop()

    def _show_new(self) -> None:
        self._seen = self._show_between(self._seen, self._memory.position(), self._memory.records, self._memory.text_at)

    def _show_between(self, start: int, end: int, read: Callable[[int, int], bytes], text_at: TextAt) -> int:
        # How far that came: what says nothing is passed over quickly, and of what says something there is a bound, so
        # that the next tick comes soon whatever the engine writes.
        while start < end and self._left > 0:
            data = read(start, min(start + _LOOKED_AT, end))
            for place, kind, text, length in _text_records(data):
                if kind == RecordKind.DUMP and length == PENDING:
                    return start + place  # its text comes when the shot is over; what follows must wait for it
                self._show_line(text, length, text_at)
                if self._left <= 0:
                    start += place + RECORD_SIZE
                    break
            else:
                start += len(data)
        return self._show_newest(start, end, read, text_at) if self._newest and start < end else start

    def _show_newest(self, start: int, end: int, read: Callable[[int, int], bytes], text_at: TextAt) -> int:
        # Of what came since the last time, no more than one can see: the rest is passed over.
        first = max(start, end - _NEWEST)
        there: list[tuple[int, int]] = []
        for place, kind, text, length in _text_records(read(first, end)):
            if kind == RecordKind.DUMP and length == PENDING:
                end = first + place
                break
            there.append((text, length))
        sizes = itertools.accumulate(_size(length, SHOWN_WHOLE_BYTES) for _, length in reversed(there))
        fitting = sum(1 for size in sizes if size <= SHOWN_WHOLE_BYTES + 1)
        if fitting < len(there) or first > start:
            self._show(_LEFT_OUT)
        for text, length in there[len(there) - fitting :]:
            self._show_line(text, length, text_at)
        return end

    def _show_line(self, text: int, length: int, text_at: TextAt) -> None:
        limit = SHOWN_WHOLE_BYTES if self._newest else self._left
        said = text_at(text, length, limit)
        self._show(f"{said}\n")
        self._left -= _size(length if said else 0, limit)
        if self._left <= 0 and not self._newest:
            self._show(_MORE)


def _size(length: int, limit: int) -> int:
    # Of a line of which no more than so many bytes are shown.
    return min(max(0, length), limit) + 1


def _text_records(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    # The records that are messages or state dumps: where each is, its kind, and where its text is.
    for found in _TEXT_KIND.finditer(data[::RECORD_SIZE]):  # their lowest bytes
        place = RECORD_SIZE * found.start()
        kind, text, length = _RECORD.unpack_from(data, place)
        if kind in TEXT_KINDS:
            yield place, kind, text, length
