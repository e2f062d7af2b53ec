"""`EngineClient`: an `Engine` in a process of its own, which comes back when it dies."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import structs

from qirjit_magic.errors import DefinitionError, WorkerCrashedError
from qirjit_magic.options import COMPILE_DEFAULTS, CompileOptions
from qirjit_magic.protocol.messages import (
    Add,
    Added,
    CircuitReply,
    CircuitRequest,
    Compile,
    Compiled,
    Done,
    EngineStatus,
    Form,
    Frame,
    GetBuiltinCode,
    GetStatus,
    Intrinsic,
    Promote,
    Remove,
    ResetVariables,
    RunReply,
    RunRequest,
    Show,
    Undefine,
)
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.object_files import BUILTIN_OBJECTS, builtin_key, cache_key
from qirjit_magic.protocol.simulator_specs import AUTO, SPARSE, STATEVECTOR
from qirjit_magic.protocol.timings import Timings
from qirjit_magic.sandbox import Platform
from qirjit_magic.session.cache import ObjectCache, check_cached_module
from qirjit_magic.session.client.crash_report import StoppedByForce
from qirjit_magic.session.client.kernel_process import DeferredInterrupts, MainThreadInterrupts, follow_forks
from qirjit_magic.session.client.process import COMPILE_LIMIT_S
from qirjit_magic.session.client.recompiling import Recipe, Recompiler
from qirjit_magic.session.client.replay_log import definition, restoration
from qirjit_magic.session.client.restarter import GRACE_S, Restarter

_NICE = 10


class EngineClient:
    """The `Engine` protocol over an engine process.

    Its `Restarter` keeps each module's object code and each function in Python, and gives them all to the new process
    when the old one died::

        session, runs ──▶ EngineClient ──▶ Restarter ──▶ EngineProcess ┆ worker ──▶ JitEngine
                          requests,        starts anew,  one child,    ┆
                          object code      gives back    one wait loop ┆ what is behind it may be hostile

    Args:
        platform: what this system does its own way; chosen by itself when None.
        grace_s: seconds that a shot has to end after a stop.
        cache: where object code is kept on disk; nowhere when None.
        sandboxed: whether the process gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have.
        compile_limit_s: seconds that compiling a module may take.
        interrupts: what counts interrupts.

    Attributes:
        restarter: the processes, one after the other.
        memory: what they share with the kernel.
        interrupts: what counts interrupts.
        sandboxed: as above.
    """

    def __init__(
        self,
        platform: Platform | None = None,
        *,
        grace_s: float = GRACE_S,
        cache: ObjectCache | None = None,
        sandboxed: bool = True,
        memory_limit: int | None = None,
        compile_limit_s: float = COMPILE_LIMIT_S,
        interrupts: DeferredInterrupts | None = None,
    ) -> None:
        self.restarter = Restarter(
            platform,
            grace_s=grace_s,
            sandboxed=sandboxed,
            memory_limit=memory_limit,
            compile_limit_s=compile_limit_s,
            interrupts=interrupts,
            cache_folder=str(cache.folder) if cache else "",
        )
        self.memory, self.interrupts, self.sandboxed = self.restarter.memory, self.restarter.interrupts, sandboxed
        follow_forks(self)
        self._cache = cache
        self._compilations = self._cache_hits = 0
        self._unsaved: dict[str, Compiled] = {}
        self._saves = True  # whether the disk took the module that it was given last
        self._recompiler = Recompiler(cache, self._compiling_sibling) if cache is not None and sandboxed else None
        self._brought: set[str] = set()  # of what an engine brings itself, what the process has ready
        self._brought_to = self._has_run = 0  # which of the processes so far

    def open_sibling(self) -> EngineClient:
        """One with a process of its own that is not sandboxed, and otherwise like this one."""
        return self._sibling(sandboxed=False, memory_limit=self.restarter.memory_limit, interrupts=self.interrupts)

    def worker(self, memory_limit: int) -> EngineClient:
        """One for another thread, with a process of its own that has this much memory, and otherwise like this one.

        It sees the interrupts that this one defers; whoever stops this one has to stop it too.
        """
        return self._sibling(
            sandboxed=self.sandboxed, memory_limit=memory_limit, interrupts=MainThreadInterrupts(self.interrupts)
        )

    def _compiling_sibling(self, cache: ObjectCache) -> EngineClient:
        sibling = self._sibling(
            sandboxed=True, memory_limit=self.restarter.memory_limit, interrupts=DeferredInterrupts()
        )
        sibling._cache = cache  # noqa: SLF001 - of the same class
        return sibling

    def close(self) -> None:
        """End the process and forget every module."""
        if self._recompiler is not None:
            self._recompiler.close()
        self.restarter.close()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets a new process."""
        if self._recompiler is not None:
            self._recompiler.forget()
        self.restarter.reset()

    def after_fork(self) -> None:
        """In a forked process: it has no process there; what is compiled once more is the parent's affair."""
        self.restarter.after_fork()
        if self._recompiler is not None:
            self._recompiler.after_fork()

    def start(self) -> None:
        """Start the process, if there is none, and return at once: it loads LLVM while the kernel goes on."""
        self.restarter.start()

    def stop(self) -> None:
        """End the run at the next shot, and whatever still goes on after the grace by force; from any thread."""
        self.restarter.stop()

    def kill(self) -> None:
        """End the process at once, and start none any more; from any thread."""
        self.restarter.kill()

    def kill_soon(self) -> None:
        """Kill whatever the process is doing, soon; from any thread."""
        self.restarter.kill_soon()

    def deferring_interrupts(self) -> contextlib.AbstractContextManager[None]:
        """A context in which nothing is torn by an interrupt, see `Restarter.deferring_interrupts`."""
        return self.restarter.deferring_interrupts()

    def lower_priority(self) -> None:
        """Let every other process have a processor first."""
        if self.restarter.process is not None:
            with contextlib.suppress(OSError):  # it has ended
                os.setpriority(os.PRIO_PROCESS, self.restarter.process.pid, _NICE)

    def _sibling(self, *, sandboxed: bool, memory_limit: int, interrupts: DeferredInterrupts) -> EngineClient:
        return EngineClient(
            self.restarter.platform,
            grace_s=self.restarter.grace_s,
            cache=self._cache,
            sandboxed=sandboxed,
            memory_limit=memory_limit,
            compile_limit_s=self.restarter.compile_limit_s,
            interrupts=interrupts,
        )

    def add(
        self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS, *, replaceable: Iterable[str] = ()
    ) -> Compiled:
        """Add a module; what was compiled before, by whatever process, comes from the disk."""
        replaceable = tuple(replaceable)
        began, waited_s = time.perf_counter(), self.restarter.waited_s
        with self.deferring_interrupts():
            key = self._key(source, options)
            found = self._find(key)
            compiled = check_cached_module(
                found, self.restarter.kept.infos, name, replaceable=replaceable, strict=options.strict
            )
            if compiled is not None:
                self.restarter.request(restoration(compiled), Done)
                self._cache_hits += 1
                compiled = _from_cache(compiled)
            else:
                compiled = self._compile(key, Add(name, options, replaceable), source)
            compiled = self._timed(compiled, began, waited_s)
            self.restarter.kept.keep(compiled)
        return compiled

    def compile(self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS) -> Compiled:
        """Compile a module without adding it; what was compiled before, by whatever process, comes from the disk."""
        began, waited_s = time.perf_counter(), self.restarter.waited_s
        with self.deferring_interrupts():
            key = self._key(source, options)
            found = self._find(key)
            if found is not None:
                self._cache_hits += 1
                compiled = _from_cache(Compiled(structs.replace(found.module, name=name), found.object_code))
            else:
                compiled = self._compile(key, Compile(name, options), source)
            return self._timed(compiled, began, waited_s)

    def _timed(self, compiled: Compiled, began: float, waited_s: float) -> Compiled:
        timings = structs.replace(
            compiled.module.timings, start=self.restarter.waited_s - waited_s, total=time.perf_counter() - began
        )
        return structs.replace(compiled, module=structs.replace(compiled.module, timings=timings))

    def _compile(self, key: str, request: Add | Compile, source: bytes) -> Compiled:
        reply, object_code = self.restarter.request(Frame(request, source), Added)
        compiled = Compiled(reply.module, object_code)
        self._compilations += 1
        if self._is_believed:
            self._unsaved[key] = compiled
        elif self._recompiler is not None and self._saves:
            self._recompiler.enqueue(key, Recipe(source, request.options), compiled)
        return compiled

    @property
    def _is_believed(self) -> bool:
        """Return whether no program can have had a part in what the process says; the open one runs what is trusted."""
        return not self.sandboxed or self._has_run != self.restarter.starts

    def _find(self, key: str) -> Compiled | None:
        found = self._cache.find(key) if self._cache is not None else None
        return found or (self._recompiler.find(key) if self._recompiler is not None else None)

    def save(self) -> None:
        """Write what was compiled since the last call to the disk, where there is a cache.

        It is no part of `add`: it may warn, a warning may be an error, and by then everybody is to know the module.
        """
        unsaved, self._unsaved = self._unsaved, {}
        if self._cache is not None and unsaved:
            kept = {key: self._cache.keep(key, compiled) for key, compiled in unsaved.items()}
            modules = [kept[key] for key, compiled in unsaved.items() if compiled.module.digest]
            self._saves = any(modules) if modules else self._saves

    def _key(self, source: bytes, options: CompileOptions) -> str:
        if self._cache is None:
            return ""
        self.restarter.be_ready()
        return cache_key(
            source, build=self.restarter.build, options=f"{options.for_object_code} sandboxed={self.sandboxed}"
        )

    def restore(self, compiled: Compiled) -> None:
        """Send a module to the process as object code, and keep it for the processes that come after."""
        with self.deferring_interrupts():
            self.restarter.request(restoration(compiled), Done)
            self.restarter.kept.keep(compiled)

    def compiled(self, names: Collection[str]) -> tuple[Compiled, ...]:
        """The modules of these names, in their order."""
        return tuple(compiled for name, compiled in self.restarter.kept.modules.items() if name in names)

    def sync(self, wanted: Sequence[Compiled]) -> None:
        """Have these modules, in this order, and no others; what is there already keeps its variables.

        A process that has none of them is brought there as one that has some: a worker's, the open one's, or another
        that was made for a new session.
        """
        by_name = {compiled.module.name: compiled for compiled in wanted}
        for name in [name for name, has in self.restarter.kept.modules.items() if by_name.get(name) is not has]:
            self.remove(name)
        pairs = zip(self.restarter.kept.modules, by_name, strict=False)
        in_order = next(
            (place for place, (has, wants) in enumerate(pairs) if has != wants), len(self.restarter.kept.modules)
        )
        for compiled in wanted[in_order:]:
            if compiled.module.name in self.restarter.kept.modules:
                self.promote(compiled.module.name)
            else:
                self.restore(compiled)

    def promote(self, name: str) -> None:
        """Have the process make a module the newest; one that is the newest already costs no request."""
        if name == next(reversed(self.restarter.kept.modules)):
            return
        with self.deferring_interrupts():
            self.restarter.request(Frame(Promote(name)), Done)
            self.restarter.kept.keep(self.restarter.kept.modules[name])

    def reset_variables(self, name: str) -> None:
        """Have the process link a module anew before it is run again."""
        with self.deferring_interrupts():
            self.restarter.request(Frame(ResetVariables(name)), Done)

    def remove(self, name: str) -> None:
        """Have the process forget a module, and those that come after it too."""
        with self.deferring_interrupts():
            self.restarter.request(Frame(Remove(name)), Done)
            self.restarter.kept.modules.pop(name, None)

    @property
    def infos(self) -> list[ModuleInfo]:
        """The modules and functions in Python that the process has, as a `SymbolGraph` takes them."""
        return self.restarter.kept.infos

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `SymbolGraph` takes them."""
        return self.restarter.kept.python

    def define(self, intrinsic: Intrinsic) -> None:
        """Send a function in Python to the process, and keep it for the processes that come after."""
        with self.deferring_interrupts():
            try:
                self.restarter.request(definition(intrinsic), Done)
            except WorkerCrashedError as crash:
                reason = f"the engine process died of {crash.cause} while it loaded it."
                raise DefinitionError(intrinsic.name, reason) from None
            self.restarter.kept.intrinsics[intrinsic.name] = intrinsic

    def undefine(self, name: str) -> None:
        """Have the process forget a function in Python, and those that come after it too."""
        with self.deferring_interrupts():
            self.restarter.kept.intrinsics.pop(name, None)  # first: it may be what kills each new process
            self.restarter.request(Frame(Undefine(name)), Done)

    def builtin_code(self, name: str) -> bytes:
        """Ask the process for one of its own objects, for the disk or for another process."""
        with self.deferring_interrupts():
            return self.restarter.request(Frame(GetBuiltinCode(name)), Done)[1]

    def prepare(self, request: RunRequest) -> None:
        """Have the engine bring what it needs for a run, so that the run's time is the program's."""
        self.restarter.allow_library(request.simulator.path)
        with self.deferring_interrupts():
            self.restarter.be_ready()
            new, believed = self._brought_to != self.restarter.starts, self._has_run != self.restarter.starts
            if new:
                self._brought.clear()
                self._brought_to = self.restarter.starts
            began, waited_s = time.perf_counter(), self.restarter.waited_s
            wanted = list(_builtin_objects(request))
            others = [name for name in BUILTIN_OBJECTS if name not in wanted] if new and self._cache is not None else []
            if self._recompiler is None and believed:
                wanted += others  # nobody else makes them for the disk
            lacking = [name for name in wanted if name not in self._brought]
            for name in lacking:
                if key := self._lacking_key(name):
                    object_code = self.builtin_code(name)
                    if believed:  # no program has changed it
                        self._unsaved[key] = Compiled(ModuleInfo("", ""), object_code)
                    elif self._recompiler is not None and self._saves:
                        self._recompiler.enqueue(key, GetBuiltinCode(name))
                self._brought.add(name)
            self._has_run = self.restarter.starts
            if lacking:
                self.restarter.waited_s = waited_s + time.perf_counter() - began
            self._have_made(name for name in others if name not in wanted)

    def _have_made(self, names: Iterable[str]) -> None:
        """Have the disk get, later, what this run does without and another may need."""
        if self._recompiler is None or not self._saves:
            return
        for name in names:
            if key := self._lacking_key(name):
                self._recompiler.enqueue(key, GetBuiltinCode(name))

    def _lacking_key(self, name: str) -> str:
        """The key of what the engine brings itself, where the disk lacks it, or there is none; else empty."""
        key = builtin_key(name, build=self.restarter.build, sandboxed=self.sandboxed)
        return "" if self._cache is not None and self._cache.find(key) is not None else key

    def run(self, request: RunRequest) -> RunReply:
        """Run shots in the process; the records are in `memory`, also where it dies.

        Raises:
            WorkerCrashedError: the process died; finished shots are in `memory`.
        """
        self.restarter.allow_library(request.simulator.path)
        self.memory.shots = request.shots
        with self.deferring_interrupts():
            try:
                continues = request.first > request.begins  # only the process that began a run can go on with it
                return self.restarter.request(Frame(request), RunReply, entry=request.entry, continues=continues)[0]
            except StoppedByForce:
                return RunReply("killed", self.memory.shot())
            finally:
                self._has_run = self.restarter.starts

    def circuit(self, request: CircuitRequest) -> CircuitReply:
        """Have the process trace one shot of an entry point, within the time that a trace may take.

        Raises:
            WorkerCrashedError: the process died, or was killed because it did not end.
        """
        with self.deferring_interrupts():
            try:
                return self.restarter.request(Frame(request), CircuitReply, entry=request.entry)[0]
            finally:
                self._has_run = self.restarter.starts  # a trace is a run too

    def show(self, name: str, source: bytes, form: Form, options: CompileOptions = COMPILE_DEFAULTS) -> str:
        """Have the process show a module as text, without adding it."""
        with self.deferring_interrupts():
            _, text = self.restarter.request(Frame(Show(name, form, options), source), Done)
            return text.decode("utf-8", "replace")

    def status(self) -> EngineStatus:
        """Ask the process for its figures, and add those of the processes before it."""
        with self.deferring_interrupts():
            status, _ = self.restarter.request(Frame(GetStatus()), EngineStatus)
            return structs.replace(
                status,
                pid=self.restarter.process.pid if self.restarter.process else 0,
                compilations=self._compilations,
                cache_hits=self._cache_hits,
                memory_limit=self.restarter.memory_limit,
                restarts=self.restarter.starts - 1 - self.restarter.replaced,
            )


def _from_cache(compiled: Compiled) -> Compiled:
    return structs.replace(compiled, module=structs.replace(compiled.module, timings=Timings(from_cache=True)))


def _builtin_objects(request: RunRequest) -> Iterator[str]:
    yield "runtime"
    yield "faults"
    if request.simulator == SPARSE:
        yield "results"
    if request.simulator in {AUTO, STATEVECTOR}:
        yield "statevector"
    if request.method != "live":
        yield "tracer"
