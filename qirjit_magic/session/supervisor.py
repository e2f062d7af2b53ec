"""`EngineSupervisor`: an `Engine` in a process of its own, which comes back when it dies."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from qirjit_magic.errors import DefinitionError, EngineStartError, ProfileError, SignatureError, WorkerCrashedError
from qirjit_magic.session import streams
from qirjit_magic.session.cache import ObjectCache, cache_key
from qirjit_magic.session.deaths import Stopped, crash
from qirjit_magic.session.interrupts import Shield
from qirjit_magic.session.limits import default_memory_limit, is_over
from qirjit_magic.session.process import EngineDied, EngineProcess
from qirjit_magic.session.refusals import rebuilt
from qirjit_magic.session.replay import definition, replay
from qirjit_magic.version import __version__
from qirjit_magic.wire.frames import Frame
from qirjit_magic.wire.linkage import admit, check_renewal, python_module
from qirjit_magic.wire.memory import SIZE, RecordMemory, Word
from qirjit_magic.wire.modules import ModuleInfo
from qirjit_magic.wire.platforms import Platform, choose
from qirjit_magic.wire.protocol import (
    Add,
    Added,
    Compiled,
    Done,
    EngineStatus,
    Form,
    GetStatus,
    Intrinsic,
    Message,
    Ready,
    Refused,
    Remove,
    Renew,
    Restore,
    RunReply,
    RunRequest,
    Show,
    Undefine,
    Unlink,
)

GRACE_S = 1.0
COMPILE_LIMIT_S = 120.0
_M = TypeVar("_M", bound=Message)


class EngineSupervisor:
    """The engine process of this kernel, under the `Engine` protocol.

    It keeps each module's object code and each function in Python, and gives them all to the new process when the old
    one died. Its methods are not for several threads at once; only `stop` is.

    Args:
        platform: what this system does its own way; chosen by itself when None.
        grace_s: seconds that a shot has to end after a stop before the process is killed.
        cache: where object code is kept on disk; nowhere when None.
        fenced: whether the process gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit, None for `default_memory_limit`.
        compile_limit_s: seconds that compiling a module may take before the process is killed.
    """

    def __init__(
        self,
        platform: Platform | None = None,
        *,
        grace_s: float = GRACE_S,
        cache: ObjectCache | None = None,
        fenced: bool = True,
        memory_limit: int | None = None,
        compile_limit_s: float = COMPILE_LIMIT_S,
    ) -> None:
        self._platform = platform or choose()
        self._grace_s, self._compile_limit_s = grace_s, compile_limit_s
        self._cache = cache
        self._memory_limit = default_memory_limit() if memory_limit is None else memory_limit
        self._new_process = partial(EngineProcess, fenced=fenced, memory_limit=self._memory_limit)
        try:
            self.memory = RecordMemory(self._platform.create_region(SIZE))
        except OSError as error:
            raise EngineStartError(f"there is no shared memory for it: {error}. Close what holds files open.") from None
        self.memory.clear()
        self._crash = partial(crash, memory=self.memory, memory_limit=self._memory_limit)
        self._process: EngineProcess | None = None
        self._ready = self._closed = False
        self._compiled: dict[str, Compiled] = {}
        self._intrinsics: dict[str, Intrinsic] = {}
        self._compilations = self._cache_hits = 0
        self._build = ""
        self._unsaved: tuple[str, Compiled] | None = None
        self.starts = 0  # of processes: what one of them held is gone in the next
        self._kill_at: float | None = None
        self._compiled_by: float | None = None  # or else it is killed
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
            self._process = self._new_process(self.memory, self._platform)
            self._ready = False
            self.starts += 1

    def close(self) -> None:
        """End the process and forget every module."""
        if not self._closed:
            self._closed = True
            self._discard()
            self._compiled.clear()
            self.memory.close()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets a new process."""
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

    def add(
        self,
        name: str,
        source: bytes,
        *,
        opt_level: int | None = None,
        replaceable: Iterable[str] = (),
        strict: bool = False,
    ) -> Compiled:
        """See `Engine.add`; what was compiled before, by whatever process, comes from the disk."""
        replaceable = tuple(replaceable)
        with self.uninterrupted():
            key = self._key(source, opt_level)
            compiled = self._find(key, name, replaceable, strict=strict)
            if compiled is not None:
                self._request(Frame(Restore(compiled.module), compiled.object_code), Done)
                self._cache_hits += 1
            else:
                reply, object_code = self._request(Frame(Add(name, opt_level, replaceable, strict), source), Added)
                compiled = Compiled(reply.module, object_code)
                self._compilations += 1
                self._unsaved = key, compiled
            self._keep(compiled)
        return compiled

    def save(self) -> None:
        """Write what was compiled last to the disk, where there is a cache.

        It is no part of `add`: it may warn, a warning may be an error, and by then everybody is to know the module.
        """
        unsaved, self._unsaved = self._unsaved, None
        if self._cache is not None and unsaved is not None:
            self._cache.keep(*unsaved)

    def _key(self, source: bytes, opt_level: int | None) -> str:
        if self._cache is None:
            return ""
        self._be_ready()
        level = "by looking at it" if opt_level is None else str(opt_level)
        return cache_key(source, build=self._build, options=f"opt_level={level}")

    def _find(self, key: str, name: str, replaceable: tuple[str, ...], *, strict: bool) -> Compiled | None:
        found = self._cache.find(key) if self._cache is not None else None
        if found is None:
            return None
        try:
            info = admit(self._infos(), replace(found.module, name=name), replaceable=replaceable, strict=strict)
        except (SignatureError, ProfileError):
            return None  # the engine finds the same, and knows the place
        return Compiled(info, found.object_code)

    def _infos(self) -> list[ModuleInfo]:
        return [*self.intrinsics, *(compiled.module for compiled in self._compiled.values())]

    def restore(self, compiled: Compiled) -> None:
        """See `Engine.restore`."""
        with self.uninterrupted():
            self._request(Frame(Restore(compiled.module), compiled.object_code), Done)
            self._keep(compiled)

    def _keep(self, compiled: Compiled) -> None:
        self._compiled.pop(compiled.module.name, None)  # a replaced module becomes the newest
        self._compiled[compiled.module.name] = compiled

    def renew(self, name: str) -> None:
        """See `Engine.renew`.

        Raises:
            SignatureError: a module would be bound to a definition of another type; nothing has changed.
        """
        if name == next(reversed(self._compiled)):
            return
        check_renewal(self._infos(), name)
        with self.uninterrupted():
            self._request(Frame(Renew(name)), Done)
            self._keep(self._compiled[name])

    def unlink(self, name: str) -> None:
        """See `Engine.unlink`."""
        with self.uninterrupted():
            self._request(Frame(Unlink(name)), Done)

    def remove(self, name: str) -> None:
        """See `Engine.remove`."""
        with self.uninterrupted():
            self._request(Frame(Remove(name)), Done)
            self._compiled.pop(name, None)

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `Linkage` takes them."""
        return python_module({name: intrinsic.signature for name, intrinsic in self._intrinsics.items()})

    def define(self, intrinsic: Intrinsic) -> None:
        """See `Engine.define`."""
        with self.uninterrupted():
            try:
                self._request(definition(intrinsic), Done)
            except WorkerCrashedError as crash:
                reason = f"the engine process died of {crash.cause} while it loaded it."
                raise DefinitionError(intrinsic.name, reason) from None
            self._intrinsics[intrinsic.name] = intrinsic

    def undefine(self, name: str) -> None:
        """See `Engine.undefine`."""
        with self.uninterrupted():
            self._intrinsics.pop(name, None)  # first: it may be what kills each new process
            self._request(Frame(Undefine(name)), Done)

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

    def show(self, name: str, source: bytes, form: Form, *, opt_level: int | None = None) -> str:
        """See `Engine.show`."""
        with self.uninterrupted():
            return self._request(Frame(Show(name, form, opt_level), source), Done)[1].decode("utf-8", "replace")

    def status(self) -> EngineStatus:
        """See `Engine.status`; figures of all processes so far."""
        with self.uninterrupted():
            status, _ = self._request(Frame(GetStatus()), EngineStatus)
            return replace(
                status,
                compilations=self._compilations,
                cache_hits=self._cache_hits,
                restarts=self.starts - 1,
            )

    def _request(self, frame: Frame, kind: type[_M], *, entry: str = "", going_on: bool = False) -> tuple[_M, bytes]:
        process = self._be_ready(going_on=going_on)
        if module := frame.message.name if isinstance(frame.message, Add | Show) else "":
            self._compiled_by = time.monotonic() + self._compile_limit_s
        if not (self._watched and self._begun):  # once for all the pieces of a run
            self._begun = True
            for stream in (process.output, process.errors):
                stream.begin(self._show)
        try:
            reply = self._exchange(process, frame)
        except EngineDied as died:
            raise self._after_death(process, died.cause, entry, module) from None
        if isinstance(reply.message, Refused):
            raise rebuilt(reply.message)
        if not isinstance(reply.message, kind):
            cause = f"a reply that was not asked for ({type(reply.message).__name__})"
            raise self._after_death(process, cause, entry, module)
        return reply.message, reply.blob

    def _be_ready(self, *, going_on: bool = False) -> EngineProcess:
        self._kill_at = self._compiled_by = None
        if self.shield.count:
            self.stop()
        return self._ensure(going_on=going_on)

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
        return self._is_given_up() or is_over(self._compiled_by)

    def _is_given_up(self) -> bool:
        return is_over(self._kill_at) or self.shield.count > 1

    def _after_death(self, process: EngineProcess, how: str, entry: str = "", module: str = "") -> Exception:
        self._last_printed = process.output.tail, process.errors.tail
        self._on_tick()
        late_s = self._compile_limit_s if is_over(self._compiled_by) else 0
        error = self._crash(how, entry, process.errors, pid=process.pid, module=module, late_s=late_s)
        self._discard()
        return Stopped() if self._is_given_up() else error

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
            replies = []
            for name, frame in replay(self._intrinsics.values(), self._compiled.values()):
                doing = f"it took back {name}"
                replies.append(self._exchange(process, frame).message)
        except EngineDied as died:
            error = self._after_death(process, died.cause)
            if isinstance(error, WorkerCrashedError):
                raise EngineStartError(f"it died of {error.cause} while {doing}.", error.stderr_tail) from None
            raise error from None
        if not isinstance(ready.message, Ready) or ready.message.version != __version__:
            self._discard()
            message = f"it is not of version {__version__}: restart the kernel after an upgrade."
            raise EngineStartError(message)
        self._ready, self._build = True, ready.message.build
        self._forget_refused(reply for reply in replies if isinstance(reply, Refused))
        return process

    def _forget_refused(self, replies: Iterable[Refused]) -> None:
        # What a function in Python imports may have gone since it was defined: that is said once.
        refused = [rebuilt(reply) for reply in replies]
        for error in refused:
            if isinstance(error, DefinitionError):
                self._intrinsics.pop(error.name, None)
        if refused:
            raise refused[0]
