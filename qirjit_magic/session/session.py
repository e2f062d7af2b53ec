"""`Session`: the facade. Modules by name, entry points to run, results."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import difflib
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Self, get_args

from qirjit_magic.errors import (
    EntryPointError,
    ExecutionError,
    LocatedError,
    ProgramFailedError,
    QirNotice,
    RunTimeoutError,
    WorkerCrashedError,
)
from qirjit_magic.options import Method
from qirjit_magic.session.arguments import Argument, argument_words
from qirjit_magic.session.sources import QirSource, Source, read_source
from qirjit_magic.session.streams import Show, show_nothing
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.session.watching import RunWatch
from qirjit_magic.wire.memory import Word
from qirjit_magic.wire.modules import EntryPoint, ModuleInfo
from qirjit_magic.wire.protocol import EngineStatus, Form, Outcome, RunRequest
from qirjit_magic.wire.simulators import find_simulator

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult
    from qirjit_magic.wire.records import Piece, Recording

_SEED_BITS = 63


@dataclass(frozen=True, slots=True)
class _Added:
    info: ModuleInfo
    source: Source
    named: bool


@dataclass
class _Run:
    pieces: list[Piece] = dataclasses.field(default_factory=list)
    outcome: Outcome = "stopped"
    dropped: int = 0
    crash: WorkerCrashedError | None = None
    timed_out: bool = False


class Session:
    """Modules, and an engine process that runs them; usable from any thread, one call at a time.

    Args:
        simulator: what runs use that name none: ``auto``, ``sparse``, or the path of a shared library.
        supervisor: the engine; one of its own by default.
    """

    def __init__(self, simulator: str = "auto", *, supervisor: EngineSupervisor | None = None) -> None:
        self.simulator = simulator
        self.closed = False
        self.last: RunResult | None = None
        self.on_change: list[Callable[[], None]] = []
        self._engine = supervisor or EngineSupervisor()
        self._modules: dict[str, _Added] = {}
        self._lock = threading.RLock()
        self._stopping = False
        self._running = False
        self._engine.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine process; nothing can be run afterwards."""
        with self._lock:
            if not self.closed:
                self.closed = True
                self._engine.close()
        atexit.unregister(self.close)

    # -- modules ---------------------------------------------------------------------------------------------------

    @property
    def modules(self) -> tuple[ModuleInfo, ...]:
        """The modules, the newest last."""
        return tuple(added.info for added in self._modules.values())

    def add(self, source: QirSource, name: str | None = None) -> ModuleInfo:
        """Compile a module; it takes the place of one of the same name. The same source again costs nothing.

        Args:
            source: a path, LLVM text or bitcode, or an object of a QIR-making package.
            name: its name; by default that of its file, of the unnamed module that defines the same, or ``cell1``, …

        Raises:
            QirSyntaxError, SignatureError, UnsafeModuleError, SourceError: nothing has changed.
        """
        given = read_source(source)
        with self._lock:
            wanted = name or given.name
            known = self._known(given, wanted)
            if known:
                return known
            with _at_line(given.lines_before), self._engine.uninterrupted():
                compiled = self._engine.add(wanted or self._free_name(), given.data)
                info = compiled.module
                replaced = None if wanted else self._same_definitions(info)
                if replaced:
                    self._engine.remove(replaced)
                    self._modules.pop(replaced)
                self._modules.pop(info.name, None)
                self._modules[info.name] = _Added(_moved(info, given.lines_before), given, bool(wanted))
        self._changed()
        return self._modules[info.name].info

    def _known(self, source: Source, name: str) -> ModuleInfo | None:
        digest = sha256(source.data).hexdigest()
        for added in self._modules.values():
            if added.info.digest == digest and name in {"" if not added.named else added.info.name, added.info.name}:
                return added.info
        return None

    def _free_name(self) -> str:
        number = 1
        while f"cell{number}" in self._modules:
            number += 1
        return f"cell{number}"

    def _same_definitions(self, info: ModuleInfo) -> str | None:
        for name, added in self._modules.items():
            if not added.named and name != info.name and added.info.definitions == info.definitions:
                return name
        return None

    def remove(self, name: str) -> None:
        """Forget a module.

        Raises:
            EntryPointError: there is no module of this name.
        """
        with self._lock:
            self._module(name)
            with self._engine.uninterrupted():
                self._engine.remove(name)
                del self._modules[name]
        self._changed()

    def reset(self) -> None:
        """Forget every module, and start a new engine process."""
        with self._lock:
            with self._engine.uninterrupted():
                self._engine.reset()
                self._modules.clear()
            self._engine.start()
        self._changed()

    def show(self, name: str, form: Form = "ir") -> str:
        """A module, or the module that defines a function of this name, as LLVM IR or as assembly.

        Raises:
            EntryPointError: there is neither.
        """
        with self._lock:
            name = name if name in self._modules else self.entry(name)[0].name
            return self._engine.show(name, self._modules[name].source.data, form)

    def status(self) -> EngineStatus:
        """What the engine process is and has done so far."""
        with self._lock:
            return self._engine.status()

    def _changed(self) -> None:
        for callback in list(self.on_change):
            callback()

    # -- entry points ----------------------------------------------------------------------------------------------

    def _module(self, name: str) -> ModuleInfo:
        if name not in self._modules:
            reason = f"there is no module '{name}'.{_hint(name, self._modules)}"
            raise EntryPointError(reason, name, tuple(self._modules))
        return self._modules[name].info

    def entry(self, name: str | None = None, module: str | None = None) -> tuple[ModuleInfo, EntryPoint]:
        """The function to run, with its module.

        Args:
            name: any defined function; of several modules that define it the newest wins. None: the only function with
                the entry-point attribute; where none has one, the only public function.
            module: look only here; by default everywhere for a name, in the newest module without one.

        Raises:
            EntryPointError: there is none, or without a name more than one.
        """
        if not self._modules:
            reason = "nothing is compiled yet. Compile a module first."
            raise EntryPointError(reason, name)
        if name is None:
            return self._only_entry(self._module(module) if module else self.modules[-1])
        searched = [self._module(module)] if module else list(reversed(self.modules))
        for info in searched:
            function = info.function(name)
            if function:
                return info, function
        available = [f.name for info in searched for f in info.functions]
        reason = f"no function is called '{name}'.{_hint(name, available)}"
        raise EntryPointError(reason, name, tuple(f.name for info in searched for f in info.entry_points))

    @staticmethod
    def _only_entry(info: ModuleInfo) -> tuple[ModuleInfo, EntryPoint]:
        candidates = info.entry_points
        if len(candidates) == 1:
            return info, candidates[0]
        what = "several entry points: choose one" if candidates else "no function that can be run"
        names = tuple(f.name for f in candidates)
        reason = f"the module '{info.name}' has {what}."
        raise EntryPointError(reason, None, names)

    # -- runs ------------------------------------------------------------------------------------------------------

    def run(
        self,
        entry: str | None = None,
        *,
        module: str | None = None,
        shots: int = 1,
        seed: int | None = None,
        simulator: str | None = None,
        method: Method = "auto",
        args: Sequence[Argument] = (),
        timeout: float | None = None,
        show: Show = show_nothing,
    ) -> RunResult:
        """Run shots of an entry point.

        Args:
            entry: any defined function; see `entry`.
            module: the module to look in.
            shots: how often, at least once.
            seed: the seed of the simulator's random stream; drawn, and kept in the result, where None.
            simulator: ``auto``, ``sparse``, the path of a shared library, or ``PATH:SYMBOL`` with its initialiser.
            method: how the shots are run: ``live`` one by one; ``auto`` chooses, and there is only ``live`` yet.
            args: one value for each parameter.
            timeout: seconds after which it is stopped.
            show: takes messages and printed text as they come.

        Raises:
            EntryPointError, LinkError, SimulatorError: nothing was run.
            ExecutionError: it did not end as it should; the finished shots are in ``error.partial``.
            KeyboardInterrupt: interrupted; the finished shots are in `last`.
        """
        if shots < 1:
            reason = f"shots must be at least 1, not {shots}."
            raise EntryPointError(reason, entry)
        if method not in get_args(Method):
            reason = f"there is no method '{method}'. Choose one of {', '.join(get_args(Method))}."
            raise EntryPointError(reason, entry)
        spec = find_simulator(simulator or self.simulator)
        with self._lock:
            info, function = self.entry(entry, module)
            words = argument_words(function, args)
            if seed is None and spec.seedable:
                seed = secrets.randbits(_SEED_BITS)
            request = RunRequest(info.name, function.name, shots=shots, arguments=words, seed=seed, simulator=spec)
            with _at_line(self._modules[info.name].source.lines_before), self._engine.uninterrupted():
                return self._finish(request, function, self._carry_out(request, show, timeout), timeout)

    def stop(self) -> None:
        """Stop the run that goes on, if there is one, at the next shot; from any thread."""
        if self._running:
            self._stopping = True
            self._engine.stop()

    def _carry_out(self, request: RunRequest, show: Show, timeout: float | None) -> _Run:
        run = _Run()
        watch = RunWatch(self._engine.memory, show, stop=self._engine.stop, timeout_s=timeout)
        self._stopping, self._running = False, True
        try:
            with self._engine.watching(show, watch.tick):
                self._run_pieces(request, run, watch)
        except WorkerCrashedError as crash:
            run.crash = crash
            run.pieces.append(self._copy(watch))
        finally:
            self._running = False
            run.timed_out = watch.timed_out
        return run

    def _run_pieces(self, request: RunRequest, run: _Run, watch: RunWatch) -> None:
        memory, following = self._engine.memory, request
        while True:
            memory.clear()
            watch.restart()
            if self._stopping or self._engine.shield.count:
                return
            reply = self._engine.run(following)
            run.dropped += memory.word(Word.DROPPED)
            run.pieces.append(self._copy(watch))
            run.outcome = reply.outcome
            if reply.outcome != "full":
                return
            following = dataclasses.replace(request, first=reply.next)

    def _copy(self, watch: RunWatch) -> Piece:
        from qirjit_magic.wire.records import Piece  # noqa: PLC0415 - brings NumPy, which %load_ext is not to wait for

        watch.tick()
        memory = self._engine.memory
        committed, position = memory.committed(), memory.position()
        return Piece(memory.records(0, committed), memory.records(committed, position), memory.text())

    def _finish(self, request: RunRequest, entry: EntryPoint, run: _Run, timeout: float | None) -> RunResult:
        from qirjit_magic.session.results import Plan, RunResult  # noqa: PLC0415 - brings NumPy
        from qirjit_magic.wire.records import decode  # noqa: PLC0415

        began = time.perf_counter()
        recording = decode(run.pieces)
        stdout, stderr = self._engine.printed()
        ended_badly = run.crash is not None or run.outcome in {"failed", "killed"}
        result = RunResult(
            module=request.module,
            entry=entry,
            table=recording.finished,
            requested=request.shots,
            seed=request.seed,
            plan=Plan(request.simulator.name),
            unfinished=recording.unfinished if ended_badly else None,
            stdout=stdout,
            stderr=stderr,
            dropped=run.dropped,
            timings={"decode": time.perf_counter() - began},
        )
        self.last = result
        error = _error(run, recording, result, timeout)
        if error:
            raise error
        return result


def _error(run: _Run, recording: Recording, result: RunResult, timeout: float | None) -> ExecutionError | None:
    if run.crash is not None:
        return dataclasses.replace(run.crash, partial=result)
    if run.outcome == "failed":
        failure = recording.failure
        message, exit_code = (failure.message, failure.exit_code) if failure else ("", 1)
        return ProgramFailedError(message, exit_code, len(result.table), partial=result)
    if run.timed_out and timeout is not None and result.partial:
        return RunTimeoutError(timeout, partial=result)
    return None


@contextlib.contextmanager
def _at_line(lines_before: int) -> Iterator[None]:
    try:
        yield
    except LocatedError as error:
        raise error.moved(lines_before) from None


def _moved(info: ModuleInfo, lines: int) -> ModuleInfo:
    moved = tuple(dataclasses.replace(d, line=d.line + lines) if d.line is not None else d for d in info.diagnostics)
    return dataclasses.replace(info, diagnostics=moved)


def _hint(name: str, known: Sequence[str] | dict[str, _Added]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean '{close[0]}'?" if close else ""


def notices(info: ModuleInfo) -> None:
    """Warn of a module's diagnostics, each a `QirNotice`."""
    for diagnostic in info.diagnostics:
        where = "" if diagnostic.line is None else f"line {diagnostic.line}: "
        warnings.warn(f"{where}{diagnostic.message}", QirNotice, stacklevel=3)


_default: list[Session] = []


def default_session() -> Session:
    """The session of this process, which the magics and `run` share: made at the first call, ended with the process."""
    if not _default or _default[-1].closed:
        _default[:] = [Session()]
        atexit.register(_default[-1].close)
    return _default[-1]


def run(
    source: QirSource,
    entry: str | None = None,
    *,
    shots: int = 1,
    seed: int | None = None,
    simulator: str | None = None,
    method: Method = "auto",
    args: Sequence[Argument] = (),
    timeout: float | None = None,
) -> RunResult:
    """Compile ``source`` in the session of this process, and run one of its entry points.

    Args:
        source: what `Session.add` takes.
        entry: see `Session.entry`.
        shots: see `Session.run`, as for the others.
        seed: the seed of the simulator's random stream.
        simulator: the simulator's name or path.
        method: ``auto`` or ``live``.
        args: one value for each parameter.
        timeout: seconds.

    Raises:
        QirError: as `Session.add` and `Session.run` do.
    """
    session = default_session()
    module = session.add(source).name
    return session.run(
        entry, module=module, shots=shots, seed=seed, simulator=simulator, method=method, args=args, timeout=timeout
    )
