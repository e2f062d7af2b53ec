"""`EngineSupervisor`: an `Engine` in a process of its own, which comes back when it dies."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from qirjit_magic.errors import DefinitionError, WorkerCrashedError
from qirjit_magic.session.cache import ObjectCache, find_admitted
from qirjit_magic.session.deaths import Stopped
from qirjit_magic.session.interrupts import FollowingShield, Shield
from qirjit_magic.session.kept import definition, restoration
from qirjit_magic.session.reviving import COMPILE_LIMIT_S, GRACE_S, RevivingProcess
from qirjit_magic.wire.frames import Frame
from qirjit_magic.wire.modules import ModuleInfo
from qirjit_magic.wire.objects import ALWAYS_NEEDED, OWN_OBJECTS, cache_key, own_key
from qirjit_magic.wire.platforms import Platform
from qirjit_magic.wire.protocol import (
    Add,
    Added,
    CircuitReply,
    CircuitRequest,
    Compile,
    Compiled,
    Done,
    EngineStatus,
    Form,
    GetOwnCode,
    GetStatus,
    Intrinsic,
    Remove,
    Renew,
    RunReply,
    RunRequest,
    Show,
    Undefine,
    Unlink,
)
from qirjit_magic.wire.simulators import AUTO, STATEVECTOR
from qirjit_magic.wire.timings import Timings


class EngineSupervisor(RevivingProcess):
    """The `Engine` protocol over an engine process.

    It keeps each module's object code and each function in Python, and gives them all to the new process when the old
    one died.

    Args:
        platform: see `RevivingProcess`, as for the others.
        grace_s: seconds that a shot has to end after a stop.
        cache: where object code is kept on disk; nowhere when None.
        fenced: whether the process gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have.
        compile_limit_s: seconds that compiling a module may take.
        shield: what counts interrupts.
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
        shield: Shield | None = None,
    ) -> None:
        super().__init__(
            platform,
            grace_s=grace_s,
            fenced=fenced,
            memory_limit=memory_limit,
            compile_limit_s=compile_limit_s,
            shield=shield,
            cache_folder=str(cache.folder) if cache else "",
        )
        self._cache = cache
        self._compilations = self._cache_hits = 0
        self._unsaved: dict[str, Compiled] = {}
        self._brought: set[str] = set()  # of what an engine brings itself, what the process has ready
        self._has_run = 0  # which of the processes so far

    def open_sibling(self) -> EngineSupervisor:
        """One with a process of its own that is not fenced, and otherwise like this one."""
        return self._sibling(fenced=False, memory_limit=self._memory_limit, shield=self.shield)

    def helper(self, memory_limit: int) -> EngineSupervisor:
        """One for another thread, with a process of its own that has this much memory, and otherwise like this one.

        It sees the interrupts of this one's shield; whoever stops this one has to stop it too.
        """
        return self._sibling(fenced=self.fenced, memory_limit=memory_limit, shield=FollowingShield(self.shield))

    def _sibling(self, *, fenced: bool, memory_limit: int, shield: Shield) -> EngineSupervisor:
        return EngineSupervisor(
            self._platform,
            grace_s=self._grace_s,
            cache=self._cache,
            fenced=fenced,
            memory_limit=memory_limit,
            compile_limit_s=self._compile_limit_s,
            shield=shield,
        )

    def add(
        self,
        name: str,
        source: bytes,
        *,
        opt_level: int | None = None,
        replaceable: Iterable[str] = (),
        strict: bool = False,
        trust: bool = False,
    ) -> Compiled:
        """See `Engine.add`; what was compiled before, by whatever process, comes from the disk."""
        replaceable = tuple(replaceable)
        began, waited_s = time.perf_counter(), self.waited_s
        with self.uninterrupted():
            key = self._key(source, opt_level, trust=trust)
            compiled = find_admitted(self._cache, key, self._kept.infos, name, replaceable=replaceable, strict=strict)
            if compiled is not None:
                self._request(restoration(compiled), Done)
                self._cache_hits += 1
                compiled = _from_cache(compiled)
            else:
                compiled = self._compile(key, Add(name, opt_level, replaceable, strict, trust), source)
            compiled = self._timed(compiled, began, waited_s)
            self._kept.keep(compiled)
        return compiled

    def compile(self, name: str, source: bytes, *, opt_level: int | None = None, trust: bool = False) -> Compiled:
        """See `Engine.compile`; what was compiled before, by whatever process, comes from the disk."""
        began, waited_s = time.perf_counter(), self.waited_s
        with self.uninterrupted():
            key = self._key(source, opt_level, trust=trust)
            found = self._cache.find(key) if self._cache is not None else None
            if found is not None:
                self._cache_hits += 1
                compiled = _from_cache(Compiled(replace(found.module, name=name), found.object_code))
            else:
                compiled = self._compile(key, Compile(name, opt_level, trust), source)
            return self._timed(compiled, began, waited_s)

    def _timed(self, compiled: Compiled, began: float, waited_s: float) -> Compiled:
        timings = replace(compiled.module.timings, start=self.waited_s - waited_s, total=time.perf_counter() - began)
        return replace(compiled, module=replace(compiled.module, timings=timings))

    def _compile(self, key: str, request: Add | Compile, source: bytes) -> Compiled:
        reply, object_code = self._request(Frame(request, source), Added)
        compiled = Compiled(reply.module, object_code)
        self._compilations += 1
        self._unsaved[key] = compiled
        return compiled

    def save(self) -> None:
        """Write what was compiled since the last call to the disk, where there is a cache.

        It is no part of `add`: it may warn, a warning may be an error, and by then everybody is to know the module.
        """
        unsaved, self._unsaved = self._unsaved, {}
        if self._cache is not None:
            for key, compiled in unsaved.items():
                self._cache.keep(key, compiled)

    def _key(self, source: bytes, opt_level: int | None, *, trust: bool) -> str:
        if self._cache is None:
            return ""
        self._be_ready()
        level = "by looking at it" if opt_level is None else str(opt_level)
        return cache_key(source, build=self._build, options=f"opt_level={level} trust={trust} fenced={self.fenced}")

    def restore(self, compiled: Compiled) -> None:
        """See `Engine.restore`."""
        with self.uninterrupted():
            self._request(restoration(compiled), Done)
            self._kept.keep(compiled)

    def compiled(self, names: Collection[str]) -> tuple[Compiled, ...]:
        """The modules of these names, in their order."""
        return tuple(compiled for name, compiled in self._kept.modules.items() if name in names)

    def have(self, wanted: Sequence[Compiled]) -> None:
        """Have these modules, in this order, and no others."""
        for name in sorted(self._kept.modules.keys() - {compiled.module.name for compiled in wanted}):
            self.remove(name)
        there = tuple(self._kept.modules.values())
        pairs = zip(there, wanted, strict=False)
        same = next((place for place, (has, wants) in enumerate(pairs) if has is not wants), len(there))
        for compiled in wanted[same:]:
            self.restore(compiled)

    def renew(self, name: str) -> None:
        """See `Engine.renew`."""
        if name == next(reversed(self._kept.modules)):
            return
        with self.uninterrupted():
            self._request(Frame(Renew(name)), Done)
            self._kept.keep(self._kept.modules[name])

    def unlink(self, name: str) -> None:
        """See `Engine.unlink`."""
        with self.uninterrupted():
            self._request(Frame(Unlink(name)), Done)

    def remove(self, name: str) -> None:
        """See `Engine.remove`."""
        with self.uninterrupted():
            self._request(Frame(Remove(name)), Done)
            self._kept.modules.pop(name, None)

    @property
    def infos(self) -> list[ModuleInfo]:
        """The modules and functions in Python that the process has, as a `Linkage` takes them."""
        return self._kept.infos

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `Linkage` takes them."""
        return self._kept.python

    def define(self, intrinsic: Intrinsic) -> None:
        """See `Engine.define`."""
        with self.uninterrupted():
            try:
                self._request(definition(intrinsic), Done)
            except WorkerCrashedError as crash:
                reason = f"the engine process died of {crash.cause} while it loaded it."
                raise DefinitionError(intrinsic.name, reason) from None
            self._kept.intrinsics[intrinsic.name] = intrinsic

    def undefine(self, name: str) -> None:
        """See `Engine.undefine`."""
        with self.uninterrupted():
            self._kept.intrinsics.pop(name, None)  # first: it may be what kills each new process
            self._request(Frame(Undefine(name)), Done)

    def own_code(self, name: str) -> bytes:
        """See `Engine.own_code`."""
        with self.uninterrupted():
            return self._request(Frame(GetOwnCode(name)), Done)[1]

    def prepare(self, request: RunRequest) -> None:
        """Have the engine bring what it needs for a run, so that the run's time is the program's."""
        with self.uninterrupted():
            self._be_ready()
            new = self._has_run != self.starts
            if new:
                self._brought.clear()
            began, waited_s = time.perf_counter(), self.waited_s
            wanted = OWN_OBJECTS if new and self._cache is not None else _own_objects(request)
            lacking = [name for name in wanted if name not in self._brought]
            for name in lacking:
                key = own_key(name, build=self._build, fenced=self.fenced)
                if self._cache is None or self._cache.find(key) is None:
                    object_code = self.own_code(name)
                    if new:  # no program has changed it: the time to ask for all of it, once on a machine
                        self._unsaved[key] = Compiled(ModuleInfo("", ""), object_code)
                self._brought.add(name)
            self._has_run = self.starts
            if lacking:
                self.waited_s = waited_s + time.perf_counter() - began

    def run(self, request: RunRequest) -> RunReply:
        """See `Engine.run`.

        Raises:
            WorkerCrashedError: the process died; finished shots are in `memory`.
        """
        self.memory.shots = request.shots
        with self.uninterrupted():
            try:
                going_on = request.first > request.begins  # only the process that began a run can go on with it
                return self._request(Frame(request), RunReply, entry=request.entry, going_on=going_on)[0]
            except Stopped:
                return RunReply("killed", self.memory.shot())

    def circuit(self, request: CircuitRequest) -> CircuitReply:
        """See `Engine.circuit`.

        Raises:
            WorkerCrashedError: the process died, or was killed because it did not end.
        """
        with self.uninterrupted():
            return self._request(Frame(request), CircuitReply, entry=request.entry)[0]

    def show(self, name: str, source: bytes, form: Form, *, opt_level: int | None = None, trust: bool = False) -> str:
        """See `Engine.show`."""
        with self.uninterrupted():
            _, text = self._request(Frame(Show(name, form, opt_level, trust), source), Done)
            return text.decode("utf-8", "replace")

    def status(self) -> EngineStatus:
        """See `Engine.status`; figures of all processes so far."""
        with self.uninterrupted():
            status, _ = self._request(Frame(GetStatus()), EngineStatus)
            return replace(
                status,
                pid=self._process.pid if self._process else 0,
                compilations=self._compilations,
                cache_hits=self._cache_hits,
                memory_limit=self._memory_limit,
                restarts=self.starts - 1,
            )


def _from_cache(compiled: Compiled) -> Compiled:
    return replace(compiled, module=replace(compiled.module, timings=Timings(from_cache=True)))


def _own_objects(request: RunRequest) -> Iterator[str]:
    yield from ALWAYS_NEEDED
    if request.simulator in {AUTO, STATEVECTOR}:
        yield "statevector"
    if request.method != "live":
        yield "tracer"
