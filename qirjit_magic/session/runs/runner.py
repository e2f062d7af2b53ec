"""`Runner`: carries out the runs of a session, one at a time, in one of its two `Engines`.

::

    Session.run ─▶ Runner.run ─┬▶ Engines.for_run: the process in the sandbox, or the open one for what is trusted
                               ├▶ Collector: EngineClient.run ─▶ shared memory ─▶ RecordColumns; a RunWatcher each tick;
                               │           ShardedRun takes over where several processes share a long run
                               └▶ finish:  RecordColumns ─▶ RunResult, alone or in the error with which the run ended
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from qirjit_magic.errors import LocatedError, QirError, RunTimeoutError, SessionClosedError
from qirjit_magic.limits import Limits
from qirjit_magic.protocol.messages import CircuitRequest, Compiled, EngineStatus, Intrinsic, RunRequest
from qirjit_magic.protocol.module_info import EntryPoint, ModuleInfo
from qirjit_magic.protocol.return_values import recorded_words
from qirjit_magic.protocol.simulator_specs import AUTO, STATEVECTOR
from qirjit_magic.protocol.symbol_graph import PYTHON, SymbolGraph
from qirjit_magic.protocol.timings import UNTIMED, Timings
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.kernel_process import LockTimeoutError
from qirjit_magic.session.registry import CrashLimiter, ModuleRegistry
from qirjit_magic.session.runs.collector import Collected, Collector, added_timings, finish, process_count_reason
from qirjit_magic.session.runs.sharded_run import ShardedRun, single_stream_reason
from qirjit_magic.session.runs.watcher import Observer, ProgressReporter
from qirjit_magic.session.runs.worker_pool import WorkerPool

if TYPE_CHECKING:
    import asyncio

    from qirjit_magic.display.circuit import CircuitDiagram
    from qirjit_magic.session.run_result import RunResult

_LARGE = 32 << 20  # bytes of records of which nothing is to stay longer than it must
_MIN_S = 1e-9
_MAX_BY_ITSELF = 8  # processes, each of which takes memory and a moment to start


class Engines:
    """Every module is compiled and known in the sandboxed process, and whatever needs no trust runs there.

    A run that reaches a trusted module or a function in Python is carried out by the open process, which compiles
    everything itself: object code from the sandboxed process is whatever hostile code there made of it. The two
    processes have global variables of their own.

    Args:
        sandboxed: the engine process in the sandbox.

    Attributes:
        compiling: how long the last `for_run` took to compile what the open process lacked.
    """

    def __init__(self, sandboxed: EngineClient) -> None:
        self.sandboxed = sandboxed
        self.compiling = UNTIMED
        self._open: EngineClient | None = None
        self._compiled: dict[int, Compiled] = {}  # by serial: what the open process has made of a module itself
        self._workers = WorkerPool(sandboxed)

    @property
    def _both(self) -> tuple[EngineClient, ...]:
        return (self.sandboxed,) if self._open is None else (self.sandboxed, self._open)

    def close(self) -> None:
        """End the processes and forget every module."""
        self._workers.end()
        for engine in self._both:
            engine.close()

    def kill(self) -> None:
        """End the processes at once, and start none any more; from any thread."""
        for engine in self._both:
            engine.kill()
        self._workers.kill()

    def after_fork(self) -> None:
        """In a forked process: there are no workers, and the open process gets its modules when they are wanted."""
        self._workers.after_fork()
        if self._open is not None:
            self._open.restarter.forget_modules()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets new processes."""
        with self.sandboxed.deferring_interrupts():
            self._workers.end()
            for engine in self._both:
                engine.reset()
            self._compiled.clear()

    def stop(self) -> None:
        """End the run that goes on; from any thread."""
        for engine in self._both:
            engine.stop()
        self._workers.stop()

    # -- modules ---------------------------------------------------------------------------------------------------

    def reset_variables(self, name: str) -> None:
        """Let a module be linked anew in both processes, so that its variables start anew."""
        self.sandboxed.reset_variables(name)
        if self._open is not None and self._open.compiled({name}):
            self._open.reset_variables(name)

    # -- functions in Python ---------------------------------------------------------------------------------------

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `SymbolGraph` takes them."""
        return () if self._open is None else self._open.intrinsics

    def define(self, intrinsic: Intrinsic) -> None:
        """Load a function into the open process, and tell the other one its type.

        Raises:
            DefinitionError: it cannot be loaded; nothing has changed.
        """
        with self.sandboxed.deferring_interrupts():
            opened = self._opened()
            opened.define(intrinsic)
            try:
                self.sandboxed.define(structs.replace(intrinsic, pickled=b"", path=()))
            except QirError:
                opened.undefine(intrinsic.name)
                raise

    def undefine(self, name: str) -> None:
        """Forget a function in both processes."""
        with self.sandboxed.deferring_interrupts():
            for engine in self._both:
                engine.undefine(name)

    # -- runs ------------------------------------------------------------------------------------------------------

    def for_run(
        self,
        module: str,
        registry: ModuleRegistry,
        stopping: Callable[[], bool] = lambda: False,
        *,
        in_python: bool = False,
    ) -> EngineClient | None:
        """The engine that is to run something of this module, with every module in it that the run can reach.

        Args:
            module: its name.
            registry: the modules; who is bound to whom there is what the sandboxed process says.
            stopping: asked before each module that is still to be compiled: whether nobody waits for it any more.
            in_python: whether the simulator is written in Python, which only the open process calls.

        Returns:
            None where ``stopping`` said so.

        Raises:
            QirError: the open process cannot be started, or does not take what the sandboxed one took.
        """
        self.compiling, symbol_graph = UNTIMED, registry.symbol_graph
        self._forget_gone()
        reached = registry.reachable(module)
        if not (in_python or _is_trusting(symbol_graph, reached)):
            return self.sandboxed
        with self.sandboxed.deferring_interrupts():
            engine = self._opened()
            if not self._sync(engine, registry, reached, stopping):
                return None
        # What the open process has compiled itself decides: the other one may have lied about what is reached.
        compiled = SymbolGraph(engine.infos)
        return engine if in_python or _is_trusting(compiled, compiled.reachable(module)) else self.sandboxed

    def sharded_run(
        self, engine: EngineClient, request: RunRequest, symbol_graph: SymbolGraph, *, limit: int, limits: Limits
    ) -> ShardedRun | str:
        """Return a run that so many processes share and this engine begins; or why there is one only, in words."""
        simulator = STATEVECTOR if request.simulator == AUTO else request.simulator
        if not simulator.by_shot:
            return single_stream_reason(simulator.name)
        dependence_on_earlier_shots = symbol_graph.dependence_on_earlier_shots(request.module)
        if dependence_on_earlier_shots or engine is not self.sandboxed:
            return dependence_on_earlier_shots or "it runs where modules are trusted"
        modules = engine.compiled(symbol_graph.reachable(request.module))
        shared = structs.replace(request, simulator=simulator, method="live")
        return ShardedRun(engine, self._workers, shared, modules=modules, limit=limit, limits=limits)

    def _forget_gone(self) -> None:
        # A new open process may have refused functions that the one before had.
        if self._open is not None:
            for name in _names(self.sandboxed.intrinsics) - _names(self._open.intrinsics):
                self.sandboxed.undefine(name)

    def process_number(self, engine: EngineClient) -> int:
        """A number for the process that this engine has now: no other process of the session has the same."""
        return engine.restarter.starts if engine is self.sandboxed else -engine.restarter.starts

    def status(self) -> EngineStatus:
        """The figures of the process in the sandbox, with those that are different in the open one."""
        status = self.sandboxed.status()
        # Being looked at starts none.
        opened = self._open.status() if self._open is not None and self._open.restarter.has_process else EngineStatus()
        return structs.replace(
            status,
            simulator=status.simulator or opened.simulator,
            open_pid=opened.pid,
            open_memory=opened.memory,
            open_restarts=opened.restarts,
        )

    def _opened(self) -> EngineClient:
        if self._open is None:
            self._open = self.sandboxed.open_sibling()
        self._open.start()
        return self._open

    def _sync(
        self, engine: EngineClient, registry: ModuleRegistry, reached: frozenset[str], stopping: Callable[[], bool]
    ) -> bool:
        # Whether the open process has what it needs now: what is reached, and what is left of what it had before.
        self._compiled = {m.serial: self._compiled[m.serial] for m in registry.modules if m.serial in self._compiled}
        for module in registry.modules:
            if module.info.name in reached and module.serial not in self._compiled:
                if stopping() or engine.interrupts.count:
                    return False
                compiled = engine.compile(module.info.name, module.source.data, module.options)
                self.compiling = added_timings(self.compiling, compiled.module.timings)
                self._compiled[module.serial] = compiled
                engine.save()
        engine.sync([self._compiled[m.serial] for m in registry.modules if m.serial in self._compiled])
        return True


def _is_trusting(symbol_graph: SymbolGraph, reached: frozenset[str]) -> bool:
    return any(name == PYTHON or symbol_graph.modules[name].trusted for name in reached)


def _names(modules: Iterable[ModuleInfo]) -> set[str]:
    return {function.name for module in modules for function in module.functions}


class Runner:
    """Runs entry points of the modules of a registry.

    Args:
        engines: what carries them out.
        registry: the modules.
        crash_limiter: which of them are not tried any more.

    Attributes:
        last: the result of the last run, however it ended.
        closing: whether no run is to go on.
    """

    def __init__(self, engines: Engines, registry: ModuleRegistry, crash_limiter: CrashLimiter) -> None:
        self.last: RunResult | None = None
        self.closing = False
        self._engines = engines
        self._registry = registry
        self._crash_limiter = crash_limiter
        self._stopping = False
        self._large = False
        self._begun = self._running = False

    def run(
        self, request: RunRequest, entry: EntryPoint, observer: Observer, *, waited_s: float, limits: Limits
    ) -> RunResult:
        """Run shots.

        Args:
            request: which.
            entry: the entry point.
            observer: who follows it.
            waited_s: how many seconds of its time it has waited for its turn.
            limits: how much it may use.

        Raises:
            QirError, KeyboardInterrupt: see `Session.run`.
        """
        began = time.perf_counter()
        if self._large:  # an error's frames and it hold each other, and with them the records of a run before the last
            gc.collect()
        digest = self._registry.find(request.module).info.digest
        timeout_s = request.options.timeout
        left_s = None if timeout_s is None else timeout_s - waited_s
        with self._placed(request.module), self._crash_limiter.watch(request.module, digest):
            words = recorded_words(entry.signature.returns)
            engine, collected = self._collect(request, observer, left_s, limits, words)
        ended = collected.outcome in {"done", "failed"}
        self._crash_limiter.note_run(digest, collected.crash, ended=ended)
        process = self._engines.process_number(engine)
        said = self._registry.note_run(request.module, collected.linked, process=process)
        held = collected.columns.size if collected.columns is not None else 0
        result, error = finish(
            request,
            entry,
            collected,
            notices=said,
            printed=engine.restarter.printed(),
            limits=limits,
            before=self._registry.take_timings(request.module),
            began=began,
        )
        self.last = result
        self._large = held > _LARGE
        engine.save()
        if error:
            try:
                raise error
            finally:
                del error, result, collected  # it holds this frame, which would hold it and all its records
        return result

    def _collect(
        self, request: RunRequest, observer: Observer, timeout_s: float | None, limits: Limits, words: int
    ) -> tuple[EngineClient, Collected]:
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s

        def stopping() -> bool:
            return self._stopping or self.closing

        def given_up() -> bool:
            return stopping() or observer.stopping() or time.monotonic() > deadline

        self._stopping, self._begun = False, True
        try:
            symbol_graph = self._registry.symbol_graph
            in_python = bool(request.simulator.pickled)
            engine = self._engines.for_run(request.module, self._registry, given_up, in_python=in_python)
            if engine is None:
                ProgressReporter(request.shots, observer.progress).end(0)
                return self._engines.sandboxed, Collected(timed_out=time.monotonic() > deadline)
            before, waited_s = time.monotonic(), engine.restarter.waited_s
            engine.prepare(request)
            deadline += time.monotonic() - before
            left_s = None if timeout_s is None else max(0.0, deadline - time.monotonic())
            sharded_run = self._sharded_run(engine, request, symbol_graph, limits)
            shared = None if isinstance(sharded_run, str) else sharded_run
            self._running = True
            collector = Collector(
                engine, request, observer, limits, words=words, timeout_s=left_s, stopping=stopping, sharded_run=shared
            )
            with shared or contextlib.nullcontext():
                collected = collector.collect()
            collected.add_reason(process_count_reason(collected, request.options.jobs, sharded_run))
            start = Timings(start=engine.restarter.waited_s - waited_s)
            collected.note_timings(structs.replace(self._engines.compiling, total=0.0), start)
        finally:
            self._begun = self._running = False
        return engine, collected

    def _sharded_run(
        self, engine: EngineClient, request: RunRequest, symbol_graph: SymbolGraph, limits: Limits
    ) -> ShardedRun | str:
        jobs = request.options.jobs
        limit = min(get_platform().processors(), _MAX_BY_ITSELF) if jobs == "auto" else jobs
        if min(limit, request.shots) < 2:  # noqa: PLR2004 - one, and one that helps
            return "there is one shot" if limit > 1 else ""
        return self._engines.sharded_run(engine, request, symbol_graph, limit=limit, limits=limits)

    def circuit(self, request: CircuitRequest) -> CircuitDiagram:
        """The circuit of an entry point.

        Args:
            request: which.

        Raises:
            QirError, KeyboardInterrupt: see `Session.circuit`.
        """
        digest = self._registry.find(request.module).info.digest
        with self._placed(request.module), self._crash_limiter.watch(request.module, digest, counting=False):
            try:
                self._stopping, self._begun = False, True
                engine = self._engines.for_run(request.module, self._registry, lambda: self._stopping)
                if engine is not None:
                    engine.prepare(RunRequest(request.module, request.entry, method="sampled"))
                self._running = True
                if self.closing:
                    raise SessionClosedError(entry=request.entry)
                if engine is None or self._stopping:
                    raise KeyboardInterrupt
                traced = engine.circuit(request)
            finally:
                self._begun = self._running = False
        engine.save()
        from qirjit_magic.display.circuit import CircuitDiagram  # noqa: PLC0415 - a session may draw none

        return CircuitDiagram(module=request.module, entry=request.entry, traced=traced)

    @contextlib.contextmanager
    def _placed(self, module: str) -> Iterator[None]:
        # An error in the module that is run is at a line of its cell; in another module that has to be said.
        try:
            yield
        except LocatedError as error:
            where = error.module or module
            moved = error.moved_down(self._registry.find(where).source.lines_before)
            raise moved.of_module("" if where == module else where) from None

    def after_fork(self) -> None:
        """In a forked process nothing is run."""
        self._stopping = self._begun = self._running = False

    def stop(self) -> None:
        """Stop the run that goes on, if there is one, at the next shot; from any thread."""
        if self._begun:
            self._stopping = True
        if self._running:  # what an engine is given before its run is not torn
            self._engines.stop()


@contextlib.contextmanager
def waiting_for_turn(timeout_s: float | None) -> Iterator[None]:
    """A context of what waits for a turn of a `FairLock`.

    Raises:
        RunTimeoutError: it has not come in that time.
    """
    try:
        yield
    except LockTimeoutError:
        raise RunTimeoutError(timeout_s or 0.0, waited=True) from None


async def run_in_thread(
    run: Callable[[Observer, float | None], RunResult], observer: Observer, *, timeout_s: float | None = None
) -> RunResult:
    """Call ``run`` in a thread of its own, and return what it gives; where the task is cancelled the run is stopped.

    Args:
        run: runs, followed by the observer that it gets, in the seconds that are left of the time.
        observer: who wants to follow it, in that thread.
        timeout_s: the seconds that it may take from now on; None for no limit.

    Raises:
        RunTimeoutError: it has not begun in that time: it waits for a thread, or for its turn.
        CancelledError: the task was cancelled. A run that went on has ended, a queued one ends when its turn comes.
    """
    import asyncio  # noqa: PLC0415 - TLS and logging come with it

    cancelled, begun, asked = False, False, time.monotonic()

    def stopping() -> bool:
        nonlocal begun
        begun = True
        return cancelled or observer.stopping()

    def started() -> RunResult:
        left_s = None if timeout_s is None else max(timeout_s - (time.monotonic() - asked), _MIN_S)
        try:
            return run(structs.replace(observer, stopping=stopping), left_s)
        except RunTimeoutError as error:
            raise dataclasses.replace(error, timeout_s=timeout_s or error.timeout_s) from None

    running = asyncio.ensure_future(asyncio.to_thread(started))
    try:
        if timeout_s is not None and not await _begins(running, lambda: begun, timeout_s):
            cancelled = True
            running.add_done_callback(_look_at)
            raise RunTimeoutError(timeout_s, waited=True)
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        cancelled = True
        if begun:
            await asyncio.wait([running])
        running.add_done_callback(_look_at)
        raise


async def _begins(running: asyncio.Future[RunResult], begun: Callable[[], bool], timeout_s: float) -> bool:
    import asyncio  # noqa: PLC0415 - see above

    await asyncio.wait([running], timeout=timeout_s)
    return running.done() or begun()


def _look_at(ended: asyncio.Future[RunResult]) -> None:
    # Nobody waits for it any more: an error that nobody looked at would be reported when it is freed.
    if not ended.cancelled():
        ended.exception()
