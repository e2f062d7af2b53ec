"""`EngineSupervisor`: an `Engine` in a process of its own, which comes back when it dies."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from qirjit_magic import errors
from qirjit_magic.errors import EngineStartError, QirError, WorkerCrashedError
from qirjit_magic.session import streams
from qirjit_magic.session.interrupts import Shield
from qirjit_magic.session.process import EngineDied, EngineProcess
from qirjit_magic.version import __version__
from qirjit_magic.wire.frames import Frame
from qirjit_magic.wire.memory import SIZE, RecordMemory, Word
from qirjit_magic.wire.platforms import Platform, choose
from qirjit_magic.wire.protocol import (
    Add,
    Added,
    Compiled,
    Done,
    EngineStatus,
    Form,
    GetStatus,
    Message,
    Ready,
    Refused,
    Remove,
    Restore,
    RunReply,
    RunRequest,
    Show,
)

GRACE_S = 1.0
_END_CHARACTERS = 1000  # a Rust panic says why before a long backtrace
_M = TypeVar("_M", bound=Message)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The process was killed, because what was stopped did not end in the grace: internal."""


class EngineSupervisor:
    """The engine process of this kernel, under the `Engine` protocol.

    It keeps each module's object code, and gives them all to the new process when the old one died. Its methods are
    not for several threads at once; only `stop` is.

    Args:
        platform: what this system does its own way; chosen by itself when None.
        grace_s: seconds that a shot has to end after a stop before the process is killed.
    """

    def __init__(self, platform: Platform | None = None, *, grace_s: float = GRACE_S) -> None:
        self._platform = platform or choose()
        self._grace_s = grace_s
        try:
            self.memory = RecordMemory(self._platform.create_region(SIZE))
        except OSError as error:
            raise EngineStartError(f"there is no shared memory for it: {error}. Close what holds files open.") from None
        self.memory.clear()
        self._process: EngineProcess | None = None
        self._ready = False
        self._closed = False
        self._compiled: dict[str, Compiled] = {}
        self._compilations = 0
        self._starts = 0
        self._kill_at: float | None = None
        self._last_printed = "", ""
        self._show: streams.Show = streams.show_nothing
        self._watched = self._begun = False
        self._on_tick: Callable[[], None] = lambda: None
        self.shield = Shield(self.stop)

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, if there is none, and return at once: it loads LLVM while the kernel goes on.

        Raises:
            EngineStartError: the system would not start it.
        """
        if self._closed:
            message = "it was closed. Make a new session."
            raise EngineStartError(message)
        if self._process is None:
            self._process = EngineProcess(self.memory, self._platform)
            self._ready = False
            self._starts += 1

    def close(self) -> None:
        """End the process and forget every module."""
        if not self._closed:
            self._closed = True
            self._discard()
            self._compiled.clear()
            self.memory.close()

    def reset(self) -> None:
        """Forget every module; the next request gets a new process."""
        with self.uninterrupted():
            self._discard()
            self._compiled.clear()

    def _discard(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    @contextlib.contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """What runs inside is not torn by an interrupt, which stops the engine and is raised afterwards.

        Raises:
            KeyboardInterrupt: at the end of the outermost one.
        """
        try:
            with self.shield:
                yield
        except Stopped:
            raise KeyboardInterrupt from None
        if self.shield.outermost and self.shield.count:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def watching(self, show: streams.Show, on_tick: Callable[[], None]) -> Iterator[None]:
        """What the engine prints goes to ``show``; ``on_tick`` is called often while a request is carried out."""
        self._show, self._on_tick, self._watched, self._begun = show, on_tick, True, False
        try:
            yield
        finally:
            self._show, self._on_tick, self._watched = streams.show_nothing, lambda: None, False

    def stop(self) -> None:
        """End the run at the next shot, and whatever still goes on after the grace by force; from any thread."""
        self.memory.stop()
        if self._kill_at is None:
            self._kill_at = time.monotonic() + self._grace_s

    def printed(self) -> tuple[str, str]:
        """The ends of what the current process wrote to its descriptors 1 and 2 since the last request."""
        process = self._process
        return (process.output.tail, process.errors.tail) if process else self._last_printed

    # -- requests --------------------------------------------------------------------------------------------------

    def add(self, name: str, source: bytes) -> Compiled:
        """See `Engine.add`."""
        with self.uninterrupted():
            reply, object_code = self._request(Frame(Add(name), source), Added)
            compiled = Compiled(reply.module, object_code)
            self._compilations += 1
            self._keep(compiled)
        return compiled

    def restore(self, compiled: Compiled) -> None:
        """See `Engine.restore`."""
        with self.uninterrupted():
            self._request(Frame(Restore(compiled.module), compiled.object_code), Done)
            self._keep(compiled)

    def _keep(self, compiled: Compiled) -> None:
        self._compiled.pop(compiled.module.name, None)  # a replaced module becomes the newest
        self._compiled[compiled.module.name] = compiled

    def renew(self, name: str) -> None:
        """Make a module the newest again, without compiling."""
        if name != next(reversed(self._compiled)):
            self.restore(self._compiled[name])

    def remove(self, name: str) -> None:
        """See `Engine.remove`."""
        with self.uninterrupted():
            self._request(Frame(Remove(name)), Done)
            self._compiled.pop(name, None)

    def run(self, request: RunRequest) -> RunReply:
        """See `Engine.run`.

        Raises:
            WorkerCrashedError: the process died; finished shots are in `memory`.
        """
        with self.uninterrupted():
            try:
                going_on = request.first > 0  # only the process that began a run can go on with it
                return self._request(Frame(request), RunReply, entry=request.entry, going_on=going_on)[0]
            except Stopped:
                return RunReply("killed", self.memory.word(Word.SHOT))

    def show(self, name: str, source: bytes, form: Form) -> str:
        """See `Engine.show`."""
        with self.uninterrupted():
            return self._request(Frame(Show(name, form), source), Done)[1].decode("utf-8", "replace")

    def status(self) -> EngineStatus:
        """See `Engine.status`; figures of all processes so far."""
        with self.uninterrupted():
            status, _ = self._request(Frame(GetStatus()), EngineStatus)
            return replace(status, compilations=self._compilations, restarts=self._starts - 1)

    def _request(self, frame: Frame, kind: type[_M], *, entry: str = "", going_on: bool = False) -> tuple[_M, bytes]:
        self._kill_at = None
        if self.shield.count:
            self.stop()
        process = self._ensure(going_on=going_on)
        if not (self._watched and self._begun):  # once for all the pieces of a run
            self._begun = True
            for stream in (process.output, process.errors):
                stream.begin(self._show)
        try:
            reply = self._exchange(process, frame)
        except EngineDied as died:
            raise self._after_death(process, died.cause, entry) from None
        if isinstance(reply.message, Refused):
            raise _rebuild(reply.message)
        if not isinstance(reply.message, kind):
            cause = f"a reply that was not asked for ({type(reply.message).__name__})"
            raise self._after_death(process, cause, entry)
        return reply.message, reply.blob

    def _exchange(self, process: EngineProcess, frame: Frame | None) -> Frame:
        try:
            return process.exchange(frame, self._tick)
        except EngineDied:
            raise
        except BaseException:  # of whoever shows: the process still works on what nobody waits for any more
            self._discard()
            raise

    def _tick(self) -> bool:
        self._on_tick()
        over = self._kill_at is not None and time.monotonic() > self._kill_at
        return over or self.shield.count > 1

    def _after_death(self, process: EngineProcess, cause: str, entry: str) -> Exception:
        self._last_printed = process.output.tail, process.errors.tail
        tail = process.errors.both_ends(_END_CHARACTERS)
        killed = self._tick()
        self._discard()
        return Stopped() if killed else WorkerCrashedError(cause, entry, tail)

    def _ensure(self, *, going_on: bool) -> EngineProcess:
        if self._process is not None and self._ready and not going_on and self._process.is_dead():
            self._discard()  # it was killed while it had nothing to do
        self.start()
        process = self._process
        assert process is not None  # noqa: S101 - start made one, or raised
        if self._ready:
            return process
        doing = "it loaded LLVM"
        try:
            ready = self._exchange(process, None)
            for name, compiled in self._compiled.items():
                doing = f"it took back the module '{name}'"
                self._exchange(process, Frame(Restore(compiled.module), compiled.object_code))
        except EngineDied as died:
            error = self._after_death(process, died.cause, "")
            if isinstance(error, WorkerCrashedError):
                raise EngineStartError(f"it died of {died.cause} while {doing}.", error.stderr_tail) from None
            raise error from None
        if not isinstance(ready.message, Ready) or ready.message.version != __version__:
            self._discard()
            message = f"it is not of version {__version__}: restart the kernel after an upgrade."
            raise EngineStartError(message)
        self._ready = True
        return process


def _rebuild(refused: Refused) -> QirError:
    kind = getattr(errors, refused.error, QirError)
    facts = {key: tuple(value) if isinstance(value, list) else value for key, value in refused.facts.items()}
    try:
        error = kind(**facts)
    except TypeError as mistake:
        error = mistake
    if not isinstance(error, QirError):
        message = f"the engine process refused with {refused.error}, which is no error of this version."
        raise EngineStartError(message)
    return error
