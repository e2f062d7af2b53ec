"""`Restarter`: an engine process that comes back when it dies, with everything that it had been given."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import msgspec

from qirjit_magic.errors import (
    DefinitionError,
    EngineStartError,
    ForkedError,
    QirError,
    SessionClosedError,
    WorkerCrashedError,
)
from qirjit_magic.protocol.messages import Add, Compile, Done, Frame, FrameError, Message, Ready, RunRequest, Show
from qirjit_magic.protocol.module_info import BITCODE
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.sandbox import Platform, Region, get_platform, name_of
from qirjit_magic.session.client.child import above_standard_streams
from qirjit_magic.session.client.crash_report import (
    CRASH_NAMES,
    StoppedByForce,
    check_addresses,
    check_files,
    crash_error,
    default_memory_limit,
)
from qirjit_magic.session.client.kernel_process import DeferredInterrupts, notice_fork
from qirjit_magic.session.client.process import (
    COMPILE_LIMIT_S,
    KEPT_BYTES,
    STOPPED_S,
    EngineDied,
    EngineProcess,
    Limit,
    Printed,
    ShowText,
    is_over,
    limit_of,
    show_nothing,
)
from qirjit_magic.session.client.replay_log import ReplayLog
from qirjit_magic.session.client.replies import checked_reply, reply_timings
from qirjit_magic.version import __version__

GRACE_S = 1.0
_POLL_S = 1.0  # between two looks whether a signal has stopped it
_MEASURED_EVERY_S = 0.02
_STACK_TOO, _LIBRARIES = 17 / 16, 64 << 20  # beside the data: the largest stack, what libraries write to themselves
_M = TypeVar("_M", bound=Message)


class _Watching(msgspec.Struct):
    """A run that somebody watches, of one or several requests; see `Restarter.watching`."""

    show: ShowText = show_nothing
    on_tick: Callable[[], None] = lambda: None
    kept: int = KEPT_BYTES
    all_shown: bool = False
    timed: bool = False
    begun: bool = False  # once for all its requests
    cpu_before: float = 0.0

    def begin(self, process: EngineProcess) -> None:
        """Count output and processor time from here."""
        if not self.begun:
            self.begun = True
            self.cpu_before = process.cpu_seconds() if self.timed else 0.0
            for stream in (process.output, process.errors):
                stream.begin(self.show, self.kept, all_shown=self.all_shown)


class _Exchange:
    """One request, from when it is sent until it is answered: the process is ended where it takes too much.

    Args:
        limit: the time that it may take; None for no limit.
        memory_limit: the bytes of data that the process may have; 0 for no limit.
    """

    def __init__(self, limit: Limit | None, memory_limit: int) -> None:
        now = time.monotonic()
        self.limit = limit
        self.too_late = self.too_large = False
        self.stopped_since: float | None = None  # where a signal has stopped the process
        self._late_at = now + limit.seconds if limit else None
        self._poll_at, self._measure_at = now + _POLL_S, now
        self._memory_limit = memory_limit

    def takes_too_much(self, process: EngineProcess) -> bool:
        """Return whether the time is over, the process is too large, or nobody lets it go on."""
        self.too_late = self.too_late or is_over(self._late_at) or self._is_stopped_for_long(process)
        return self.too_late or self._is_too_large(process)

    def _is_too_large(self, process: EngineProcess) -> bool:
        # The process has limits of its own. Memory that was written to once and may only be read now counts for none.
        if self._memory_limit and is_over(self._measure_at):
            self._measure_at = time.monotonic() + _MEASURED_EVERY_S
            self.too_large |= process.held_bytes() > self._memory_limit * _STACK_TOO + _LIBRARIES
        return self.too_large

    def _is_stopped_for_long(self, process: EngineProcess) -> bool:
        # Shots may take as long as they like, but somebody has to go on with them.
        now = time.monotonic()
        if now < self._poll_at:
            return False
        self._poll_at = now + _POLL_S
        if not process.is_stopped():
            self.stopped_since = None
        elif self.stopped_since is None:
            self.stopped_since = now
        return self.limit is None and self.stopped_since is not None and now - self.stopped_since >= STOPPED_S

    @property
    def late(self) -> Limit | None:
        """The limit that has passed; None where none has."""
        return (self.limit or Limit(STOPPED_S, "")) if self.too_late else None


class Restarter:
    """A process that requests go to; when it died, a new one gets what the one before had.

    Its methods are not for several threads at once; only `stop` is.

    Args:
        platform: what this system does its own way; chosen by itself when None.
        grace_s: seconds that a shot has to end after a stop before the process is killed.
        sandboxed: whether the process gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit, None for `default_memory_limit`.
        compile_limit_s: seconds that compiling a module may take before the process is killed.
        interrupts: what counts interrupts; one of its own by default.
        cache_folder: where the process finds its own object code; empty for nowhere.
    """

    def __init__(
        self,
        platform: Platform | None = None,
        *,
        grace_s: float = GRACE_S,
        sandboxed: bool = True,
        memory_limit: int | None = None,
        compile_limit_s: float = COMPILE_LIMIT_S,
        interrupts: DeferredInterrupts | None = None,
        cache_folder: str = "",
    ) -> None:
        self.platform = platform or get_platform()
        self.grace_s, self.compile_limit_s = grace_s, compile_limit_s
        self.memory_limit = default_memory_limit() if memory_limit is None else memory_limit
        self._new_process = partial(
            EngineProcess, sandboxed=sandboxed, memory_limit=self.memory_limit, cache=cache_folder
        )
        check_addresses()
        check_files()
        self.memory = RecordMemory(self._new_region())
        self.memory.clear()
        self._crash = partial(crash_error, memory=self.memory, memory_limit=self.memory_limit)
        self._closed = self._closing = False
        self.kept = ReplayLog()
        self._libraries: tuple[str, ...] = ()
        self.build = ""
        self.starts = 0  # of processes: what one of them held is gone in the next
        self.replaced = 0  # of them, since they could not load a simulator: that is no restart
        self.waited_s = 0.0  # until they were ready
        self._last_printed = Printed()
        self._have_no_process()
        self.sandboxed = sandboxed
        self.interrupts = interrupts or DeferredInterrupts()
        self.interrupts.on_interrupt.append(self.stop)

    def _have_no_process(self) -> None:
        # Nor does anybody ask it for anything, or watch.
        self.process: EngineProcess | None = None
        self._ready = self._prepared = self.exchanging = False
        self._kill_at: float | None = None  # from then on it is killed
        self._asked = _Exchange(None, 0)  # last
        self._watching: _Watching | None = None

    def _new_region(self) -> Region:
        try:
            with above_standard_streams():
                return self.platform.create_region(SIZE)
        except OSError as error:
            raise EngineStartError(f"there is no shared memory for it: {error}. Close what holds files open.") from None

    def after_fork(self) -> None:
        """In a forked process: it has no process there, and memory of its own, as soon as somebody asks for something.

        What was given to the parent's process is given to the new one.
        """
        if self.process is not None:
            self.process.after_fork()  # first: it is told by itself as well, and nothing is to be left of it
        self._have_no_process()
        self.memory.close()
        self.interrupts.after_fork()

    def start(self) -> None:
        """Start the process, if there is none, and return at once: it loads LLVM while the kernel goes on.

        Raises:
            EngineStartError: the system would not start it.
        """
        if self._closed or self._closing:
            raise SessionClosedError
        with self.deferring_interrupts():  # a process that is in nobody's hands would stay
            if self.process is None:
                if self.memory.region.is_lost:  # of a parent, or closed by somebody else
                    self.memory.replace_region(self._new_region())
                self.process = self._new_process(self.memory, self.platform, libraries=self._libraries)
                self._ready = self._prepared = False
                self.starts += 1

    def allow_library(self, library: str) -> None:
        """Let the process load this simulator: one in a sandbox that could not is replaced, once for each of them."""
        if library and library not in self._libraries:
            with self.deferring_interrupts():
                self._libraries = (*self._libraries, library)
                if self.sandboxed and self.process is not None and name_of(self.platform) == "linux":
                    self._discard()
                    self.replaced += 1

    def close(self) -> None:
        """End the process and forget every module."""
        if not self._closed:
            self._closed = self._closing = True
            self._discard()
            self.kept.modules.clear()
            self.memory.close()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets a new process."""
        with self.deferring_interrupts():
            self._discard()
            self.forget_modules()

    def forget_modules(self) -> None:
        """Forget every module that a new process would get; there is no process."""
        self.kept.modules.clear()

    def _discard(self) -> None:
        if self.process is not None:
            self.process.close()
            self.process = None

    @contextlib.contextmanager
    def deferring_interrupts(self) -> Iterator[None]:
        """A context that no interrupt tears: one stops the engine and is raised afterwards.

        Raises:
            KeyboardInterrupt: at the end of the outermost one.
        """
        try:
            with self.interrupts:
                yield
        except StoppedByForce:
            raise KeyboardInterrupt from None
        if self.interrupts.is_outermost and self.interrupts.count:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def watching(
        self,
        show: ShowText,
        on_tick: Callable[[], None],
        kept: int = KEPT_BYTES,
        *,
        all_shown: bool = False,
        timed: bool = False,
    ) -> Iterator[None]:
        """A context of the requests of one run, which somebody watches.

        Args:
            show: takes what the engine prints.
            on_tick: called often meanwhile.
            kept: the bytes of what it prints that are kept.
            all_shown: whether all of it is shown, and not the beginning alone.
            timed: whether `cpu_seconds` counts from here.
        """
        self._watching = _Watching(show, on_tick, kept, all_shown, timed)
        try:
            yield
        finally:
            self._watching = None

    def stop(self) -> None:
        """End the run at the next shot, and whatever still goes on after the grace by force; from any thread."""
        self.memory.stop()
        if self._kill_at is None:
            self._kill_at = time.monotonic() + self.grace_s

    def kill(self) -> None:
        """End the process at once, and start none any more; from any thread."""
        self._closing = True
        process = self.process
        if process is not None:
            process.kill()

    def kill_soon(self) -> None:
        """Kill whatever the process is doing, soon; from any thread."""
        self._kill_at = time.monotonic()

    @property
    def has_process(self) -> bool:
        """Return whether there is a process now, which has not ended."""
        return self.process is not None and not (self._ready and self.process.is_lost())

    def printed(self) -> Printed:
        """The text that the current process wrote to its descriptors 1 and 2 since the last request."""
        return self.process.printed() if self.process else self._last_printed

    def cpu_seconds(self) -> float:
        """The processor time that has been used for what is watched, in seconds."""
        before = self._watching.cpu_before if self._watching else 0.0
        return self.process.cpu_seconds() - before if self.process else 0.0

    def request(self, frame: Frame, kind: type[_M], *, entry: str = "", continues: bool = False) -> tuple[_M, bytes]:
        """Send a request to the process and give its reply, checked, with the blob.

        Args:
            frame: the request.
            kind: what answers it.
            entry: the entry point that runs, for the error of a crash.
            continues: whether only the process that carried out the last request can carry out this one.

        Raises:
            QirError: the engine refused it.
            WorkerCrashedError, EngineStartError: the process died of it, or none could be started.
        """
        process = self.be_ready(continues=continues)
        module = frame.message.name if isinstance(frame.message, Add | Compile | Show) else ""
        bitcode = bool(module) and frame.blob.startswith(BITCODE)
        running = isinstance(frame.message, RunRequest)
        (self._watching or _Watching()).begin(process)
        began = time.perf_counter()
        try:
            reply = self._exchange(process, frame)
            took_s = time.perf_counter() - began
            answer = checked_reply(frame, reply, kind, known=self.kept.modules, took_s=took_s)
        except EngineDied as died:
            raise self._after_death(process, died.cause, entry, module, running=running, bitcode=bitcode) from None
        except FrameError as error:
            raise self._after_death(process, f"a wrong reply ({error})", entry, module, running=running) from None
        if not self._prepared:  # what it still had to load when it was there
            self._prepared = True
            self.waited_s += took_s - sum(reply_timings(answer).steps.values())
        return answer, reply.blob

    def be_ready(self, *, continues: bool = False) -> EngineProcess:
        """Have a process that has everything it was given, and give it."""
        self._kill_at = None
        if self.interrupts.count:
            self.stop()
        return self._ensure(continues=continues)

    def _exchange(self, process: EngineProcess, frame: Frame | None) -> Frame:
        limit = limit_of(frame.message if frame else None, compile_s=self.compile_limit_s)
        self._asked, self.exchanging = _Exchange(limit, self.memory_limit), True
        try:
            return process.exchange(frame, self._tick)
        except EngineDied:
            raise
        except BaseException:  # of whoever shows: the process still works on what nobody waits for any more
            self._discard()
            raise
        finally:
            self.exchanging = False

    def _tick(self) -> bool:
        if self._watching is not None:
            self._watching.on_tick()
        if self._closing or self._is_given_up():
            return True
        return self.process is not None and self._asked.takes_too_much(self.process)

    def _is_given_up(self) -> bool:
        return is_over(self._kill_at) or self.interrupts.count > 1

    def _after_death(
        self,
        process: EngineProcess,
        how: str,
        entry: str = "",
        module: str = "",
        *,
        running: bool = False,
        bitcode: bool = False,
    ) -> Exception:
        self._last_printed = process.printed()
        if process.forked:
            return ForkedError(f"ran '{entry}'" if entry else "asked for something", os.getppid())
        if self._watching is not None:
            self._watching.on_tick()
        error = self._crash(
            how,
            entry,
            process.errors,
            pid=process.pid,
            module=module,
            late=self._asked.late,
            stopped=self._asked.stopped_since is not None,
            too_large=self._asked.too_large,
        )
        error.bitcode = bitcode and error.signal_name in CRASH_NAMES
        self._discard()
        if self._closing and not running:
            return SessionClosedError(entry=entry)
        return StoppedByForce() if self._closing or self._is_given_up() else error

    def _ensure(self, *, continues: bool) -> EngineProcess:
        notice_fork()
        process = self.process
        if process and not continues and (process.is_lost() if self._ready else process.has_lost_descriptors()):
            self._discard()  # it was killed while it had nothing to do, or a program in it plays at being the engine
        self.start()
        process = self.process
        assert process is not None  # noqa: S101 - start made one, or raised
        if self._ready:
            return process
        began = time.perf_counter()
        doing = "it loaded LLVM"
        refused: list[QirError] = []
        try:
            import qirjit_magic.results.records  # noqa: F401, PLC0415 - NumPy for the result, while LLVM is loaded there

            ready = self._exchange(process, None).message
            for name, frame in self.kept.frames():
                doing = f"it took back {name}"
                refused += self._refused(frame, self._exchange(process, frame))
        except (EngineDied, FrameError) as died:
            error = self._after_death(process, str(died))
            if isinstance(error, WorkerCrashedError):
                message = f"it died of {error.cause} while {doing}."
                raise EngineStartError(message, error.stderr_tail, error.signal_name) from None
            raise error from None
        if not isinstance(ready, Ready) or ready.version != __version__:
            self._discard()
            message = f"it is not of version {__version__}: restart the kernel after an upgrade."
            raise EngineStartError(message)
        self._ready, self.build = True, ready.build
        self.waited_s += time.perf_counter() - began
        for error in refused:
            if isinstance(error, DefinitionError):  # what it imports may have gone: that is said once
                self.kept.intrinsics.pop(error.name, None)
        if refused:
            raise refused[0]
        return process

    def _refused(self, frame: Frame, reply: Frame) -> Iterator[QirError]:
        try:
            checked_reply(frame, reply, Done, known=self.kept.modules)
        except QirError as error:
            yield error
