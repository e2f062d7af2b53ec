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
from qirjit_magic.session.diagnostics import left_out
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

    def note_timings(self, *more: Timings) -> None:
        """Add how long further steps took."""
        self.timings = added(self.timings, *more)


def added(*timings: Timings) -> Timings:
    """Steps that came one after the other."""
    sums: list[Any] = [sum(field) for field in zip(*map(structs.astuple, timings), strict=True)]
    sums[-1] = bool(sums[-1])
    return Timings(*sums)


def collect(
    engine: EngineClient,
    request: RunRequest,
    observer: Observer,
    *,
    words: int = 0,
    timeout_s: float | None,
    limits: Limits,
    stopping: Callable[[], bool],
    sharded_run: ShardedRun | None = None,
) -> Collected:
    """Run all shots, emptying the shared memory whenever it is half full.

    Args:
        engine: what runs them.
        request: which.
        words: how many words each shot returns, beside the one that END has.
        observer: who follows it.
        timeout_s: seconds after which the run is stopped.
        limits: what it may use.
        stopping: whether somebody else than the observer wants it to end.
        sharded_run: the processes that may help.
    """
    from qirjit_magic.results.record_columns import RecordColumns  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    collected = Collected(columns=(columns := RecordColumns(words)))
    request = structs.replace(request, run=sharded_run.number) if sharded_run else request
    reporter = ProgressReporter(request.shots, observer.progress)

    def stop_wanted() -> bool:
        return stopping() or observer.stopping()

    def tick() -> None:
        watch.tick()
        observer.on_tick()
        if sharded_run is not None:
            sharded_run.check(watch)
        there = len(columns) + engine.memory.committed() // RECORD_SIZE  # a finished shot has a record at least
        reporter.update(sharded_run.done if sharded_run and sharded_run.done is not None else min(watch.done, there))

    watch = _watch(engine, sharded_run, observer, timeout_s=timeout_s, limits=limits, stopping=stop_wanted)
    began = time.perf_counter()
    with _ending(reporter, collected):
        try:
            show = observer.show_printed or observer.show
            with engine.restarter.watching(
                show,
                tick,
                limits.output_bytes,
                all_shown=observer.newest,
                timed=limits.cpu_seconds > 0,
            ):
                following = _collect_batches(
                    engine,
                    request,
                    collected,
                    columns,
                    watch=watch,
                    limits=limits,
                    stopping=stop_wanted,
                    sharded_run=sharded_run,
                )
                if sharded_run and following is not None:
                    _collect_shards(sharded_run, collected, columns, following, watch=watch, tick=tick)
                if sharded_run:
                    sharded_run.give_back(collected.outcome)
        except WorkerCrashedError as crash:
            collected.crash = crash
            watch.tick()
            _keep_finished(engine.memory, columns)
            collected.last = _unfinished(engine.memory, request)
        engine.memory.discard()
        collected.note_done(request.shots)
    collected.timed_out = watch.timed_out
    if watch.cpu_used is not None:
        collected.exceeded = "cpu_seconds", watch.cpu_used, limits.cpu_seconds
    collected.seconds = time.perf_counter() - began
    collected.dropped = min(collected.dropped, int(collected.seconds * collected.processes * _MAX_A_SECOND))
    return collected


@contextlib.contextmanager
def _ending(reporter: ProgressReporter, collected: Collected) -> Iterator[None]:
    try:
        yield
    except QirError:  # it was refused, which is no end of a run; unless somebody has been told that there is one
        if reporter.has_reported:
            reporter.end(collected.done)
        raise
    except BaseException:
        reporter.end(collected.done)
        raise
    reporter.end(collected.done)


def _watch(
    engine: EngineClient,
    sharded_run: ShardedRun | None,
    observer: Observer,
    *,
    timeout_s: float | None,
    limits: Limits,
    stopping: Callable[[], bool],
) -> RunWatcher:
    running = sharded_run or engine.restarter
    return RunWatcher(
        engine.memory,
        observer.show,
        stop=running.stop,
        timeout_s=timeout_s,
        cpu=running.cpu_seconds,
        cpu_s=limits.cpu_seconds,
        stopping=stopping,
        newest=observer.newest,
    )


def _collect_batches(
    engine: EngineClient,
    request: RunRequest,
    collected: Collected,
    columns: RecordColumns,
    *,
    watch: RunWatcher,
    limits: Limits,
    stopping: Callable[[], bool],
    sharded_run: ShardedRun | None,
) -> int | None:
    # Where the rest is to be shared, the shot from which on.
    memory, following = engine.memory, request
    while True:
        memory.clear()
        watch.restart()
        if stopping() or watch.over or engine.interrupts.count:
            return None
        reply = engine.run(following)
        watch.tick()
        collected.dropped += memory.word(Word.DROPPED)
        sampled = reply.sampled >= 0
        if sampled:
            watch.show_sampled(reply.next - following.first)
        copied_from = time.perf_counter()
        _keep_finished(memory, columns)
        if sampled:
            collected.sampled = _sampled(memory, following, reply)
        elif reply.outcome in {"failed", "killed"}:
            collected.last = _unfinished(memory, request)
        collected.note_timings(reply.timings, Timings(decode=time.perf_counter() - copied_from))
        collected.simulator, collected.why = reply.simulator, collected.why or reply.why
        collected.outcome, collected.done = reply.outcome, reply.next
        collected.linked += reply.linked
        collected.raised = reply.raised
        if reply.outcome != "full" and not (sharded_run and sharded_run.has_ended(reply)):
            return None
        if reply.outcome == "full" and (held := columns.size) > (limit := limits.kept_beside(held)):
            collected.exceeded = "kept_bytes", held, limit
            return None
        if sharded_run and sharded_run.takes_over(reply):
            return reply.next
        following = structs.replace(request, first=reply.next)


def _keep_finished(memory: RecordMemory, columns: RecordColumns) -> None:
    columns.add(memory.committed(), memory.records, memory.text())  # a part of the memory at a time


def _unfinished(memory: RecordMemory, request: RunRequest) -> RecordBatch:
    from qirjit_magic.results.records import RecordBatch  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    return RecordBatch.copied(memory, request.max_records, unfinished_only=True)


def _sampled(memory: RecordMemory, request: RunRequest, reply: RunReply) -> Sampled:
    from qirjit_magic.results.records import Sampled  # noqa: PLC0415 - likewise

    shots = reply.next - request.first
    return Sampled(shots, reply.sampled, memory.sampled(shots, reply.sampled))


def _collect_shards(
    sharded_run: ShardedRun,
    collected: Collected,
    columns: RecordColumns,
    first: int,
    *,
    watch: RunWatcher,
    tick: Callable[[], None],
) -> None:
    began = time.perf_counter()
    collected.outcome = sharded_run.run(first, watch, tick, columns=columns)
    collected.note_timings(Timings(simulate=time.perf_counter() - began))  # of all processes together
    collected.done = sharded_run.shards[-1].at if sharded_run.shards else first
    for shard in sharded_run.shards:
        collected.dropped += shard.dropped
        collected.crash = shard.crash
        collected.last = shard.last
    collected.exceeded = sharded_run.exceeded
    collected.processes = len(sharded_run.workers)


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
        notices = (*notices, *left_out(collected.dropped, printed.left_out, limits))
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
