"""One run: its pieces are collected from the shared memory, and become a `RunResult`, or an error that holds one."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from qirjit_magic.session.notices import left_out
from qirjit_magic.session.pieces import copied, copied_sample
from qirjit_magic.session.progress import Follower
from qirjit_magic.session.sharing import LOOK_S, WORTH_S, Sharing
from qirjit_magic.session.streams import Observer, Printed
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.session.watching import RunWatch
from qirjit_magic.wire.memory import Word
from qirjit_magic.wire.modules import Diagnostic, EntryPoint
from qirjit_magic.wire.protocol import Outcome, Raised, RunRequest
from qirjit_magic.wire.returns import recorded_words
from qirjit_magic.wire.timings import UNTIMED, Timings

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
        passed: the limit that it has passed, and with what, where it was ended because of that.
        simulator: what has drawn the shots, where they were sampled.
        why: why they were run or sampled, where the engine says so.
        seconds: how long it took.
        processes: how many have run shots.
        done: how many shots are finished.
        timings: how long its steps took.
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
    processes: int = 1
    done: int = 0
    timings: Timings = UNTIMED


def collect(
    engine: EngineSupervisor,
    request: RunRequest,
    observer: Observer,
    *,
    timeout_s: float | None,
    limits: Limits,
    stopping: Callable[[], bool],
    sharing: Sharing | None = None,
) -> Collected:
    """Run all shots, emptying the shared memory whenever it is half full.

    Args:
        engine: what runs them.
        request: which.
        observer: who follows it.
        timeout_s: seconds after which the run is stopped.
        limits: what it may use.
        stopping: whether somebody else than the observer wants it to end.
        sharing: the processes that may help.
    """
    collected = Collected()
    request = dataclasses.replace(request, run=sharing.number) if sharing else request
    follower = Follower(request.shots, observer.progress)

    def stop_wanted() -> bool:
        return stopping() or observer.stopping()

    def tick() -> None:
        watch.tick()
        observer.on_tick()
        if sharing is not None:
            sharing.look(watch)
        follower.look(sharing.done if sharing and sharing.done is not None else watch.done)

    watch = _watch(engine, sharing, observer, timeout_s=timeout_s, limits=limits, stopping=stop_wanted)
    began = time.perf_counter()
    with _ending(follower, collected):
        try:
            show = observer.show_printed or observer.show
            with engine.watching(show, tick, limits.output_bytes, all_shown=observer.newest):
                following = _collect_pieces(
                    engine,
                    request,
                    collected,
                    watch=watch,
                    most=limits.kept_bytes,
                    stopping=stop_wanted,
                    sharing=sharing,
                )
                if sharing and following is not None:
                    _collect_parts(sharing, collected, following, watch=watch, tick=tick)
                if sharing:
                    sharing.give_back(collected.outcome)
        except WorkerCrashedError as crash:
            collected.crash = crash
            watch.tick()
            collected.done = watch.done
            collected.pieces.append(copied(engine.memory, request))
    collected.timed_out = watch.timed_out
    if watch.cpu_used is not None:
        collected.passed = "cpu_seconds", watch.cpu_used
    collected.seconds = time.perf_counter() - began
    return collected


@contextlib.contextmanager
def _ending(follower: Follower, collected: Collected) -> Iterator[None]:
    try:
        yield
    except QirError:  # it was refused, which is no end of a run; unless somebody has been told that there is one
        if follower.has_told:
            follower.end(collected.done)
        raise
    except BaseException:
        follower.end(collected.done)
        raise
    follower.end(collected.done)


def _watch(
    engine: EngineSupervisor,
    sharing: Sharing | None,
    observer: Observer,
    *,
    timeout_s: float | None,
    limits: Limits,
    stopping: Callable[[], bool],
) -> RunWatch:
    running = sharing or engine
    return RunWatch(
        engine.memory,
        observer.show,
        stop=running.stop,
        timeout_s=timeout_s,
        cpu=running.cpu_seconds,
        cpu_s=limits.cpu_seconds,
        stopping=stopping,
        newest=observer.newest,
    )


def _collect_pieces(
    engine: EngineSupervisor,
    request: RunRequest,
    collected: Collected,
    *,
    watch: RunWatch,
    most: int,
    stopping: Callable[[], bool],
    sharing: Sharing | None,
) -> int | None:
    # Where the rest is to be shared, the shot from which on.
    memory, following = engine.memory, request
    while True:
        memory.clear()
        watch.restart()
        if stopping() or watch.over or engine.shield.count:
            return None
        reply = engine.run(following)
        watch.tick()
        collected.dropped += memory.word(Word.DROPPED)
        sampled = reply.sampled >= 0
        if sampled:
            watch.show_sampled(reply.next - following.first)
        copied_from = time.perf_counter()
        collected.pieces.append(copied_sample(memory, following, reply) if sampled else copied(memory, request))
        collected.timings += reply.timings + Timings(decode=time.perf_counter() - copied_from)
        collected.simulator, collected.why = reply.simulator, collected.why or reply.why
        collected.outcome, collected.done = reply.outcome, reply.next
        collected.linked += reply.linked
        collected.raised = reply.raised
        if reply.outcome != "full" and not (sharing and sharing.has_ended(reply)):
            return None
        kept = sum(piece.size for piece in collected.pieces)
        if reply.outcome == "full" and kept > most:
            collected.passed = "kept_bytes", kept
            return None
        if sharing and sharing.takes_over(reply):
            return reply.next
        following = dataclasses.replace(request, first=reply.next)


def _collect_parts(
    sharing: Sharing, collected: Collected, first: int, *, watch: RunWatch, tick: Callable[[], None]
) -> None:
    began = time.perf_counter()
    collected.outcome = sharing.run(first, watch, tick, kept=tuple(collected.pieces))
    collected.timings += Timings(simulate=time.perf_counter() - began)  # of all processes together
    collected.done = sharing.parts[-1].at if sharing.parts else first
    for part in sharing.parts:
        collected.pieces += part.pieces
        collected.dropped += part.dropped
        collected.crash = part.crash
    collected.passed = sharing.passed
    collected.processes = len(sharing.workers)


def why_so_many(collected: Collected, jobs: Jobs, sharing: Sharing | str) -> str:
    """What there is to say about how many processes have run it; empty where nobody would ask.

    Args:
        collected: what the run left behind.
        jobs: how many there could be, as somebody wanted.
        sharing: what could share it, or why nothing could.
    """
    alone, lost = (sharing, "") if isinstance(sharing, str) else (sharing.alone, sharing.lost)
    if jobs == 1 or (collected.processes > 1 and not lost):
        return ""
    if any(piece.sampled for piece in collected.pieces):
        return "" if jobs == "auto" else "one process draws all shots"
    if alone and (jobs != "auto" or collected.seconds > LOOK_S + WORTH_S):
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
    timeout_s: float | None,
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
        timeout_s: the time it had.
        limits: what it could use.
        before: how long it took to add its module, where that was not told yet.
        began: when the run did, by `time.perf_counter`.
    """
    decoded_from = time.perf_counter()
    from qirjit_magic.session.results import Plan, RunResult  # noqa: PLC0415 - brings NumPy
    from qirjit_magic.wire.records import decode  # noqa: PLC0415
    from qirjit_magic.wire.sampled import sampled_table  # noqa: PLC0415

    recording = decode(collected.pieces, recorded_words(entry.signature.returns))
    sampled = collected.pieces[0].sampled if collected.pieces else None
    table = recording.finished if sampled is None else sampled_table(recording.finished, sampled)
    now = time.perf_counter()
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
            processes=collected.processes,
        ),
        unfinished=recording.unfinished if ended_badly else None,
        stdout=printed.stdout,
        stderr=printed.stderr,
        dropped=collected.dropped,
        unkept=printed.left_out,
        notices=(*notices, *left_out(collected.dropped, printed.left_out, limits)),
        timings=before + collected.timings + Timings(decode=now - decoded_from, total=now - began),
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
