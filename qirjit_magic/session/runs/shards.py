"""`Shards`: the shots of a run that several processes share: who takes which of them, and which have finished."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from qirjit_magic.protocol.messages import Outcome
from qirjit_magic.protocol.shared_memory import RECORDS_CAPACITY, TEXT_CAPACITY

if TYPE_CHECKING:
    from qirjit_magic.errors import WorkerCrashedError
    from qirjit_magic.results.records import RecordBatch

SHARD_S = 0.2
FULL_RECORDS, FULL_TEXT = RECORDS_CAPACITY // 2, TEXT_CAPACITY // 2
_MIN_S = 0.01
_GROWTH = 8  # a shard is at most so many times as large as the one before: shots differ
_SHORT_S = 1e-3  # what takes less is not to be measured
_DOWN_TO = 2  # of what is left, a process takes no more than its share by this


class KeptSize(msgspec.Struct, frozen=True):
    """Bytes that are kept of a run."""

    records: int = 0
    text: int = 0

    def with_batch(self, batch: RecordBatch) -> KeptSize:
        """With those of one more."""
        return KeptSize(self.records + batch.size - len(batch.text), self.text + len(batch.text))

    def has_grown_since(self, before: KeptSize) -> bool:
        """Return whether they have become so many more as one process empties its memory of, and is looked at for."""
        return self.records - before.records >= FULL_RECORDS or self.text - before.text >= FULL_TEXT


@dataclass(eq=False)
class Shard:
    """Shots that one process runs, one after the other.

    Attributes:
        first: the first of them.
        end: the shot after the last.
        by: who runs it.
        since: when it was taken.
        at: the shot after the last that is kept.
        batches: copies of what is kept, until everything before it is there.
        size: bytes of these that are counted as kept.
        last: the one with the shot in which the run ended, where it did so here.
        dropped: how many records found no room.
        lines: how many messages and state dumps there are, as the process says.
        outcome: how the run ended, where it did so here: ``failed`` or ``killed``.
        crash: how the process died, where it did.
    """

    first: int
    end: int
    by: Hashable = None
    since: float = 0.0
    at: int = field(init=False)
    batches: list[RecordBatch] = field(default_factory=list)
    size: int = 0
    last: RecordBatch | None = None
    dropped: int = 0
    lines: int = 0
    outcome: Outcome | None = None
    crash: WorkerCrashedError | None = None

    def __post_init__(self) -> None:
        self.at = self.first


class Shards:
    """The shots that are left of a run, given out in their order; for several threads.

    Args:
        first: the first shot that is left.
        shots: how many there are in the whole run.
        rate: how many shots a process runs in a second, about; of each it is corrected by what its last shard took.
        processes: how many there are, about.
        kept: how many bytes are kept already.
        clock: gives seconds.

    Attributes:
        kept: bytes that are held of all shards, and before them, when they were last looked at.
        done: how many shots have finished, those before the first shard included.
    """

    def __init__(
        self,
        first: int,
        shots: int,
        *,
        rate: float,
        processes: int,
        kept: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._next = self._in_order = first
        self._limit = shots  # the run ends before this shot
        self._rate, self._rates = rate, dict[Hashable, float]()
        self._clock = clock
        self._processes = processes
        self.kept = 0
        self._in_columns, self._waiting = kept, 0
        self._kept = self._looked_at = KeptSize()
        self.done = first
        self._again: list[Shard] = []
        self._running: set[Shard] = set()
        self._finished: dict[int, Shard] = {}
        self._changed = threading.Condition()

    def take_next(self, *, again: bool, by: Hashable = None) -> Shard | None:
        """The next shard that nobody has, where there is one.

        Args:
            again: whether it may be what another process gave back.
            by: who takes it.
        """
        with self._changed:
            waiting = [shard for shard in self._again if again and shard.first < self._limit]
            if waiting:
                shard = min(waiting, key=lambda shard: shard.first)
                self._again.remove(shard)
            elif self._next < self._limit:
                shard = Shard(self._next, self._next + self._size(by))
                self._next = shard.end
            else:
                return None
            shard.by, shard.since = by, self._clock()
            self._running.add(shard)
            return shard

    def _size(self, by: Hashable) -> int:
        left, rate = self._limit - self._next, self._rates.get(by, self._rate)
        least, limit = max(1, int(rate * _MIN_S)), max(1, int(rate * SHARD_S))
        return min(left, max(least, min(limit, left // (_DOWN_TO * self._processes))))

    def _note_rate(self, shard: Shard) -> None:
        done, seconds = shard.at - shard.first, max(self._clock() - shard.since, _SHORT_S)
        if done > 0:
            self._rates[shard.by] = min(done / seconds, _GROWTH * done / SHARD_S)

    def keep_batch(self, shard: Shard, batch: RecordBatch, at: int) -> None:
        """Keep what was recorded of a shard up to a shot."""
        with self._changed:
            shard.batches.append(batch)
            shard.size += batch.size
            before, shard.at = shard.at, max(shard.at, min(at, shard.end))
            self.done += shard.at - before
            self._count([batch])

    def _count(self, batches: Sequence[RecordBatch]) -> None:
        for batch in batches:
            self._kept = self._kept.with_batch(batch)
            self._waiting += batch.size
        if self._kept.has_grown_since(self._looked_at):
            self._looked_at = self._kept
            self.kept = self._in_columns + self._waiting

    def note_kept(self, shard: Shard, in_columns: int) -> None:
        """Note that what was waiting of a shard is in columns, which hold so many bytes now."""
        with self._changed:
            self._waiting -= shard.size
            shard.size = 0
            self._in_columns = in_columns

    def give_back(self, shard: Shard) -> None:
        """Give back the rest of a shard, from a shot on, for another to run; the shots before it are done."""
        with self._changed:
            self._note_rate(shard)
            if shard.at < shard.end:
                self._again.append(Shard(shard.at, shard.end))
                shard.end = shard.at
            self._put(shard)

    def end_run_in(self, shard: Shard, at: int) -> None:
        """The run ends in this shard, in a shot: later ones are of no use."""
        with self._changed:
            shard.at = max(shard.at, min(at, shard.end))
            self._limit = min(self._limit, shard.first)
            self._put(shard)

    def _put(self, shard: Shard) -> None:
        self._running.discard(shard)
        if shard.batches:
            self._finished[shard.first] = shard
        self._changed.notify_all()

    def is_settled(self, *, stopped: bool) -> bool:
        """Return whether nothing is run any more that is of use, and nothing is left to run unless it is stopped."""
        with self._changed:
            if any(shard.first < self._limit for shard in self._running):
                return False
            return stopped or not (self._next < self._limit or any(shard.first < self._limit for shard in self._again))

    def wait(self, seconds: float) -> None:
        """Wait until a shard has finished, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def take_finished(self) -> list[Shard]:
        """The shards that have finished, and all before them: those that were not taken yet, in order."""
        with self._changed:
            taken = []
            while shard := self._finished.pop(self._in_order, None):
                taken.append(shard)
                ends_here = shard.outcome is not None or shard.crash is not None
                self._in_order = -1 if ends_here else shard.end
            return taken
