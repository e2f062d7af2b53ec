"""`ModuleRegistry`: the modules of a session in their order, and what a person was told about them.

`CrashLimiter`: modules that end engine processes again and again are not tried for ever.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256

import msgspec
from msgspec import structs

from qirjit_magic.errors import (
    EngineStartError,
    EntryPointError,
    QuarantineError,
    WorkerCrashedError,
    WorkerRestartLimitError,
)
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.limits import LimitError
from qirjit_magic.options import COMPILE_DEFAULTS, CompileOptions
from qirjit_magic.protocol.module_info import Diagnostic, EntryPoint, ModuleInfo
from qirjit_magic.protocol.symbol_graph import SymbolGraph
from qirjit_magic.protocol.timings import UNTIMED, Timings
from qirjit_magic.session import diagnostics
from qirjit_magic.session.sources import Source

_GIVEN = lazy_pattern(r"cell\d+")


class RegisteredModule(msgspec.Struct, frozen=True):
    """A module with what it was made from.

    Attributes:
        info: the module.
        source: its source.
        options: how it was to be compiled, as far as that can change its code.
        serial: which of all modules that were ever added; it stays where the module only becomes the newest.
    """

    info: ModuleInfo
    source: Source
    options: CompileOptions = COMPILE_DEFAULTS
    serial: int = 0

    @property
    def is_named(self) -> bool:
        """Return whether somebody chose its name: ``cell1`` and so on are names that are given."""
        return _GIVEN.fullmatch(self.info.name) is None


class ModuleRegistry:
    """The modules of a session in their order: the one place that says which there are.

    Engine processes that are behind are brought in step with it by `EngineClient.sync`: the open one when a run reaches
    something trusted, workers when they share a run. The process behind the sandbox takes part in each
    change, because it says what a module is. A process that took over gets what the one before had.

    Args:
        python: gives the functions in Python, as a `SymbolGraph` takes them.
    """

    def __init__(self, python: Callable[[], tuple[ModuleInfo, ...]]) -> None:
        self._python = python
        self._added: dict[str, RegisteredModule] = {}
        self._serials = itertools.count(1)
        # The last one, and of what it is: the very same modules, which are never changed.
        self._symbol_graph: tuple[tuple[ModuleInfo, ...], SymbolGraph] = (), SymbolGraph(())
        self._reachable: dict[str, frozenset[str]] = {}  # in that one
        # Modules whose variables may have changed, for each engine the number of its process.
        self._in_use: dict[str, dict[bool, int]] = {}
        self._added_in: dict[str, Timings] = {}  # of those that were not run since

    def __contains__(self, name: str) -> bool:
        return name in self._added

    def __len__(self) -> int:
        return len(self._added)

    @property
    def modules(self) -> tuple[RegisteredModule, ...]:
        """The modules with their sources, the newest last."""
        return tuple(self._added.values())

    @property
    def infos(self) -> tuple[ModuleInfo, ...]:
        """The modules, the newest last."""
        return tuple(added.info for added in list(self._added.values()))

    @property
    def symbol_graph(self) -> SymbolGraph:
        """The graph of the modules and functions in Python by the names that they define and use."""
        modules = (*self._python(), *self.infos)
        made_of, symbol_graph = self._symbol_graph
        if modules != made_of:
            symbol_graph = SymbolGraph(modules)
            self._symbol_graph, self._reachable = (modules, symbol_graph), {}
        return symbol_graph

    def reachable(self, name: str) -> frozenset[str]:
        """A module and everything that it is bound to; see `SymbolGraph.reachable`."""
        symbol_graph = self.symbol_graph
        if name not in self._reachable:
            self._reachable[name] = symbol_graph.reachable(name)
        return self._reachable[name]

    def find(self, name: str) -> RegisteredModule:
        """The module of this name.

        Raises:
            EntryPointError: there is none.
        """
        if name not in self._added:
            known = f" There are: {', '.join(self._added)}." if self._added else ""
            reason = f"there is no module '{name}'.{name_hint(name, self._added)}{known}"
            raise EntryPointError(reason, name)
        return self._added[name]

    def same(self, source: Source, name: str, options: CompileOptions) -> str | None:
        """The module of this very source, options and name; without a name, one whose name nobody chose."""
        digest = sha256(source.data).hexdigest()
        for added in self._added.values():
            names = {added.info.name} if added.is_named else {added.info.name, ""}
            if (added.info.digest, added.options) == (digest, options.for_object_code) and name in names:
                return added.info.name
        return None

    def free_name(self) -> str:
        """A name for a module for which nobody chose one."""
        number = 1
        while f"cell{number}" in self._added:
            number += 1
        return f"cell{number}"

    def unnamed_modules(self) -> tuple[str, ...]:
        """The modules whose names nobody chose."""
        return tuple(name for name, added in self._added.items() if not added.is_named)

    def entry(self, name: str | None, module: str | None) -> tuple[ModuleInfo, EntryPoint]:
        """Find the function to run among the modules, with its module, as `Session.entry` says."""
        if not self._added:
            reason = "nothing is compiled yet. Compile a module first."
            raise EntryPointError(reason, name)
        if name is None:
            return only_entry(self.find(module).info if module else self.infos[-1])
        searched = [self.find(module).info] if module else list(reversed(self.infos))
        for info in searched:
            function = next((each for each in info.functions if each.name == name), None)
            if function:
                return info, function
        available = [f.name for info in searched for f in info.functions]
        reason = f"no function is called '{name}'.{name_hint(name, available)}"
        raise EntryPointError(reason, name, tuple(f.name for info in searched for f in info.entry_points))

    def check_room(self, name: str, limit: int) -> None:
        """There must be room for a module of this name.

        Raises:
            LimitError: there are as many as there may be, and none of this name.
        """
        if name not in self._added and len(self._added) >= limit:
            raise LimitError("modules", len(self._added) + 1, limit)

    def put(self, added: RegisteredModule) -> ModuleInfo:
        """Take a module as the newest, in the place of one of its name; gives it with what there is to say about it."""
        name = added.info.name
        info = structs.replace(
            added.info, added_at=time.time(), diagnostics=self._variables_reset(name, "it was replaced")
        )
        self._in_use.pop(name, None)
        self._added_in[name] = info.timings
        return self._put_last(structs.replace(added, info=info, serial=next(self._serials)))

    def promote(self, name: str) -> ModuleInfo:
        """Make a module the newest again."""
        added = self._added[name]
        return self._put_last(structs.replace(added, info=structs.replace(added.info, diagnostics=(), timings=UNTIMED)))

    def _put_last(self, added: RegisteredModule) -> ModuleInfo:
        name, lines = added.info.name, added.source.lines_before
        before = self.symbol_graph
        self._added.pop(name, None)
        self._added[name] = added
        said = (*added.info.breaks, *diagnostics.module_remarks(before, self.symbol_graph, name))
        if not said:
            return added.info
        moved = tuple(structs.replace(d, line=d.line + lines) if d.line is not None else d for d in said)
        info = structs.replace(added.info, diagnostics=moved + added.info.diagnostics)
        self._added[name] = structs.replace(added, info=info)
        return info

    def remove(self, name: str) -> tuple[Diagnostic, ...]:
        """Forget a module; gives what there is to say about it."""
        before = self.symbol_graph
        del self._added[name]
        self._in_use.pop(name, None)
        self._added_in.pop(name, None)
        return tuple(diagnostics.lost_names(before, self.symbol_graph))

    def clear(self) -> None:
        """Forget all of them."""
        self._added.clear()
        self._in_use.clear()
        self._added_in.clear()

    def reset_variables(self, name: str) -> tuple[Diagnostic, ...]:
        """A module is to be linked anew; gives what there is to say about it."""
        anew = self._variables_reset(name, "it was reset")
        self._in_use.pop(name, None)
        return anew

    def take_timings(self, name: str) -> Timings:
        """Return the timings of adding a module; given once, for its first run."""
        return self._added_in.pop(name, UNTIMED)

    def note_run(self, name: str, linked: Iterable[str], *, process: int) -> tuple[Diagnostic, ...]:
        """Something of this module was run; gives what there is to say about variables that started anew.

        Args:
            name: the module.
            linked: the modules that were linked for the run.
            process: the number of the engine process that ran it; those of the open engine are negative.
        """
        anew: tuple[Diagnostic, ...] = ()
        for module in linked:
            anew += self._variables_reset(module, self._reset_reason(module, process))
        for module in self.reachable(name):
            self._in_use.setdefault(module, {})[process > 0] = process
        return anew

    def _reset_reason(self, module: str, process: int) -> str:
        before = self._in_use.get(module, {}).get(process > 0)
        if before is None:
            return f"what uses {'no' if process > 0 else 'a'} trusted module or Python has an engine process of its own"
        return "what it is bound to has changed" if before == process else "the engine was restarted"

    def _variables_reset(self, name: str, reason: str) -> tuple[Diagnostic, ...]:
        if name not in self._in_use or not self._added[name].info.state:
            return ()
        return (diagnostics.variables_reset(self._added[name].info, reason),)


MODULE_DEATHS = 3
DEATHS_IN_A_ROW = 5
_KILLED = "SIGKILL"  # by somebody outside, by the system where memory ran out, by us where compiling took too long


class CrashLimiter:
    """Counts the engine processes that died, for each module and all in all; what went well counts from 0 again."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._by_module: dict[str, list[str]] = {}

    @contextlib.contextmanager
    def watch(self, name: str, digest: str, *, counting: bool = True) -> Iterator[None]:
        """A context that compiles or runs this module, and may end the engine process.

        Args:
            name: the module's name, for errors.
            digest: which module that is: a changed one is another.
            counting: whether its deaths are counted against the module.

        Raises:
            QuarantineError: it has ended three of them with nothing going well between.
            WorkerRestartLimitError: five of them have died with nothing going well between.
        """
        causes = self._by_module.get(digest, [])
        if len(causes) >= MODULE_DEATHS:
            raise QuarantineError(name, tuple(causes))
        if self._in_a_row >= DEATHS_IN_A_ROW:
            raise WorkerRestartLimitError(DEATHS_IN_A_ROW)
        try:
            yield
        except WorkerCrashedError as crash:
            if counting:
                self._note_death(digest, crash)
            raise
        except EngineStartError as error:
            self._in_a_row += error.signal_name not in {"", _KILLED}
            raise

    def note_run(self, digest: str, crash: WorkerCrashedError | None, *, ended: bool) -> None:
        """A run of this module is over.

        Args:
            digest: which module that is.
            crash: how the engine process died, if it did by itself.
            ended: whether the run came to its end, be it a failure of the program.
        """
        if crash:
            self._note_death(digest, crash)
        elif ended:
            self._in_a_row = 0
            self.release(digest)

    def _note_death(self, digest: str, crash: WorkerCrashedError) -> None:
        # Whoever kills, the module that this happens to again and again may be why; others need not suffer for it.
        self._in_a_row += crash.signal_name != _KILLED
        self._by_module.setdefault(digest, []).append(crash.signal_name)

    def release(self, digest: str) -> None:
        """This module is to be tried again."""
        self._by_module.pop(digest, None)

    def clear(self) -> None:
        """Everything starts anew."""
        self._in_a_row = 0
        self._by_module.clear()


def only_entry(info: ModuleInfo) -> tuple[ModuleInfo, EntryPoint]:
    """The module's only function that one would run, with the module.

    Raises:
        EntryPointError: there are several, or none.
    """
    candidates = info.entry_points
    if len(candidates) == 1:
        return info, candidates[0]
    what = "several entry points: name one" if candidates else "no function that can be run: define one"
    names = tuple(f.name for f in candidates)
    reason = f"the module '{info.name}' has {what}."
    raise EntryPointError(reason, None, names)


def name_hint(name: str, known: Collection[str]) -> str:
    """A hint at a known name that is nearly this one; empty where there is none."""
    import difflib  # noqa: PLC0415 - for a mistake only

    close = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean '{close[0]}'?" if close else ""
