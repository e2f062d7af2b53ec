"""`Session`: the facade. Modules by name, entry points to run, results."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import secrets
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from qirjit_magic.errors import (
    EngineStartError,
    EntryPointError,
    LocatedError,
    QirError,
)
from qirjit_magic.options import Method, checked_options
from qirjit_magic.session.arguments import Argument, argument_words
from qirjit_magic.session.runs import collect, finish
from qirjit_magic.session.sources import QirSource, Source, read_source
from qirjit_magic.session.streams import Observer, Show, show_nothing
from qirjit_magic.session.supervisor import EngineSupervisor
from qirjit_magic.wire.modules import EntryPoint, ModuleInfo
from qirjit_magic.wire.protocol import EngineStatus, Form, RunRequest
from qirjit_magic.wire.simulators import find_simulator

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult

_WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class _Added:
    info: ModuleInfo
    source: Source
    named: bool


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
        self._end = weakref.finalize(self, self._engine.close)  # also where nobody closes it, and with the process
        try:
            self._engine.start()
        except QirError:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine process, and a run that goes on; nothing can be run afterwards."""
        self.closed = True
        self.stop()
        with self._lock:
            self._end()

    def _check_open(self) -> None:
        if self.closed:
            message = "the session is closed. Make a new one."
            raise EngineStartError(message)

    # -- modules ---------------------------------------------------------------------------------------------------

    @property
    def modules(self) -> tuple[ModuleInfo, ...]:
        """The modules, the newest last."""
        return tuple(added.info for added in list(self._modules.values()))

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
            self._check_open()
            wanted = name or given.name
            known = self._known(given, wanted)
            if known:
                with self._engine.uninterrupted():
                    self._engine.renew(known.name)
                    self._modules[known.name] = self._modules.pop(known.name)
                return known
            with _at_line(given.lines_before), self._engine.uninterrupted():
                compiled = self._engine.add(wanted or self._free_name(), given.data)
                info = compiled.module
                replaced = None if wanted else self._same_definitions(info)
                if replaced:
                    self._engine.remove(replaced)
                    self._modules.pop(replaced)
                before = self._modules.pop(info.name, None)
                named = bool(wanted) and (before is None or before.named)
                self._modules[info.name] = _Added(_moved(info, given.lines_before), given, named)
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
        for name, added in self._modules.items() if info.definitions else ():
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
        """Forget every module, end a run that goes on, and start a new engine process."""
        self.stop()
        with self._lock:
            self._check_open()
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
            self._check_open()
            name = name if name in self._modules else self.entry(name)[0].name
            return self._engine.show(name, self._modules[name].source.data, form)

    def status(self) -> EngineStatus:
        """What the engine process is and has done so far."""
        with self._lock:
            self._check_open()
            return self._engine.status()

    def _changed(self) -> None:
        for callback in list(self.on_change):
            callback()

    # -- entry points ----------------------------------------------------------------------------------------------

    def _module(self, name: str) -> ModuleInfo:
        if name not in self._modules:
            known = f" There are: {', '.join(self._modules)}." if self._modules else ""
            reason = f"there is no module '{name}'.{_hint(name, self._modules)}{known}"
            raise EntryPointError(reason, name)
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
        what = "several entry points: name one" if candidates else "no function that can be run"
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
        show: Show | Observer = show_nothing,
    ) -> RunResult:
        """Run shots of an entry point.

        Args:
            entry: any defined function; see `entry`.
            module: the module to look in.
            shots: how often, at least once.
            seed: the seed of the simulator's random stream, 64 bits; drawn, and kept in the result, where None.
            simulator: ``auto``, ``sparse``, the path of a shared library, or ``PATH:SYMBOL`` with its initialiser.
            method: how the shots are run: ``live`` one by one; ``auto`` chooses, and there is only ``live`` yet.
            args: one value for each parameter.
            timeout: seconds after which it is stopped.
            show: takes messages, state dumps and what native code prints, as they come; an `Observer` takes them apart.

        Raises:
            OptionError, EntryPointError, LinkError, SimulatorError: nothing was run.
            ExecutionError: it did not end as it should; the finished shots are in ``error.partial``.
            KeyboardInterrupt: interrupted; the finished shots are in `last`.
        """
        shots, seed = checked_options(shots, seed, method, timeout)
        spec = find_simulator(simulator or self.simulator)
        with self._lock:
            self._check_open()
            info, function = self.entry(entry, module)
            words = argument_words(function, args)
            if seed is None and spec.seedable:
                seed = secrets.randbits(_WORD_BITS)
            request = RunRequest(info.name, function.name, shots=shots, arguments=words, seed=seed, simulator=spec)
            with _at_line(self._modules[info.name].source.lines_before), self._engine.uninterrupted():
                return self._carry_out(request, function, show, timeout)

    def _carry_out(
        self, request: RunRequest, entry: EntryPoint, show: Show | Observer, timeout: float | None
    ) -> RunResult:
        observer = show if isinstance(show, Observer) else Observer(show)
        self._stopping, self._running = False, True
        try:
            collected = collect(
                self._engine,
                request,
                observer,
                timeout_s=timeout,
                stopping=lambda: self._stopping or self.closed,
            )
        finally:
            self._running = False
        result, error = finish(request, entry, collected, printed=self._engine.printed(), timeout_s=timeout)
        self.last = result
        if error:
            raise error
        return result

    def stop(self) -> None:
        """Stop the run that goes on, if there is one, at the next shot; from any thread."""
        if self._running:
            self._stopping = True
            self._engine.stop()


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


def close_default_session() -> None:
    """End the session of this process, where there is one; the next `default_session` is a new one."""
    for session in _default:
        session.close()
    _default.clear()


_default: list[Session] = []


def default_session() -> Session:
    """The session of this process, which the magics and `run` share: made at the first call, ended with the process."""
    if not _default or _default[-1].closed:
        _default[:] = [Session()]
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
