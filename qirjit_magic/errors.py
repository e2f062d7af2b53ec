"""Every error of qirjit_magic, drawn as one tree.

::

    QirError
    ├ QirSyntaxError(message, module, line, column, source_line)
    ├ OptionError(option, value, expected)
    ├ EntryPointError(reason, name, available)
    ├ LinkError
    │  ├ CircularModulesError(modules)
    │  ├ NoCodeError(symbol, module)
    │  ├ UnresolvedSymbolError(symbols, simulator, module, line, column, source_line)
    │  └ SignatureError(symbol, expected, found, dependants, module, line, column, source_line)
    ├ UnsafeModuleError(construct, reason, module, line, column, source_line)
    ├ SimulatorError(message)
    │  └ SimulatorNotFoundError(name, known)
    ├ SourceError(message)
    ├ ExecutionError
    │  ├ ProgramFailedError(message, exit_code, shot, partial)
    │  └ RunTimeoutError(timeout_s, partial)
    └ EngineError
       ├ EngineStartError(message, stderr_tail)
       └ WorkerCrashedError(signal_name, entry, stderr_tail, partial)

Each message says what failed, the offending value, then one thing to do. The facts are attributes, and
``error.args`` equals them in order, so that every error pickles. In a notebook a `QirError` shows as a short block.

Beside the tree stands one warning category, `QirNotice`: something was mended or left out, and nothing is lost.
"""

from __future__ import annotations

import dataclasses
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from qirjit_magic.session.results import RunResult


class QirError(Exception):
    """What every error of qirjit_magic is."""

    def __post_init__(self) -> None:
        self.args = tuple(self.facts().values())

    def facts(self) -> dict[str, Any]:
        """The fields by name: JSON-ready for every error that the engine process raises."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts())

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines instead of a Python traceback.
        return [f"{type(self).__name__}: {self}"]


def _rebuild(kind: type[QirError], facts: dict[str, Any]) -> QirError:
    return kind(**facts)


@dataclass(eq=False)
class LocatedError(QirError):
    """An error that knows its line in the source; lines and columns count from 1.

    ``module`` names the module where it is not the one that was added or run.
    """

    module: str = dataclasses.field(default="", kw_only=True)
    line: int | None = dataclasses.field(default=None, kw_only=True)
    column: int | None = dataclasses.field(default=None, kw_only=True)
    source_line: str | None = dataclasses.field(default=None, kw_only=True)

    def moved(self, lines: int) -> Self:
        """The same error, for a source whose first line is line ``lines + 1`` of what the user sees."""
        if self.line is None or not lines:
            return self
        return dataclasses.replace(self, line=self.line + lines)

    def of_module(self, module: str) -> Self:
        """The same error, in that module."""
        return dataclasses.replace(self, module=module)

    def _where(self) -> str:
        places = [] if self.line is None else [f"line {self.line}"]
        places += [f"the module '{self.module}'"] if self.module else []
        return f"{' of '.join(places)}: " if places else ""

    def _pointer(self) -> str:
        if self.line is None or self.source_line is None:
            return ""
        number = str(self.line)
        caret = "" if self.column is None else f"\n{' ' * len(number)} | {' ' * (self.column - 1)}^"
        return f"\n{number} | {self.source_line.replace(chr(9), ' ')}{caret}"


@dataclass(eq=False)
class QirSyntaxError(LocatedError):
    """The text or bitcode is not a well-formed LLVM module."""

    message: str

    def __str__(self) -> str:
        return f"{self._where()}{self.message}{self._pointer()}"


@dataclass(eq=False)
class OptionError(QirError):
    """An option of a run has a value that it cannot have."""

    option: str
    value: object
    expected: str

    def __str__(self) -> str:
        return f"{self.option} is {self.value!r}: it must be {self.expected}."


@dataclass(eq=False)
class EntryPointError(QirError):
    """No function, or no single one, can be run under this name or with these arguments."""

    reason: str
    name: str | None = None
    available: tuple[str, ...] = ()

    def __str__(self) -> str:
        known = f" Entry points here: {', '.join(self.available)}." if self.available else ""
        return f"{self.reason}{known}"


class LinkError(QirError):
    """A module and what it calls do not fit together."""


@dataclass(eq=False)
class CircularModulesError(LinkError):
    """Modules use each other's global variables in a circle: no address can be known before the others."""

    modules: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"modules use each other's global variables in a circle: {' → '.join(self.modules)}. "
            f"Define these variables in one module. (Functions may call each other in circles.)"
        )


@dataclass(eq=False)
class NoCodeError(LinkError):
    """A module defines a function or global variable, but LLVM made no code that others can reach for it."""

    symbol: str
    module: str

    def __str__(self) -> str:
        return (
            f"'{self.symbol}' has no code of its own in the module '{self.module}': its linkage leaves it to "
            f"others, or its name is the assembler's. Define it with external linkage and another name."
        )


@dataclass(eq=False)
class UnresolvedSymbolError(LocatedError, LinkError):
    """Nobody defines a function or global variable that the program needs; nothing was run."""

    symbols: tuple[str, ...]
    simulator: str = ""

    def __str__(self) -> str:
        names = ", ".join(f"'{name}'" for name in self.symbols)
        return (
            f"{self._where()}nobody defines {names}: no cell, nor the simulator '{self.simulator}', nor the runtime. "
            f"Define it in a QIR cell, or choose a simulator that has it. Nothing was run.{self._pointer()}"
        )


@dataclass(eq=False)
class SignatureError(LocatedError, LinkError):
    """A function or global variable is declared with another type than it has.

    With ``dependants``, these modules declare it with the type that it had, and it was about to get another.
    """

    symbol: str
    expected: tuple[str, ...]
    found: str
    dependants: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.dependants:
            users = ", ".join(f"'{name}'" for name in self.dependants)
            return (
                f"{self._where()}'{self.symbol}' would be {self.found}, but {users} "
                f"{'declares' if len(self.dependants) == 1 else 'declare'} it as {self.expected[0]}. Nothing has "
                f"changed. Run {users} with the new declaration first, or forget "
                f"{'it' if len(self.dependants) == 1 else 'them'}: "
                f"%qir_reset {shlex.quote(self.dependants[0])} --remove{self._pointer()}"
            )
        return (
            f"{self._where()}'{self.symbol}' is declared as {self.found}, but it is {' or '.join(self.expected)}. "
            f"Declare it so, or define it as you need it in a cell before.{self._pointer()}"
        )


@dataclass(eq=False)
class UnsafeModuleError(LocatedError):
    """The module holds something that would end or corrupt the engine process."""

    construct: str
    reason: str

    def __str__(self) -> str:
        return f"{self._where()}{self.construct}: {self.reason}{self._pointer()}"


@dataclass(eq=False)
class SimulatorError(QirError):
    """A simulator could not be attached, or cannot do what was asked of it."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class SimulatorNotFoundError(SimulatorError):
    """No simulator and no shared library has this name."""

    name: str = ""
    known: tuple[str, ...] = ()


@dataclass(eq=False)
class SourceError(QirError):
    """What was given is not a file, text or object that QIR can be read from."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class ExecutionError(QirError):
    """A run began and did not end as it should; ``partial`` holds the shots that finished."""

    partial: RunResult | None = dataclasses.field(default=None, kw_only=True, repr=False)

    def _kept(self) -> str:
        shots = 0 if self.partial is None else len(self.partial.shots)
        return f" {shots:,} finished {'shot is' if shots == 1 else 'shots are'} in error.partial." if shots else ""


@dataclass(eq=False)
class ProgramFailedError(ExecutionError):
    """The program itself said that it failed (``__quantum__rt__fail``); ``shot`` counts from 0."""

    message: str
    exit_code: int
    shot: int

    def __str__(self) -> str:
        return f"the program failed in shot {self.shot} (exit code {self.exit_code}): {self.message}{self._kept()}"


@dataclass(eq=False)
class RunTimeoutError(ExecutionError):
    """The run was stopped because its time was over."""

    timeout_s: float

    def __str__(self) -> str:
        return f"the run was stopped after {self.timeout_s:g} s. Raise --timeout to let it go on.{self._kept()}"


class EngineError(QirError):
    """The engine process did not do its part."""


@dataclass(eq=False)
class EngineStartError(EngineError):
    """The engine process could not be started."""

    message: str
    stderr_tail: str = ""

    def __str__(self) -> str:
        return f"the engine process did not start: {self.message}{_tail(self.stderr_tail)}"


@dataclass(eq=False)
class WorkerCrashedError(ExecutionError, EngineError):
    """The engine process died under a program; a new one takes over with every module in place."""

    signal_name: str
    entry: str
    stderr_tail: str = ""

    def __str__(self) -> str:
        during = f"while it ran '{self.entry}'" if self.entry else "while it ran no program"
        return (
            f"the engine process died of {self.signal_name} {during}. Nothing else is lost: the next run gets a new "
            f"engine process with every module in place.{self._kept()}{_tail(self.stderr_tail)}"
        )


class QirNotice(UserWarning):
    """Something was mended or left out, and nothing is lost: a warning, not an error."""


def _tail(text: str) -> str:
    return f"\nIts last words:\n{text.rstrip()}" if text.strip() else ""
