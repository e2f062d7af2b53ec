"""One run: its pieces are collected from the shared memory, and become a `RunResult`, or an error that holds one."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qirjit_magic.errors import (
    ExecutionError,
    IntrinsicError,
    ProgramFailedError,
    RunTimeoutError,
    WorkerCrashedError,
)
from qirjit_magic.limits import LimitError, Limits
from qirjit_magic.session.notices import left_out
from qirjit_magic.session.streams import Observer, Printed
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.session.watching import RunWatch
from qirjit_magic.wire.memory import RECORD_SIZE, RecordMemory, Word
from qirjit_magic.wire.modules import Diagnostic, EntryPoint
from qirjit_magic.wire.protocol import Outcome, Raised, RunReply, RunRequest
from qirjit_magic.wire.returns import recorded_words

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.wire.records import Piece, Recording

_LAST_RECORDS = 32  # say how a shot ended that has as many records as it may


@dataclass
class Collected:
    """What a run left behind.

    Attributes:
        pieces: copies of the shared memory, in order.
        outcome: how the last piece ended; ``stopped`` where none was begun.
        linked: the modules that were linked for it.
        dropped: how many records found no room.
        crash: how the engine process died, where it did.
        raised: what a function in Python raised, where one did.
        timed_out: whether its time was over.
        passed: the limit that it has passed, and with what, where it was ended because of that.
        simulator: what has drawn the shots, where they were sampled.
        why: why they were run or sampled, where the engine says so.
        seconds: how long it took.
    """

    pieces: list[Piece] = field(default_factory=list)
    outcome: Outcome = "stopped"
    linked: tuple[str, ...] = ()
    dropped: int = 0
    crash: WorkerCrashedError | None = None
    raised: Raised | None = None
    timed_out: bool = False
    passed: tuple[str, float] | None = None
    simulator: str = ""
    why: str = ""
    seconds: float = 0.0


def collect(
    engine: EngineSupervisor,
    request: RunRequest,
    observer: Observer,
    *,
    timeout_s: float | None,
    limits: Limits,
    stopping: Callable[[], bool],
) -> Collected:
    """Run all shots, emptying the shared memory whenever it is half full.

    Args:
        engine: what runs them.
        request: which.
        observer: who follows it.
        timeout_s: seconds after which the run is stopped.
        limits: what it may use.
        stopping: whether somebody else than the observer wants it to end.
    """
    collected = Collected()

    def stop_wanted() -> bool:
        return stopping() or observer.stopping()

    def tick() -> None:
        watch.tick()
        observer.on_tick()

    watch = RunWatch(
        engine.memory,
        observer.show,
        stop=engine.stop,
        timeout_s=timeout_s,
        cpu=engine.cpu_seconds,
        cpu_s=limits.cpu_seconds,
        stopping=stop_wanted,
    )
    began = time.perf_counter()
    try:
        with engine.watching(observer.show_printed or observer.show, tick, limits.output_bytes):
            _collect_pieces(engine, request, collected, watch=watch, most=limits.kept_bytes, stopping=stop_wanted)
    except WorkerCrashedError as crash:
        collected.crash = crash
        collected.pieces.append(_copy(engine.memory, watch, request))
    collected.timed_out = watch.timed_out
    if watch.cpu_used is not None:
        collected.passed = "cpu_seconds", watch.cpu_used
    collected.seconds = time.perf_counter() - began
    return collected


def _collect_pieces(
    engine: EngineSupervisor,
    request: RunRequest,
    collected: Collected,
    *,
    watch: RunWatch,
    most: int,
    stopping: Callable[[], bool],
) -> None:
    memory, following = engine.memory, request
    while True:
        memory.clear()
        watch.restart()
        if stopping() or watch.over or engine.shield.count:
            return
        reply = engine.run(following)
        collected.dropped += memory.word(Word.DROPPED)
        collected.pieces.append(_copy(memory, watch, request, reply=reply, first=following.first))
        collected.simulator, collected.why = reply.simulator, collected.why or reply.why
        collected.outcome = reply.outcome
        collected.linked += reply.linked
        collected.raised = reply.raised
        if reply.outcome != "full":
            return
        kept = sum(piece.size for piece in collected.pieces)
        if kept > most:
            collected.passed = "kept_bytes", kept
            return
        following = dataclasses.replace(request, first=reply.next)


def _copy(
    memory: RecordMemory, watch: RunWatch, request: RunRequest, *, reply: RunReply | None = None, first: int = 0
) -> Piece:
    from qirjit_magic.wire.records import Piece, Sampled  # noqa: PLC0415 - NumPy, which %load_ext is not to wait for

    watch.tick()
    committed = memory.committed()
    position = min(memory.position(), committed + RECORD_SIZE * (request.most_records + _LAST_RECORDS))
    if reply is not None and reply.sampled >= 0:
        shots = reply.next - first
        bits = Sampled(shots, reply.sampled, memory.sampled(shots, reply.sampled))
        return Piece(memory.records(0, committed), b"", memory.text(), bits)
    return Piece(memory.records(0, committed), memory.records(committed, position), memory.text())


def finish(
    request: RunRequest,
    entry: EntryPoint,
    collected: Collected,
    *,
    notices: tuple[Diagnostic, ...],
    printed: Printed,
    timeout_s: float | None,
    limits: Limits,
) -> tuple[RunResult, ExecutionError | None]:
    """The result, and the error to raise with it.

    Args:
        request: what was asked for.
        entry: the entry point that was run.
        collected: what it left behind.
        notices: what there is to say about it.
        printed: what native code wrote to descriptors 1 and 2.
        timeout_s: the time it had.
        limits: what it could use.
    """
    from qirjit_magic.session.results import Plan, RunResult  # noqa: PLC0415 - brings NumPy
    from qirjit_magic.wire.records import decode  # noqa: PLC0415
    from qirjit_magic.wire.sampled import sampled_table  # noqa: PLC0415

    began = time.perf_counter()
    recording = decode(collected.pieces, recorded_words(entry.signature.returns))
    sampled = collected.pieces[0].sampled if collected.pieces else None
    table = recording.finished if sampled is None else sampled_table(recording.finished, sampled)
    ended_badly = collected.crash is not None or collected.outcome in {"failed", "killed"}
    result = RunResult(
        module=request.module,
        entry=entry,
        table=table.first(request.shots),
        requested=request.shots,
        seed=request.seed,
        plan=Plan(
            simulator=collected.simulator or request.simulator.name,
            method="sampled" if sampled else "live",
            why=collected.why,
        ),
        unfinished=recording.unfinished if ended_badly else None,
        stdout=printed.stdout,
        stderr=printed.stderr,
        dropped=collected.dropped,
        unkept=printed.left_out,
        notices=(*notices, *left_out(collected.dropped, printed.left_out, limits)),
        timings={"run": collected.seconds, "decode": time.perf_counter() - began},
    )
    return result, _error(collected, recording, result, timeout_s=timeout_s, limits=limits)


def _error(
    collected: Collected, recording: Recording, result: RunResult, *, timeout_s: float | None, limits: Limits
) -> ExecutionError | None:
    if collected.crash is not None:
        return dataclasses.replace(collected.crash, partial=result)
    if collected.raised is not None:
        return IntrinsicError(collected.raised.name, collected.raised.traceback, len(result.table), partial=result)
    if collected.outcome == "failed":
        failure = recording.failure
        message, exit_code = (failure.message, failure.exit_code) if failure else ("", 1)
        return ProgramFailedError(message, exit_code, len(result.table), partial=result)
    if collected.passed is not None and result.partial:
        name, value = collected.passed
        return LimitError(name, value, getattr(limits, name), partial=result)
    if collected.timed_out and timeout_s is not None and result.partial:
        return RunTimeoutError(timeout_s, partial=result)
    return None
