"""One run: its pieces are collected from the shared memory, and become a `RunResult`, or an error that holds one."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import structs

from qirjit_magic.errors import (
    ExecutionError,
    IntrinsicError,
    ProgramFailedError,
    QirError,
    RunTimeoutError,
    WorkerCrashedError,
)
from qirjit_magic.limits import LimitError, Limits
from qirjit_magic.options import Jobs
from qirjit_magic.protocol.messages import Outcome, Raised, RunReply, RunRequest
from qirjit_magic.protocol.module_info import Diagnostic, EntryPoint
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordMemory, Word
from qirjit_magic.protocol.timings import UNTIMED, Timings
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.process import Printed
from qirjit_magic.session.diagnostics import output_left_out
from qirjit_magic.session.runs.sharded_run import CHECK_INTERVAL_S, MIN_REMAINING_S, ShardedRun
from qirjit_magic.session.runs.watcher import Observer, ProgressReporter, RunWatcher

if TYPE_CHECKING:
    from qirjit_magic.results.record_columns import RecordColumns
    from qirjit_magic.results.records import Failure, Record, RecordBatch, RecordTable, Sampled
    from qirjit_magic.results.sampled import SampledTable
    from qirjit_magic.session.run_result import RunResult

_MAX_A_SECOND = 10**9  # records that a process can try to write


@dataclass
class Collected:
    """The records and texts that a run left.

    Attributes:
        columns: the records of finished shots; None where nothing was run.
        sampled: the results of all shots, where they were sampled: the records are those of one.
        last: the shot that did not finish, where there is one.
        outcome: how the last piece ended; ``stopped`` where none was begun.
        linked: the modules that were linked for it.
        dropped: how many records found no room.
        crash: how the engine process died, where it did.
        raised: what a function in Python raised, where one did.
        timed_out: whether its time was over.
        exceeded: the limit that it has passed, with what, and what was allowed, where it was ended because of that.
        simulator: what has drawn the shots, where they were sampled.
        why: why they were run or sampled, where the engine says so.
        seconds: how long it took.
        processes: how many have run shots.
        done: how many shots are finished.
        timings: how long its steps took.
    """

    columns: RecordColumns | None = None
    sampled: Sampled | None = None
    last: RecordBatch | None = None
    outcome: Outcome = "stopped"
    linked: tuple[str, ...] = ()
    dropped: int = 0
    crash: WorkerCrashedError | None = None
    raised: Raised | None = None
    timed_out: bool = False
    exceeded: tuple[str, float, float] | None = None
    simulator: str = ""
    why: str = ""
    seconds: float = 0.0
    processes: int = 1
    done: int = 0
    timings: Timings = UNTIMED

    def note_done(self, shots: int) -> None:
        """As many shots are finished as are kept: nobody has to believe what the engine says of that."""
        there = len(self.columns) if self.columns is not None else 0
        self.done = min(self.sampled.shots if self.sampled and there else there, shots)

    def add_reason(self, more: str) -> None:
        """Add why something else was done so; nothing where it is empty."""
        self.why = "; ".join(filter(None, (self.why, more)))

    def note_timings(self, *more: Timings) -> None:
        """Add how long further steps took."""
        self.timings = added_timings(self.timings, *more)


def added_timings(*timings: Timings) -> Timings:
    """Steps that came one after the other."""
    sums: list[Any] = [sum(field) for field in zip(*map(structs.astuple, timings), strict=True)]
    sums[-1] = bool(sums[-1])
    return Timings(*sums)


class Collector:
    """Runs all shots of a request, and empties the shared memory whenever it is half full.

    Args:
        engine: what runs them.
        request: which.
        observer: who follows it.
        limits: what it may use.
        words: the words that each shot returns, beside the one that END has.
        timeout_s: the seconds after which the run is stopped; None for no limit.
        stopping: whether somebody else than the observer wants it to end.
        sharded_run: the processes that may help.
    """

    def __init__(
        self,
        engine: EngineClient,
        request: RunRequest,
        observer: Observer,
        limits: Limits,
        *,
        words: int,
        timeout_s: float | None,
        stopping: Callable[[], bool],
        sharded_run: ShardedRun | None,
    ) -> None:
        from qirjit_magic.results.record_columns import RecordColumns  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

        self._engine, self._limits, self._sharded_run, self._observer = engine, limits, sharded_run, observer
        self._request = structs.replace(request, run=sharded_run.run_number) if sharded_run else request
        self._columns = RecordColumns(words)
        self._collected = Collected(columns=self._columns)
        self._reporter = ProgressReporter(request.shots, observer.progress)
        # Nothing of this object, which would hold it and its records in a circle.
        self._stop_wanted: Callable[[], bool] = lambda: stopping() or observer.stopping()
        running = sharded_run or engine.restarter
        self._watch = RunWatcher(
            engine.memory,
            observer.show,
            stop=running.stop,
            timeout_s=timeout_s,
            cpu=running.cpu_seconds,
            cpu_s=limits.cpu_seconds,
            stopping=self._stop_wanted,
            newest=observer.newest,
        )

    def collect(self) -> Collected:
        """Return what the run has left, however it ended.

        Raises:
            QirError: it was refused.
        """
        collected, began = self._collected, time.perf_counter()
        with self._ending():
            try:
                self._collect_watched()
            except WorkerCrashedError as crash:
                collected.crash = crash
                self._watch.tick()
                self._keep_finished()
                collected.last = self._unfinished()
            self._engine.memory.discard()
            collected.note_done(self._request.shots)
        collected.timed_out = self._watch.timed_out
        if self._watch.cpu_used is not None:
            collected.exceeded = "cpu_seconds", self._watch.cpu_used, self._limits.cpu_seconds
        collected.seconds = time.perf_counter() - began
        collected.dropped = min(collected.dropped, int(collected.seconds * collected.processes * _MAX_A_SECOND))
        return collected

    @contextlib.contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except QirError:  # it was refused, which is no end of a run; unless somebody has been told that there is one
            if self._reporter.has_reported:
                self._reporter.end(self._collected.done)
            raise
        except BaseException:
            self._reporter.end(self._collected.done)
            raise
        self._reporter.end(self._collected.done)

    def _tick(self) -> None:
        self._watch.tick()
        self._observer.on_tick()
        done = None
        if self._sharded_run is not None:
            self._sharded_run.check(self._watch)
            done = self._sharded_run.done
        there = (
            len(self._columns) + self._engine.memory.committed_bytes() // RECORD_SIZE
        )  # a finished shot has one at least
        self._reporter.update(min(self._watch.done, there) if done is None else done)

    def _collect_watched(self) -> None:
        show = self._observer.show_printed or self._observer.show
        newest, timed = self._observer.newest, self._limits.cpu_seconds > 0
        with self._engine.restarter.watching(
            show, self._tick, self._limits.output_bytes, all_shown=newest, timed=timed
        ):
            following = self._collect_batches()
            if self._sharded_run:
                if following is not None:
                    self._collect_shards(self._sharded_run, following)
                self._sharded_run.give_back(self._collected.outcome)

    def _collect_batches(self) -> int | None:
        # Where the rest is to be shared, the shot from which on.
        following = self._request
        while True:
            self._engine.memory.clear()
            self._watch.restart()
            if self._stop_wanted() or self._watch.is_over or self._engine.interrupts.count:
                return None
            reply = self._engine.run(following)
            self._keep(following, reply)
            shared = self._sharded_run
            if reply.outcome == "full":
                if (held := self._columns.size) > (limit := self._limits.kept_bytes_beside(held)):
                    self._collected.exceeded = "kept_bytes", held, limit
                    return None
            elif not (shared and shared.has_ended(reply)):
                return None
            if shared and shared.goes_on_in_shards(reply):
                return reply.next
            following = structs.replace(self._request, first=reply.next)

    def _keep(self, request: RunRequest, reply: RunReply) -> None:
        # What a request has left in the memory.
        collected, memory = self._collected, self._engine.memory
        self._watch.tick()
        collected.dropped += memory.word(Word.DROPPED)
        if reply.sampled >= 0:
            self._watch.show_sampled(reply.next - request.first)
        copied_from = time.perf_counter()
        self._keep_finished()
        if reply.sampled >= 0:
            collected.sampled = _sampled(memory, request, reply)
        elif reply.outcome in {"failed", "killed"}:
            collected.last = self._unfinished()
        collected.note_timings(reply.timings, Timings(decode=time.perf_counter() - copied_from))
        collected.simulator, collected.why = reply.simulator, collected.why or reply.why
        collected.outcome, collected.done = reply.outcome, reply.next
        collected.linked += reply.linked
        collected.raised = reply.raised

    def _keep_finished(self) -> None:
        memory = self._engine.memory
        self._columns.add(memory.committed_bytes(), memory.records, memory.text())  # a part of the memory at a time

    def _unfinished(self) -> RecordBatch:
        from qirjit_magic.results.records import RecordBatch  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

        return RecordBatch.copied(self._engine.memory, self._request.max_records, unfinished_only=True)

    def _collect_shards(self, sharded_run: ShardedRun, first: int) -> None:
        collected, began = self._collected, time.perf_counter()
        collected.outcome = sharded_run.run(first, self._watch, self._tick, columns=self._columns)
        collected.note_timings(Timings(simulate=time.perf_counter() - began))  # of all processes together
        collected.done = sharded_run.shards[-1].at if sharded_run.shards else first
        for shard in sharded_run.shards:
            collected.dropped += shard.dropped
            collected.crash = shard.crash
            collected.last = shard.last
        collected.exceeded = sharded_run.exceeded
        collected.processes = len(sharded_run.workers)


def _sampled(memory: RecordMemory, request: RunRequest, reply: RunReply) -> Sampled:
    from qirjit_magic.results.records import Sampled  # noqa: PLC0415 - likewise

    shots = reply.next - request.first
    return Sampled(shots, reply.sampled, memory.sampled(shots, reply.sampled))


def process_count_reason(collected: Collected, jobs: Jobs, sharded_run: ShardedRun | str) -> str:
    """Return the reason for the number of processes of a run; empty where nobody would ask.

    Args:
        collected: what the run left behind.
        jobs: how many there could be, as somebody wanted.
        sharded_run: what could share it, or why nothing could.
    """
    alone, lost = (sharded_run, "") if isinstance(sharded_run, str) else (sharded_run.alone, sharded_run.lost)
    if jobs == 1 or (collected.processes > 1 and not lost):
        return ""
    if collected.sampled:
        return "" if jobs == "auto" else "one process draws all shots"
    if alone and (jobs != "auto" or collected.seconds > CHECK_INTERVAL_S + MIN_REMAINING_S):
        return f"in one process: {alone}"
    if lost:
        return f"a process that was to help was of no use: {lost}"
    return "" if jobs == "auto" else "in one process: more would be quicker only for what takes longer"


def finish(
    request: RunRequest,
    entry: EntryPoint,
    collected: Collected,
    *,
    notices: tuple[Diagnostic, ...],
    printed: Printed,
    limits: Limits,
    before: Timings,
    began: float,
) -> tuple[RunResult, ExecutionError | None]:
    """The result, and the error to raise with it.

    Args:
        request: what was asked for.
        entry: the entry point that was run.
        collected: what it left behind.
        notices: what there is to say about it.
        printed: what native code wrote to descriptors 1 and 2.
        limits: what it could use.
        before: how long it took to add its module, where that was not told yet.
        began: when the run did, by `time.perf_counter`.
    """
    decoded_from = time.perf_counter()
    if collected.dropped or printed.left_out:
        notices = (*notices, *output_left_out(collected.dropped, printed.left_out, limits))
    from qirjit_magic.session.run_result import Plan, RunResult  # noqa: PLC0415 - brings NumPy

    table, (last, failure) = _decoded(collected, request.shots)
    now = time.perf_counter()
    ended_badly = collected.crash is not None or collected.outcome in {"failed", "killed"}
    collected.note_timings(before, Timings(decode=now - decoded_from, total=now - began))
    result = RunResult(
        module=request.module,
        entry=entry,
        table=table,
        requested=request.shots,
        seed=request.seed,
        plan=Plan(
            simulator=collected.simulator or request.simulator.name,
            method="sampled" if collected.sampled else "live",
            why=collected.why,
            processes=collected.processes,
        ),
        unfinished=last if ended_badly else None,
        stdout=printed.stdout,
        stderr=printed.stderr,
        dropped=collected.dropped,
        unkept=printed.left_out,
        notices=notices,
        timings=collected.timings,
    )
    return result, _error(collected, failure, result, timeout_s=request.options.timeout)


def _decoded(
    collected: Collected, shots: int
) -> tuple[RecordTable | SampledTable, tuple[Sequence[Record], Failure | None]]:
    from qirjit_magic.results.record_columns import RecordColumns  # noqa: PLC0415 - brings NumPy
    from qirjit_magic.results.records import RecordTable, decode_unfinished  # noqa: PLC0415
    from qirjit_magic.results.sampled import sampled_table  # noqa: PLC0415

    columns = RecordColumns() if collected.columns is None else collected.columns
    table = RecordTable(*columns.arrays())
    if len(columns) > shots:
        table = table.first(shots)
    last = decode_unfinished(collected.last.unfinished, collected.last.text) if collected.last else ((), None)
    return (sampled_table(table, collected.sampled) if collected.sampled else table), last


def _error(
    collected: Collected, failure: Failure | None, result: RunResult, *, timeout_s: float | None
) -> ExecutionError | None:
    if collected.crash is not None:
        return dataclasses.replace(collected.crash, partial=result)
    if collected.raised is not None:
        return IntrinsicError(collected.raised.name, collected.raised.traceback, len(result.table), partial=result)
    if collected.outcome == "failed":
        message, exit_code = (failure.message, failure.exit_code) if failure else ("", 1)
        return ProgramFailedError(message, exit_code, len(result.table), partial=result)
    if collected.exceeded is not None and result.partial:
        return LimitError(*collected.exceeded, partial=result)
    if collected.timed_out and timeout_s is not None and result.partial:
        return RunTimeoutError(timeout_s, partial=result)
    return None
