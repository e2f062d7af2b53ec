"""`Engines`: the engine process behind the fence, and a second, open one for what is trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import structs

from qirjit_magic.errors import QirError
from qirjit_magic.limits import Limits
from qirjit_magic.protocol.messages import Compiled, EngineStatus, Intrinsic, RunRequest
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.simulator_specs import AUTO, STATEVECTOR
from qirjit_magic.protocol.symbol_graph import PYTHON, SymbolGraph
from qirjit_magic.protocol.timings import UNTIMED
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.registry import ModuleRegistry
from qirjit_magic.session.runs.sharded_run import ShardedRun, one_stream
from qirjit_magic.session.runs.worker_pool import WorkerPool


class Engines:
    """Every module is compiled and known in the fenced process, and whatever needs no trust runs there.

    A run that reaches a trusted module or a function in Python is carried out by the open process, which compiles
    everything itself: object code from the fenced process is whatever hostile code there made of it. The two processes
    have global variables of their own.

    Args:
        fenced: the one behind the fence.

    Attributes:
        compiling: how long the last `for_run` took to compile what the open process lacked.
    """

    def __init__(self, fenced: EngineClient) -> None:
        self.fenced = fenced
        self.compiling = UNTIMED
        self._open: EngineClient | None = None
        self._compiled: dict[int, Compiled] = {}  # by serial: what the open process has made of a module itself
        self._workers = WorkerPool(fenced)

    @property
    def _both(self) -> tuple[EngineClient, ...]:
        return (self.fenced,) if self._open is None else (self.fenced, self._open)

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
        """In a forked process: there are no helpers, and the open process gets its modules when they are wanted."""
        self._workers.after_fork()
        if self._open is not None:
            self._open.restarter.forget_modules()

    def reset(self) -> None:
        """Forget every module, but no function in Python; the next request gets new processes."""
        with self.fenced.uninterrupted():
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

    def unlink(self, name: str) -> None:
        """Let a module be linked anew in both processes, so that its variables start anew."""
        self.fenced.unlink(name)
        if self._open is not None and self._open.compiled({name}):
            self._open.unlink(name)

    # -- functions in Python ---------------------------------------------------------------------------------------

    @property
    def intrinsics(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `SymbolGraph` takes them."""
        return () if self._open is None else self._open.intrinsics

    def define(self, intrinsic: Intrinsic) -> None:
        """Load a function in Python into the open process, and tell the one in the sandbox its type.

        Raises:
            DefinitionError: it cannot be loaded; nothing has changed.
        """
        with self.fenced.uninterrupted():
            opened = self._opened()
            opened.define(intrinsic)
            try:
                self.fenced.define(structs.replace(intrinsic, pickled=b"", path=()))
            except QirError:
                opened.undefine(intrinsic.name)
                raise

    def undefine(self, name: str) -> None:
        """Have both processes forget a function in Python."""
        with self.fenced.uninterrupted():
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
            registry: the modules; who is bound to whom there is what the fenced process says.
            stopping: asked before each module that is still to be compiled: whether nobody waits for it any more.
            in_python: whether the simulator is written in Python, which only the open process calls.

        Returns:
            None where ``stopping`` said so.

        Raises:
            QirError: the open process cannot be started, or does not take what the fenced one took.
        """
        self.compiling, linkage = UNTIMED, registry.linkage
        self._forget_gone()
        if not (in_python or _is_trusting(linkage, module)):
            return self.fenced
        with self.fenced.uninterrupted():
            engine = self._opened()
            if not self._sync(engine, registry, linkage.reachable(module), stopping):
                return None
        # What the open process has compiled itself decides: the other one may have lied about what is reached.
        return engine if in_python or _is_trusting(SymbolGraph(engine.infos), module) else self.fenced

    def sharded_run(
        self, engine: EngineClient, request: RunRequest, linkage: SymbolGraph, *, most: int, limits: Limits
    ) -> ShardedRun | str:
        """Return a run that so many processes share and this engine begins; or why there is one only, in words."""
        simulator = STATEVECTOR if request.simulator == AUTO else request.simulator
        if not simulator.by_shot:
            return one_stream(simulator.name)
        state_across_shots = linkage.state_across_shots(request.module)
        if state_across_shots or engine is not self.fenced:
            return state_across_shots or "it runs where modules are trusted"
        modules = engine.compiled(linkage.reachable(request.module))
        shared = structs.replace(request, simulator=simulator, method="live")
        return ShardedRun(engine, self._workers, shared, modules=modules, most=most, limits=limits)

    def _forget_gone(self) -> None:
        # A new open process may have refused functions that the one before had.
        if self._open is not None:
            for name in _names(self.fenced.intrinsics) - _names(self._open.intrinsics):
                self.fenced.undefine(name)

    def number(self, engine: EngineClient) -> int:
        """A number for the process that this engine has now: no other process of the session has the same."""
        return engine.restarter.starts if engine is self.fenced else -engine.restarter.starts

    def status(self) -> EngineStatus:
        """Give the figures of the process in the sandbox, with those of the open one beside them."""
        status = self.fenced.status()
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
            self._open = self.fenced.open_sibling()
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
                self.compiling += compiled.module.timings
                self._compiled[module.serial] = compiled
                engine.save()
        engine.sync([self._compiled[m.serial] for m in registry.modules if m.serial in self._compiled])
        return True


def _is_trusting(linkage: SymbolGraph, module: str) -> bool:
    return any(name == PYTHON or linkage.modules[name].trusted for name in linkage.reachable(module))


def _names(modules: Iterable[ModuleInfo]) -> set[str]:
    return {function.name for module in modules for function in module.functions}
