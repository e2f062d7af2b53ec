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
from qirjit_magic.session.streams import Observer
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.session.watching import RunWatch
from qirjit_magic.wire.memory import RecordMemory, Word
from qirjit_magic.wire.modules import Diagnostic, EntryPoint
from qirjit_magic.wire.protocol import Outcome, Raised, RunRequest

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.wire.records import Piece, Recording


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
        seconds: how long it took.
    """

    pieces: list[Piece] = field(default_factory=list)
    outcome: Outcome = "stopped"
    linked: tuple[str, ...] = ()
    dropped: int = 0
    crash: WorkerCrashedError | None = None
    raised: Raised | None = None
    timed_out: bool = False
    seconds: float = 0.0


def collect(
    engine: EngineSupervisor,
    request: RunRequest,
    observer: Observer,
    *,
    timeout_s: float | None,
    stopping: Callable[[], bool],
) -> Collected:
    """Run all shots, emptying the shared memory whenever it is half full.

    Args:
        engine: what runs them.
        request: which.
        observer: who follows it.
        timeout_s: seconds after which the run is stopped.
        stopping: whether somebody else than the observer wants it to end.
    """
    collected = Collected()

    def stop_wanted() -> bool:
        return stopping() or observer.stopping()

    def tick() -> None:
        watch.tick()
        observer.on_tick()

    watch = RunWatch(engine.memory, observer.show, stop=engine.stop, timeout_s=timeout_s, stopping=stop_wanted)
    began = time.perf_counter()
    try:
        with engine.watching(observer.show_printed or observer.show, tick):
            _collect_pieces(engine, request, collected, watch=watch, stopping=stop_wanted)
    except WorkerCrashedError as crash:
        collected.crash = crash
        collected.pieces.append(_copy(engine.memory, watch))
    collected.timed_out = watch.timed_out
    collected.seconds = time.perf_counter() - began
    return collected


def _collect_pieces(
    engine: EngineSupervisor,
    request: RunRequest,
    collected: Collected,
    *,
    watch: RunWatch,
    stopping: Callable[[], bool],
) -> None:
    memory, following = engine.memory, request
    while True:
        memory.clear()
        watch.restart()
        if stopping() or watch.timed_out or engine.shield.count:
            return
        reply = engine.run(following)
        collected.dropped += memory.word(Word.DROPPED)
        collected.pieces.append(_copy(memory, watch))
        collected.outcome = reply.outcome
        collected.linked += reply.linked
        collected.raised = reply.raised
        if reply.outcome != "full":
            return
        following = dataclasses.replace(request, first=reply.next)


def _copy(memory: RecordMemory, watch: RunWatch) -> Piece:
    from qirjit_magic.wire.records import Piece  # noqa: PLC0415 - brings NumPy, which %load_ext is not to wait for

    watch.tick()
    committed, position = memory.committed(), memory.position()
    return Piece(memory.records(0, committed), memory.records(committed, position), memory.text())


def finish(
    request: RunRequest,
    entry: EntryPoint,
    collected: Collected,
    *,
    notices: tuple[Diagnostic, ...],
    printed: tuple[str, str],
    timeout_s: float | None,
) -> tuple[RunResult, ExecutionError | None]:
    """The result, and the error to raise with it.

    Args:
        request: what was asked for.
        entry: the entry point that was run.
        collected: what it left behind.
        notices: what there is to say about it.
        printed: the ends of what native code wrote to descriptors 1 and 2.
        timeout_s: the time it had.
    """
    from qirjit_magic.session.results import Plan, RunResult  # noqa: PLC0415 - brings NumPy
    from qirjit_magic.wire.records import decode  # noqa: PLC0415

    began = time.perf_counter()
    recording = decode(collected.pieces)
    ended_badly = collected.crash is not None or collected.outcome in {"failed", "killed"}
    result = RunResult(
        module=request.module,
        entry=entry,
        table=recording.finished.first(request.shots),
        requested=request.shots,
        seed=request.seed,
        plan=Plan(request.simulator.name),
        unfinished=recording.unfinished if ended_badly else None,
        stdout=printed[0],
        stderr=printed[1],
        dropped=collected.dropped,
        notices=notices,
        timings={"run": collected.seconds, "decode": time.perf_counter() - began},
    )
    return result, _error(collected, recording, result, timeout_s)


def _error(
    collected: Collected, recording: Recording, result: RunResult, timeout_s: float | None
) -> ExecutionError | None:
    if collected.crash is not None:
        return dataclasses.replace(collected.crash, partial=result)
    if collected.raised is not None:
        return IntrinsicError(collected.raised.name, collected.raised.traceback, len(result.table), partial=result)
    if collected.outcome == "failed":
        failure = recording.failure
        message, exit_code = (failure.message, failure.exit_code) if failure else ("", 1)
        return ProgramFailedError(message, exit_code, len(result.table), partial=result)
    if collected.timed_out and timeout_s is not None and result.partial:
        return RunTimeoutError(timeout_s, partial=result)
    return None
