"""`Session`: the facade. Modules by name, entry points to run, results."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Self, Unpack, get_args

from msgspec import structs

from qirjit_magic.errors import (
    EngineError,
    ExecutionError,
    ForkedError,
    OptionError,
    SessionClosedError,
    SimulatorError,
)
from qirjit_magic.limits import Limits, default_limits
from qirjit_magic.options import (
    COMPILE_DEFAULTS,
    RUN_DEFAULTS,
    Argument,
    CompileKeywords,
    CompileOptions,
    RunKeywords,
    RunOptions,
    checked_name,
    chosen_method,
    options_with,
    with_keywords_of,
)
from qirjit_magic.protocol.messages import ROOM_FOR_RECORDS, CircuitRequest, EngineStatus, Form, RunRequest
from qirjit_magic.protocol.module_info import BITCODE, Diagnostic, EntryPoint, ModuleInfo
from qirjit_magic.protocol.simulator_specs import BUILT_IN, SimulatorSpec, find_simulator
from qirjit_magic.protocol.symbol_graph import PYTHON, SymbolGraph
from qirjit_magic.session import diagnostics
from qirjit_magic.session.arguments import argument_words
from qirjit_magic.session.cache import default_cache
from qirjit_magic.session.client.client import EngineClient
from qirjit_magic.session.client.kernel_process import FairLock, LockTimeoutError, follow_forks, notice_fork
from qirjit_magic.session.client.process import ShowText, show_nothing
from qirjit_magic.session.module_adder import ModuleAdder
from qirjit_magic.session.python_functions import PythonFunctions
from qirjit_magic.session.registry import CrashLimiter, ModuleRegistry
from qirjit_magic.session.runs.runner import Engines, Runner, run_in_thread, waiting_for_turn
from qirjit_magic.session.runs.watcher import Observer, as_observer
from qirjit_magic.session.sources import QirSource, errors_moved_down, read_source

if TYPE_CHECKING:
    from qirjit_magic.display.circuit import CircuitDiagram
    from qirjit_magic.session.run_result import RunResult

_CLOSE_S = 2.0  # so long closing waits for who has the turn, who ends at once unless what shows text does not come back


# How a session changes: all at once, after its engine process has answered; or in several steps.
Changing = Literal["", "once answered", "in steps"]


class Session:
    """Modules by name, and the engine process that runs them.

    A session can be used from any thread, one call at a time. A forked process has a new engine process, with the same
    modules, once the session is used there. At the end of a ``with`` the engine process ends.

    Args:
        simulator: the simulator of runs that name none; see `RunOptions`.
        limits: the most that modules and runs may use; by default `Limits` with the changes of ``QIRJIT_LIMITS``. The
            attribute may be set later, for what comes after.
        engine_client: the engine; one of its own by default.

    Raises:
        EngineStartError: no engine process can be started.

    Example:
        >>> with qir.Session() as session:
        ...     info = session.add(bell)
        ...     result = session.run("bell", shots=100, seed=7)
        >>> info.name, len(result.shots)
        ('bell', 100)
    """

    def __init__(
        self, simulator: str = "auto", *, limits: Limits | None = None, engine_client: EngineClient | None = None
    ) -> None:
        self.simulator = simulator
        self.limits = limits or default_limits()
        self.on_change: list[Callable[[], None]] = []
        self._engine = engine_client or EngineClient(cache=default_cache())
        self._engines = Engines(self._engine)
        self._functions = PythonFunctions(self._engines)
        self._registry = ModuleRegistry(self._python_modules)
        self._crash_limiter = CrashLimiter()
        self._adder = ModuleAdder(self._engines, self._registry, self._crash_limiter, self._changed)
        self._runner = Runner(self._engines, self._registry, self._crash_limiter)
        self._lock = FairLock()
        self._inside = self._close_pending = False
        self._changing: Changing = ""
        self._torn_by_fork = 0  # the process that this one was forked from, while another thread changed the session
        follow_forks(self, session=True)
        self._end = weakref.finalize(self, self._engines.close)  # also where nobody closes it, and with the process
        try:
            with contextlib.suppress(SimulatorError):  # a run says it
                self._engine.restarter.allow_library(find_simulator(simulator).path)
            self._engine.start()
        except BaseException:  # interrupted too: nobody gets this session
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine process at once, with whatever it runs; the session cannot be used afterwards.

        Closing waits for no turn: what another thread runs, or waits to run, ends with a `SessionClosedError`.

        Example:
            >>> other = qir.Session()
            >>> other.close()
            >>> other.closed
            True
        """
        notice_fork()
        self._runner.closing = self._close_pending = True
        self._engines.kill()
        if self._lock.is_mine:  # it is called by what is being run here: the end of that is the end
            return
        with contextlib.suppress(LockTimeoutError), self._lock.within(time.monotonic() + _CLOSE_S):
            self._end()

    def after_fork(self) -> None:
        """In a forked process: nothing goes on, and nobody else has a turn."""
        others = not self._lock.is_mine and not self._lock.acquire(blocking=False)
        if others and (self._changing == "in steps" or (self._changing and not self._engine.restarter.exchanging)):
            self._torn_by_fork = os.getppid()
        self._lock = FairLock()
        self._inside, self._changing = False, ""
        self._runner.after_fork()
        self._engines.after_fork()

    def _turn(self, deadline: float = math.inf) -> FairLock:
        notice_fork()
        return self._lock.within(deadline)

    @contextlib.contextmanager
    def _working(self, *, changing: Changing = "", from_scratch: bool = False) -> Iterator[None]:
        # For whoever has the turn. Where the session is closed meanwhile, that is what there is to say.
        if from_scratch:
            self._torn_by_fork = 0
        self._check_open()
        outermost, self._inside = not self._inside, True
        self._changing = self._changing or changing
        try:
            yield
        except EngineError as error:
            if self.closed and not isinstance(error, SessionClosedError | ForkedError):
                raise SessionClosedError from None
            raise
        finally:
            if outermost:
                self._inside, self._changing = False, ""
                if self._close_pending:
                    self._end()

    def _python_modules(self) -> tuple[ModuleInfo, ...]:
        return self._functions.modules() if self._functions.pending else self._engines.intrinsics

    def _follow_functions(self) -> None:
        if self._functions.pending:
            self._functions.follow()

    @property
    def closed(self) -> bool:
        """Return whether the session was closed: a bool."""
        return self._runner.closing

    @property
    def last(self) -> RunResult | None:
        """The result of the last run, however it ended; None before the first."""
        return self._runner.last

    def _check_open(self) -> None:
        if self.closed:
            raise SessionClosedError
        if self._torn_by_fork:
            raise ForkedError("was being changed by another thread", self._torn_by_fork, whole=False)

    @property
    def modules(self) -> tuple[ModuleInfo, ...]:
        """The modules of the session, the newest last."""
        return self._registry.infos

    def module(self, name: str) -> ModuleInfo:
        """Find the module of this name, or the newest one that defines a function of this name.

        Args:
            name: the name of a module or function.

        Raises:
            EntryPointError: there is neither.

        Example:
            >>> session.add(bell, name="pair").name
            'pair'
            >>> session.module("pair").profile
            'base'
        """
        return self._registry.find(name).info if name in self._registry else self.entry(name)[0]

    @property
    def linkage(self) -> SymbolGraph:
        """A graph of the modules and functions in Python: which defines a name, and which use it."""
        return self._registry.symbol_graph

    @with_keywords_of(CompileOptions)
    def add(
        self,
        source: QirSource,
        name: str | None = None,
        *,
        options: CompileOptions = COMPILE_DEFAULTS,
        **keywords: Unpack[CompileKeywords],
    ) -> ModuleInfo:
        """Compile a module, and make it the newest. The same source again costs nothing.

        It takes the place of a module of the same name, or, where it has none, of the unnamed module that defines the
        same names. Whatever uses these is bound to the new definitions before it runs again.

        Args:
            source: a path, LLVM text or bitcode, or an object of a QIR-making package.
            name: its name; by default that of its file, of the module that it replaces, or ``cell1``, …
            options: the options with which it is compiled.
            **keywords: fields of `CompileOptions` that replace those of ``options``: ``opt_level``, ``strict``,
                ``trust``.

        Returns:
            The module's functions, profile, remarks and figures.

        Raises:
            QirSyntaxError, SignatureError, ProfileError, UnsafeModuleError, SourceError, OptionError, LimitError:
                nothing has changed.
            DefinitionError: nothing has changed; a function in Python cannot be loaded, which is said once.

        Example:
            >>> info = session.add(bell, opt_level=2)
            >>> info.name, info.opt_level, [function.name for function in info.functions]
            ('bell', 2, ['bell'])
        """
        options = options_with(CompileOptions, options, keywords, Session.add)
        given = read_source(source, self.limits)
        wanted = checked_name(name or given.name)
        if wanted == PYTHON:
            raise OptionError("name", wanted, "another one: functions in Python go by it")
        with self._turn(), self._working(changing="once answered"), errors_moved_down(given.lines_before):
            with self._engine.deferring_interrupts():
                self._follow_functions()
                info = self._adder.add(given, wanted, options, limit=self.limits.modules)
            self._engine.save()
            return info

    def define(self, name: str, signature: str, function: Callable[..., object]) -> tuple[Diagnostic, ...]:
        """Let QIR call a function in Python, in this session alone; `qirjit_magic.intrinsic` is for every session.

        It takes the place of one of the same name.

        Args:
            name: the name that QIR declares.
            signature: its type in LLVM's words, such as ``i64 (i64, double)``.
            function: what is called, in the engine process.

        Returns:
            A warning for each module that declares the name with another type.

        Raises:
            OptionError, DefinitionError: nothing has changed.

        Example:
            >>> session.define("twice", "i64 (i64)", lambda number: 2 * number)
            ()
            >>> session.undefine("twice")
            ()
        """
        with self._turn(), self._working(changing="in steps"):
            with self._engine.deferring_interrupts():
                self._functions.define(name, signature, function)
            return diagnostics.python_type_mismatches(self.linkage)

    def undefine(self, name: str) -> tuple[Diagnostic, ...]:
        """Forget a function in Python, in this session.

        One of `qirjit_magic.intrinsic` comes back when it is defined anew. Unknown names are ignored.

        Args:
            name: the name that QIR declares.

        Returns:
            A notice where modules use the name, which nobody defines any more.

        Raises:
            OptionError: UTF-8 cannot write the name, so that no function has it.

        Example:
            >>> session.undefine("unknown")
            ()
        """
        with self._turn(), self._working(changing="in steps"):
            before = self.linkage
            with self._engine.deferring_interrupts():
                self._functions.undefine(name)
            return tuple(diagnostics.lost_names(before, self.linkage))

    def free_name(self) -> str:
        """Return a name that no module has yet: ``cell1``, ``cell2`` and so on.

        Example:
            >>> session.free_name()
            'cell1'
        """
        return self._registry.free_name()

    def remove(self, name: str) -> tuple[Diagnostic, ...]:
        """Forget a module.

        Args:
            name: the name of the module.

        Returns:
            A notice for each name that other modules use and nobody defines any more.

        Raises:
            EntryPointError: there is no module of this name.

        Example:
            >>> session.add(bell, name="pair").name
            'pair'
            >>> session.remove("pair")
            ()
        """
        with self._turn(), self._working(changing="once answered"):
            self._crash_limiter.release(self._registry.find(name).info.digest)
            with self._engine.deferring_interrupts():
                self._engine.remove(name)
                said = self._registry.remove(name)
                self._changed()
        return said

    def reset(self, name: str | None = None) -> tuple[Diagnostic, ...]:
        """Give global variables their first values again, or forget every module.

        Args:
            name: the module whose variables have their first values again; those of the modules that are bound to it
                start anew when these are run. None: forget every module, end a run that goes on, and start a new
                engine process. Functions in Python stay.

        Returns:
            A notice where the module has variables that a run has used, which start anew.

        Raises:
            EntryPointError: there is no module of this name.

        Example:
            >>> session.add(bell).state
            ()
            >>> session.reset("bell")
            ()
        """
        if name is None:
            self.stop()
        with self._turn(), self._working(changing="once answered", from_scratch=name is None):
            if name is not None:
                self._crash_limiter.release(self._registry.find(name).info.digest)
            with self._engine.deferring_interrupts():
                if name is not None:
                    self._engines.reset_variables(name)
                    return self._registry.reset_variables(name)
                self._engines.reset()
                self._registry.clear()
                self._crash_limiter.clear()
                self._engine.start()
                self._changed()
        return ()

    def show(self, name: str, form: Form = "ir") -> str:
        """Show a module, or the module that defines a function of this name, as text.

        Args:
            name: the name of a module or function.
            form: ``ir``: LLVM IR as it was given, bitcode as text; ``compiled``: as code is made from it, outlined and
                optimised; ``asm``: assembly for this machine; ``object``: what the object code holds.

        Raises:
            EntryPointError: there is neither.
            OptionError: there is no such form.

        Example:
            >>> session.show("bell").splitlines()[2]
            'define void @bell() #0 {'
        """
        if form not in get_args(Form):
            raise OptionError("form", form, f"one of {', '.join(get_args(Form))}")
        with self._turn(), self._working():
            added = self._registry.find(self.module(name).name)
            if form == "ir" and not added.source.data.startswith(BITCODE):
                return added.source.data.decode("utf-8-sig")
            options = structs.replace(added.options, opt_level=added.info.opt_level)
            return self._engine.show(added.info.name, added.source.data, form, options)

    def status(self) -> EngineStatus:
        """Return the figures of the engine process: its number, simulator, memory, restarts.

        Example:
            >>> session.status().pid > 0
            True
        """
        with self._turn(), self._working():
            return self._engines.status()

    def _changed(self) -> None:
        for callback in list(self.on_change):
            callback()

    def entry(self, name: str | None = None, module: str | None = None) -> tuple[ModuleInfo, EntryPoint]:
        """Find the function to run, with its module.

        Args:
            name: any defined function; of several modules that define it the newest wins. None: the only function with
                the entry-point attribute; where none has one, the only public function.
            module: look only here; by default everywhere for a name, in the newest module without one.

        Raises:
            EntryPointError: there is none, or without a name more than one.

        Example:
            >>> info, function = session.entry()
            >>> info.name, function.name
            ('bell', 'bell')
        """
        return self._registry.entry(name, module)

    @with_keywords_of(RunOptions)
    def run(
        self,
        entry: str | None = None,
        *,
        module: str | None = None,
        options: RunOptions = RUN_DEFAULTS,
        show: ShowText | Observer | None = None,
        **keywords: Unpack[RunKeywords],
    ) -> RunResult:
        """Run shots of an entry point.

        Args:
            entry: any defined function; None for the only entry point, see `entry`.
            module: the module to look in; by default all, or without a name the newest.
            options: how it is run.
            show: called with the text of messages, dumps and prints as they come; an `Observer` hears the progress too.
            **keywords: fields of `RunOptions` that replace those of ``options``: ``shots``, ``seed``, ``simulator``,
                ``method``, ``jobs``, ``args``, ``timeout`` (in seconds).

        Returns:
            The records of the finished shots, with the seed that gives the same again.

        Raises:
            OptionError, EntryPointError, LinkError, SimulatorError, DefinitionError, NotSampleableError: nothing was
                run.
            ExecutionError: the run failed; the shots that finished are in ``error.partial``.
            KeyboardInterrupt: interrupted; the shots that finished are in `last`.

        Example:
            >>> result = session.run("bell", shots=1000, seed=7)
            >>> sorted(result.counts()), sum(result.counts().values())
            (['00', '11'], 1000)
        """
        options = options_with(RunOptions, options, keywords, Session.run)
        simulator = options.simulator or self.simulator
        spec = BUILT_IN.get(simulator) or find_simulator(simulator)
        if spec.pickled and options.method == "sampled":
            message = f"the simulator '{simulator}' is written in Python: it runs shots. Leave --method sampled away."
            raise SimulatorError(message)
        asked, process = time.monotonic(), os.getpid()
        deadline = math.inf if options.timeout is None else asked + options.timeout
        with waiting_for_turn(options.timeout), self._turn(deadline), self._working():
            waited_s = time.monotonic() - asked
            observer = as_observer(show or show_nothing)
            observer.stopping()  # from now on it is not waited for: whoever asks in a task sees that
            info, function = self.entry(entry, module)
            request = self._run_request(info, function, spec, options)
            with self._engine.deferring_interrupts(), self._entry_in_closing_error(function.name):
                self._follow_functions()
                result = self._runner.run(request, function, observer, waited_s=waited_s, limits=self.limits)
                if os.getpid() != process:  # what shows its text has forked: it has no shots here
                    raise ForkedError(f"ran '{function.name}'", os.getppid())
                if self.closed and result.partial:
                    raise SessionClosedError(entry=function.name, partial=result)
                return result

    def _run_request(
        self, info: ModuleInfo, function: EntryPoint, spec: SimulatorSpec, options: RunOptions
    ) -> RunRequest:
        qubits = function.required_qubits or 0
        return RunRequest(
            module=info.name,
            entry=function.name,
            shots=options.shots,
            arguments=_words(function, options.args),
            seed=secrets.randbits(64) if options.seed is None and spec.seedable else options.seed,
            simulator=spec,
            max_records=min(self.limits.records_per_shot, ROOM_FOR_RECORDS),
            method=chosen_method(options.method, shots=options.shots, qubits=qubits, simulator=spec.name),
            options=structs.replace(options, args=()),
        )

    @contextlib.contextmanager
    def _entry_in_closing_error(self, entry: str) -> Iterator[None]:
        try:
            yield
        except ExecutionError as error:
            if self.closed and not isinstance(error, SessionClosedError):
                raise SessionClosedError(entry=entry, partial=error.partial) from None
            raise

    @with_keywords_of(RunOptions)
    async def run_async(
        self,
        entry: str | None = None,
        *,
        module: str | None = None,
        options: RunOptions = RUN_DEFAULTS,
        show: ShowText | Observer | None = None,
        **keywords: Unpack[RunKeywords],
    ) -> RunResult:
        """Run shots as `run` does, in another thread, while other tasks go on.

        The arguments, results and errors are those of `run`. Runs of one session come one after the other, in the
        order in which they were asked for. ``show`` is called in the other thread. Cancelling the task stops the run;
        the shots that finished are in `last`.

        Example:
            >>> import asyncio
            >>> len(asyncio.run(session.run_async("bell", shots=10)).shots)
            10
        """
        options = options_with(RunOptions, options, keywords, Session.run_async)

        def run(observer: Observer, left_s: float | None) -> RunResult:
            return self.run(entry, module=module, options=structs.replace(options, timeout=left_s), show=observer)

        return await run_in_thread(run, as_observer(show or show_nothing), timeout_s=options.timeout)

    def circuit(
        self, entry: str | None = None, *, module: str | None = None, args: Sequence[Argument] = ()
    ) -> CircuitDiagram:
        """Draw the circuit of an entry point: what one shot does until it reads a result.

        Args:
            entry: any defined function; None for the only entry point, see `entry`.
            module: the module to look in.
            args: one value for each parameter, as text or as a number.

        Returns:
            The diagram, which a notebook shows, and which gives SVG and text.

        Raises:
            EntryPointError, LinkError, DefinitionError: nothing was traced.
            WorkerCrashedError: the engine process died, or the trace took more than 20 s.
            KeyboardInterrupt: interrupted or stopped.

        Example:
            >>> session.circuit("bell").depth
            3
        """
        with self._turn(), self._working():
            info, function = self.entry(entry, module)
            request = CircuitRequest(info.name, function.name, _words(function, args))
            with self._engine.deferring_interrupts():
                self._follow_functions()
                return self._runner.circuit(request)

    def stop(self) -> None:
        """Stop the run that goes on, if there is one, at the next shot; from any thread.

        Example:
            >>> session.stop()
        """
        self._runner.stop()


def _words(function: EntryPoint, arguments: Sequence[Argument]) -> tuple[int, ...]:
    # Most entry points take none.
    return argument_words(function, arguments) if arguments or function.signature.parameters else ()
