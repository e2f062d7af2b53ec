"""`ShardedRun`: one run over several engine processes, each of which takes a shard after the other of its shots.

The first process begins alone. Where what is left is worth it, workers are made ready meanwhile; then the first ends
its piece, and all of them take shards, a fraction of a second each, in the order of the shots: whenever it is stopped,
nearly all that has finished is in one stretch. A worker decides nothing: where it fails or dies, the first process runs
the same shots again, and what that one says counts.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from msgspec import structs

from qirjit_magic.errors import EngineStartError, QirError, WorkerCrashedError
from qirjit_magic.limits import Limits
from qirjit_magic.protocol.messages import Compiled, Outcome, RunReply, RunRequest
from qirjit_magic.protocol.shared_memory import Word
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.process import show_nothing
from qirjit_magic.session.runs.shards import Shard, Shards
from qirjit_magic.session.runs.watcher import RunWatcher
from qirjit_magic.session.runs.worker_pool import Worker, WorkerPool

if TYPE_CHECKING:
    from qirjit_magic.results.record_columns import RecordColumns
    from qirjit_magic.results.records import RecordBatch

CHECK_INTERVAL_S = 0.2  # a run that takes no longer is not looked at
MIN_REMAINING_S = 1.0  # so much must be left to do
_TICK_S = 0.05
_LATELY_S = 0.3  # so long ago is what tells how fast shots are run
_RUNS = itertools.count(1)


class ShardedRun:
    """The processes of one run.

    Args:
        first: the process that begins it, alone.
        workers: those beside it.
        request: the run, live, on the simulator that all of them are to have.
        modules: what a worker has to have for it.
        limit: how many processes there may be, the first included.
        limits: how much the run may use.

    Attributes:
        shards: those that were run, in order.
        workers: the processes that have run some of it.
        lost: why a worker was of no use, where one was.
        alone: why the first process runs everything, where that is for a reason.
        exceeded: the limit that it has passed, with what, and what was allowed.
    """

    def __init__(
        self,
        first: EngineClient,
        workers: WorkerPool,
        request: RunRequest,
        *,
        modules: tuple[Compiled, ...],
        limit: int,
        limits: Limits,
    ) -> None:
        self._engine, self._workers, self._request = first, workers, structs.replace(request, run=next(_RUNS))
        self._modules, self._most, self._limits = modules, limit, limits
        self._seen: deque[tuple[float, int]] = deque()  # lately, when which shot went on
        self._ready: list[EngineClient] = []
        self._working: set[EngineClient] = set()
        self._helped = self._asked = self._over = False
        self._open = threading.Event()
        self._left: Shards | None = None
        self._columns: RecordColumns | None = None
        self._cpu: dict[EngineClient, float] = {}
        self.shards: list[Shard] = []
        self.workers = {first}
        self.lost = self.alone = ""
        self.exceeded: tuple[str, float, float] | None = None

    def stop(self) -> None:
        """End the run; from any thread."""
        self._over = True
        self._engine.stop()
        self._stop_workers()

    def _stop_workers(self) -> None:
        for engine in tuple(self._working):
            engine.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The run has ended: workers that still work for it are to stop, and come to rest.
        self._over = True
        if self._helped:
            self._stop_workers()
            self._workers.release()

    def give_back(self, outcome: Outcome) -> None:
        """The run has ended so: the first process gives back what it has kept for shards that do not come."""
        self._over = True
        if self._open.is_set() or outcome == "stopped":
            self._end_run(self._engine)

    def _end_run(self, engine: EngineClient) -> None:
        if engine.restarter.has_process and engine.interrupts.count < 2:  # noqa: PLR2004 - the second interrupt kills it
            engine.memory.clear()
            with contextlib.suppress(QirError):  # whatever is asked for next begins anew in any case
                engine.run(structs.replace(self._request, run=0, ends=0))

    @property
    def run_number(self) -> int:
        """The run's, for its requests."""
        return self._request.run

    @property
    def done(self) -> int | None:
        """The number of shots that have finished, where the run goes on in shards."""
        return self._left.done if self._left else None

    def cpu_seconds(self) -> float:
        """The processor time that all processes have used for the run, in seconds."""
        return self._engine.restarter.cpu_seconds() + sum(self._cpu.values())

    def _is_over(self) -> bool:
        return self._over or self._engine.interrupts.count > 0

    # -- while the first process runs alone ------------------------------------------------------------------------

    def check(self, watch: RunWatcher) -> None:
        """Have workers made ready where that pays; end the first piece where they are; show what is done in shards."""
        if self._open.is_set():
            self._show(watch)
        if self._open.is_set() or self._asked or self._is_over():
            return
        self._note_shot()
        if self._ready and self._is_worthwhile(CHECK_INTERVAL_S):
            self._asked = True
            self._engine.memory.stop()
        elif not self._helped and self._is_worthwhile(MIN_REMAINING_S):
            self._helped = self._start_workers()

    def _note_shot(self) -> None:
        now, shot = time.monotonic(), self._engine.memory.shot()
        begun = self._seen or shot or self._engine.memory.word(Word.RUNNING)
        if begun and not (self._seen and shot < self._seen[-1][1]):  # the memory has just been emptied
            self._seen.append((now, shot))
        while len(self._seen) > 2 and now - self._seen[1][0] >= max(_LATELY_S, CHECK_INTERVAL_S):  # noqa: PLR2004 - two tell a rate
            self._seen.popleft()

    def _rate(self) -> float:
        # Shots of the first process in a second; while one goes on, it counts as one.
        if len(self._seen) < 2:  # noqa: PLR2004 - see above
            return 0.0
        (since, before), (now, shot) = self._seen[0], self._seen[-1]
        return max(1, shot - before) / max(now - since, 1e-9)

    def _is_worthwhile(self, min_remaining_s: float) -> bool:
        if not self._seen or self._seen[-1][0] - self._seen[0][0] <= CHECK_INTERVAL_S:
            return False
        return self._request.shots - self._seen[-1][1] - 1 > self._rate() * min_remaining_s

    def _start_workers(self) -> bool:
        # Whether that is done: workers that still end the run before this one are asked again.
        try:
            lent = self._workers.acquire(self._most)
        except EngineStartError as error:
            self.lost = _cause(error)
            return True
        if not lent:
            self._workers.release()
        for worker in lent[: self._request.shots]:
            worker.work(self._work)
        return bool(lent)

    def has_ended(self, reply: RunReply) -> bool:
        """Return whether a piece has ended because of this, and not because somebody wants the run to end."""
        return reply.outcome == "stopped" and self._asked and not self._is_over()

    def goes_on_in_shards(self, reply: RunReply) -> bool:
        """Return whether the rest is to be run in shards, now that the first process has ended a piece that goes on."""
        if reply.simulator != self._request.simulator.name:
            self.alone = single_stream_reason(reply.simulator)
        return bool(self._ready) and not self.alone

    # -- in shards -------------------------------------------------------------------------------------------------

    def run(self, first: int, watch: RunWatcher, tick: Callable[[], None], *, columns: RecordColumns) -> Outcome:
        """Run what is left from a shot on, and say how that ended; what finishes comes into columns.

        Messages are shown in the order of the shots: those of a shard once everything before it has finished.
        """
        shots, processes = self._request.shots, len(self._ready) + 1
        self._columns = columns
        self._left = left = Shards(first, shots, rate=self._rate(), processes=processes, kept=columns.size)
        watch.live = False
        self._open.set()
        while True:
            tick()
            stopped = self._is_over()
            shard = None if stopped else left.take_next(again=True, by=self._engine)
            if shard is not None:
                self._run_here(left, shard)
            elif left.is_settled(stopped=stopped):
                break
            else:
                left.wait(_TICK_S)
        self._show(watch)
        last = self.shards[-1] if self.shards else Shard(first, first)
        if last.outcome == "failed" or last.crash:
            self.lost = ""  # it was the program, and not a worker
        return last.outcome or ("done" if last.end == self._request.shots and not last.crash else "stopped")

    def _show(self, watch: RunWatcher) -> None:
        # What has finished since the last time, with everything before it.
        if not self._left or self._columns is None:
            return
        for shard in self._left.take_finished():
            self.shards.append(shard)
            watch.show_copies(shard.batches if shard.lines else ())
            for batch in shard.batches:
                self._columns.add(len(batch.finished), batch.records, batch.text)
            shard.last = shard.batches[-1] if shard.outcome or shard.crash else None
            shard.batches.clear()
            self._left.note_kept(shard, self._columns.size)

    def _run_here(self, left: Shards, shard: Shard) -> None:
        try:
            shard.outcome = self._run_shard(self._engine, left, shard)
        except WorkerCrashedError as crash:
            shard.crash = crash
        if shard.outcome is None and shard.crash is None:
            left.give_back(shard)
        else:
            self._conclude(self._engine, left, shard)

    def _copied(self, engine: EngineClient) -> RecordBatch:
        from qirjit_magic.results.records import RecordBatch  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

        return RecordBatch.copied(engine.memory, self._request.max_records)

    def _conclude(self, engine: EngineClient, left: Shards, shard: Shard) -> None:
        _count(shard, engine)
        shard.batches.append(self._copied(engine))
        left.end_run_in(shard, engine.memory.shot())

    def _run_shard(self, engine: EngineClient, left: Shards, shard: Shard) -> Outcome | None:
        # How the run ends in it; None where it does not.
        wanted = structs.replace(self._request, begins=shard.first, ends=shard.end)
        while True:
            engine.memory.clear()
            if self._is_over():
                return None
            reply = engine.run(structs.replace(wanted, first=shard.at))
            if reply.outcome in {"failed", "killed"}:
                return reply.outcome
            _count(shard, engine)
            left.keep_batch(shard, self._copied(engine), shard.end if reply.outcome == "done" else reply.next)
            held = left.kept
            if held and held > (limit := self._limits.kept_bytes_beside(held)):
                self.exceeded = "kept_bytes", held, limit
                self.stop()
            if reply.outcome != "full":
                return None

    # -- in a worker's thread --------------------------------------------------------------------------------------

    def _work(self, worker: Worker) -> None:
        engine = worker.engine
        try:
            with engine.restarter.watching(
                show_nothing, lambda: self._tick(engine), timed=self._limits.cpu_seconds > 0
            ):
                self._make_ready(engine)
                left = self._wait_for_shards()
                self._working.add(engine)
                while left and not self._is_over() and (shard := left.take_next(again=False, by=engine)):
                    if not self._run_shard_of_worker(engine, left, shard):
                        break
                self._end_run(engine)
        except BaseException as error:  # noqa: BLE001 - nobody waits for the thread: the plan is where it can be said
            self.lost = self.lost or _cause(error)
        finally:
            self._working.discard(engine)

    def _make_ready(self, engine: EngineClient) -> None:
        engine.sync(self._modules)
        engine.memory.clear()
        engine.run(structs.replace(self._request, ends=0))  # no shot, but everything is linked
        self._ready.append(engine)

    def _wait_for_shards(self) -> Shards | None:
        while not self._open.wait(_TICK_S):
            if self._is_over():
                return None
        return self._left

    def _run_shard_of_worker(self, engine: EngineClient, left: Shards, shard: Shard) -> bool:
        # Whether it is of use any longer.
        outcome: Outcome | None = None
        try:
            outcome = self._run_shard(engine, left, shard)
        finally:
            if shard.batches:
                self.workers.add(engine)
            if outcome == "killed":
                shard.outcome = outcome
                self._conclude(engine, left, shard)
            else:
                left.give_back(shard)
        if outcome == "failed":
            self.lost = "a shot failed there"
        return outcome is None

    def _tick(self, engine: EngineClient) -> None:
        if self._is_over():  # again and again: a stop just before a request is forgotten by it
            engine.stop()
        if self._limits.cpu_seconds and engine in self._ready:  # until then it counts what others have used
            self._cpu[engine] = engine.restarter.cpu_seconds()


def _cause(error: BaseException) -> str:
    if isinstance(error, WorkerCrashedError):
        return f"it died of {error.cause}"
    if isinstance(error, EngineStartError):
        return f"it did not start: {error.message}"
    return str(error) or f"it ended by {type(error).__name__}"


def _count(shard: Shard, engine: EngineClient) -> None:
    shard.dropped += engine.memory.word(Word.DROPPED)
    shard.lines += engine.memory.word(Word.LINES)


def single_stream_reason(simulator: str) -> str:
    """Why shots on a simulator cannot be shared, in words."""
    return f"the simulator '{simulator}' has one stream of random numbers for all shots"
