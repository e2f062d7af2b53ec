"""Every error of qirjit_magic, drawn as one tree.

::

    QirError
    ├ QirSyntaxError(message, module, line, column, source_line)
    ├ ProfileError(profile, breaks, module, line, column, source_line)
    ├ OptionError(option, value, expected)
    ├ MissingPackageError(package, needed_by, extra)
    ├ EntryPointError(reason, name, available)
    ├ LinkError
    │  ├ CircularModulesError(modules)
    │  ├ NoCodeError(symbol, module)
    │  ├ UnresolvedSymbolError(symbols, simulator, types, in_c_library, methods, module, line, column, source_line)
    │  └ SignatureError(symbol, expected, found, dependants, module, line, column, source_line)
    ├ NotSampleableError(entry, reason, instruction, place)
    ├ UnsafeModuleError(construct, reason, trustable, module, line, column, source_line)
    ├ SimulatorError(message)
    │  └ SimulatorNotFoundError(name, known)
    ├ SourceError(message)
    ├ DefinitionError(name, reason)
    ├ RecordError(message, line, source_line)
    ├ ExecutionError
    │  ├ ProgramFailedError(message, exit_code, shot, partial)
    │  ├ IntrinsicError(name, traceback, shot, partial)
    │  ├ RunTimeoutError(timeout_s, waited, partial)
    │  └ LimitError(limit, value, allowed, partial), which lives in `limits`
    └ EngineError
       ├ EngineStartError(message, stderr_tail, signal_name)
       │  └ SessionClosedError(message, stderr_tail, signal_name, entry, partial), an ExecutionError too
       ├ ForkedError(doing, parent, whole)
       ├ WorkerRestartLimitError(limit)
       ├ QuarantineError(name, causes)
       └ WorkerCrashedError(signal_name, entry, stderr_tail, reason, shot, module, limit_s, stopped, partial)

Each message says what failed, the offending value, then one thing to do. The facts are attributes, and
``error.args`` equals them in order, so that every error pickles. In a notebook a `QirError` shows as a short block.

Beside the tree stands one warning category, `QirNotice`: something was mended or left out, and nothing is lost.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, dataclass_transform

from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.sanitize import sanitize, sanitize_line

_WORD = r"(?:i(?:[1-9]|[1-5]\d|6[0-4])|double|float|ptr)"
# The types of functions that can be written in Python, in LLVM's words; spaces may stand between them.
PLAIN_TYPE = lazy_pattern(rf"\s*({_WORD}|void)\s*\(\s*((?:{_WORD}(?:\s*,\s*{_WORD})*)?)\s*\)\s*\Z", re.ASCII)


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
class QirError(Exception):
    """The base of every error of qirjit_magic: its text says what failed and what to do, its attributes are the facts.

    Example:
        >>> try:
        ...     session.run("nobody")
        ... except qir.QirError as error:
        ...     print(type(error).__name__, error.name)
        EntryPointError nobody
    """

    _fields: ClassVar[tuple[dataclasses.Field[Any], ...]] = ()

    def __init_subclass__(cls) -> None:
        # One `__init__` and one `__repr__` for all: to generate them for each class takes milliseconds of every start.
        dataclass(init=False, repr=False, eq=False)(cls)
        cls._fields = dataclasses.fields(cls)  # type: ignore[arg-type]  # which it is now

    def __init__(self, *values: object, **facts: object) -> None:
        if not self._fields:  # a base, or somebody's own error: it has a message, as any exception
            super().__init__(*values, **facts)
            return
        positional = [field.name for field in self._fields if not field.kw_only]
        given = dict(zip(positional, values, strict=False)) | facts
        known = {field.name for field in self._fields}
        needed = {field.name for field in self._fields if field.default is dataclasses.MISSING}
        if len(given) < len(values) + len(facts) or not needed <= given.keys() <= known:  # too many, or one twice
            message = f"{type(self).__name__} takes {', '.join(sorted(known))}; it got {', '.join(given)}"
            raise TypeError(message)
        vars(self).update(given)
        self.args = tuple(self.facts().values())

    def facts(self) -> dict[str, Any]:
        """The fields by name: JSON-ready for every error that the engine process raises."""
        return {field.name: getattr(self, field.name) for field in self._fields}

    def __repr__(self) -> str:
        facts = (f"{name}={fact!r}" for name, fact in self.facts().items() if name != "partial")
        return f"{type(self).__qualname__}({', '.join(facts)})"

    def __str__(self) -> str:
        return sanitize(self._describe())

    def _describe(self) -> str:
        return str(self.args[0]) if self.args else ""  # the message, where it has one

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.facts())

    def _render_traceback_(self) -> list[str]:
        # IPython shows these lines instead of a Python traceback.
        return [f"{type(self).__name__}: {self}"]


def _rebuild(kind: type[QirError], facts: dict[str, Any]) -> QirError:
    return kind(**facts)


class LocatedError(QirError):
    """An error that knows its line in the source; lines and columns count from 1.

    ``module`` names the module where it is not the one that was added or run.
    """

    module: str = dataclasses.field(default="", kw_only=True)
    line: int | None = dataclasses.field(default=None, kw_only=True)
    column: int | None = dataclasses.field(default=None, kw_only=True)
    source_line: str | None = dataclasses.field(default=None, kw_only=True)

    def moved_down(self, lines: int) -> Self:
        """The same error, for a source whose first line is line ``lines + 1`` of what the user sees."""
        if self.line is None or not lines:
            return self
        return dataclasses.replace(self, line=self.line + lines)

    def of_module(self, module: str) -> Self:
        """The same error, in that module."""
        return dataclasses.replace(self, module=module)

    def _where(self) -> str:
        places = (f"line {self.line}" if self.line else "", f"the module '{self.module}'" if self.module else "")
        return f"{' of '.join(filter(None, places))}: " if any(places) else ""

    def _pointer(self) -> str:
        if self.line is None or self.source_line is None:
            return ""
        number, line = str(self.line), self.source_line.replace("\t", " ")
        before = sanitize_line(line[: (self.column or 1) - 1])
        caret = "" if self.column is None else f"\n{' ' * len(number)} | {' ' * len(before)}^"
        return f"\n{number} | {sanitize_line(line)}{caret}"


class QirNotice(UserWarning):
    """Something was mended or left out, and nothing is lost: a warning, not an error."""


# ---- modules, what they are made of and bound to; options, simulators and texts too --------------------------------


class QirSyntaxError(LocatedError):
    """The text or bitcode is not a well-formed LLVM module."""

    message: str

    def _describe(self) -> str:
        return f"{self._where()}{self.message}{self._pointer()}"


class ProfileError(LocatedError):
    """The module breaks the profile that it declares, and was to keep to it."""

    profile: str
    breaks: tuple[str, ...]

    def _describe(self) -> str:
        more = len(self.breaks) - 1
        others = f" ({more} more: leave --strict away to see them)" if more > 0 else ""
        return f"{self._where()}the module declares the {self.profile} profile, and breaks it: {self.breaks[0]}{others}"


class OptionError(QirError):
    """An option of a run has a value that it cannot have."""

    option: str
    value: object
    expected: str

    def _describe(self) -> str:
        return f"{self.option} is {self.value!r}: it must be {self.expected}."


class MissingPackageError(QirError):
    """Something needs a package that is not installed, and that an extra brings."""

    package: str
    needed_by: str
    extra: str

    def _describe(self) -> str:
        return (
            f"{self.needed_by} needs the package {self.package}, which is not installed: "
            f"pip install 'qirjit_magic[{self.extra}]'"
        )


class EntryPointError(QirError):
    """No function, or no single one, can be run under this name or with these arguments."""

    reason: str
    name: str | None = None
    available: tuple[str, ...] = ()

    def _describe(self) -> str:
        known = f" Entry points here: {', '.join(self.available)}." if self.available else ""
        return f"{self.reason}{known}"


class LinkError(QirError):
    """A module and what it calls do not fit together."""


class CircularModulesError(LinkError):
    """Modules use variables of each other in a circle, and none has an address before its module is linked."""

    modules: tuple[str, ...]

    def _describe(self) -> str:
        return (
            f"modules use each other's global variables in a circle: {' → '.join(self.modules)}. "
            f"That works, but not for variables that are thread_local, in a comdat or in an address space, or that an "
            f"alias or a difference of addresses is made of. Define these variables in one module."
        )


class NoCodeError(LinkError):
    """A module defines a function or global variable, but LLVM made no code that others can reach for it."""

    symbol: str
    module: str

    def _describe(self) -> str:
        return (
            f"'{self.symbol}' has no code of its own in the module '{self.module}': its linkage leaves it to "
            f"others, or its name is the assembler's. Define it with external linkage and another name."
        )


class UnresolvedSymbolError(LocatedError, LinkError):
    """Nobody defines functions or global variables that the program needs; nothing was run.

    ``types`` has their types as they are declared; ``in_c_library`` those that a trusted module would find there;
    ``methods`` what a simulator in Python would have them by.
    """

    symbols: tuple[str, ...]
    simulator: str = ""
    types: tuple[str, ...] = ()
    in_c_library: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    def _describe(self) -> str:
        if self.methods:
            return (
                f"{self._where()}the simulator '{self.simulator}' has no {_listed(self.symbols)}, nor what that is "
                f"made of. Give its class {_listed(self.methods)}. Nothing was run.{self._pointer()}"
            )
        names, them = _listed(self.symbols), "it" if len(self.symbols) == 1 else "them"
        return (
            f"{self._where()}nobody defines {names}: no cell, nor the simulator '{self.simulator}', nor the runtime. "
            f"{self._in_c_library()}{'Or define' if self.in_c_library else 'Define'} {them} in a QIR cell"
            f"{self._in_python()}, or choose a simulator that has {them}. Nothing was run.{self._pointer()}"
        )

    def _in_c_library(self) -> str:
        if not self.in_c_library:
            return ""
        return f"The C library has {_listed(self.in_c_library)}: add --trust if you trust where this QIR comes from. "

    def _in_python(self) -> str:
        pairs = zip(self.symbols, self.types, strict=False)
        name, kind = next((pair for pair in pairs if PLAIN_TYPE.match(pair[1])), ("", ""))
        import json  # noqa: PLC0415 - for an error only

        return f', in Python (@qir.intrinsic({json.dumps(name)}, "{kind}"))' if kind else ""


class SignatureError(LocatedError, LinkError):
    """A function or global variable is declared with another type than it has.

    With ``dependants``, these modules declare it with the type that it had, and it was about to get another.
    """

    symbol: str
    expected: tuple[str, ...]
    found: str
    dependants: tuple[str, ...] = ()

    def _describe(self) -> str:
        if self.dependants:
            import shlex  # noqa: PLC0415 - for an error only

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


class UnsafeModuleError(LocatedError):
    """The module holds something that would end or corrupt the engine process, or could do anything there.

    ``trustable`` where that is allowed to modules that are trusted.
    """

    construct: str
    reason: str
    trustable: bool = False

    def _describe(self) -> str:
        way = " Leave it out, or add --trust if you trust where this QIR comes from." if self.trustable else ""
        return f"{self._where()}{self.construct}: {self.reason}{way}{self._pointer()}"


class NotSampleableError(QirError):
    """Shots were to be sampled, and that would not be exact.

    ``instruction`` is what does not fit, ``place`` which one that is of all that the program asks a simulator for, from
    1; empty and 0 where it is no single one.
    """

    entry: str
    reason: str
    instruction: str = ""
    place: int = 0
    simulator: str = ""

    def _describe(self) -> str:
        way = "Leave --simulator stabilizer away" if self.simulator == "stabilizer" else "Run them: --method live"
        return f"the shots of '{self.entry}' cannot be sampled: {self.reason}. {way}."


class SimulatorError(QirError):
    """A simulator could not be attached, or cannot do what was asked of it."""

    message: str


class SimulatorNotFoundError(SimulatorError):
    """No simulator and no shared library has this name."""

    name: str = ""
    known: tuple[str, ...] = ()


class SourceError(QirError):
    """An error for a source that is no file, text or object that QIR can be read from."""

    message: str


class DefinitionError(QirError):
    """A function in Python cannot be sent to the engine process, or not be loaded there."""

    name: str
    reason: str

    def _describe(self) -> str:
        return f"'{self.name}' cannot be called by QIR: {self.reason}"


class RecordError(QirError):
    """A text is no output in a schema of the QIR specification; lines count from 1."""

    message: str
    line: int | None = None
    source_line: str | None = None

    def _describe(self) -> str:
        if self.line is None or self.source_line is None:
            return self.message
        return f"line {self.line}: {self.message}\n{self.line} | {self.source_line.replace(chr(9), ' ')}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


# ---- runs, and the process that carries them out ------------------------------------------------------------------


class PartialResult(Protocol):
    """The shots that finished before a run ended too early: a `RunResult`, whose class stands above this module."""

    @property
    def shots(self) -> Sequence[Any]:
        """The finished shots, a `Shot` each."""

    @property
    def records(self) -> Sequence[Any]:
        """The outputs of each finished shot."""

    @property
    def returns(self) -> list[Any]:
        """The values that the entry point returned, one a finished shot."""

    @property
    def messages(self) -> list[str]:
        """The messages of the program, of the unfinished shot too."""

    @property
    def unfinished(self) -> Sequence[Any] | None:
        """The records of the shot that did not finish; None where there was none."""

    @property
    def partial(self) -> bool:
        """Return whether fewer shots finished than were asked for."""

    @property
    def timings(self) -> Any:  # noqa: ANN401 - `protocol.timings.Timings`, above this module
        """The seconds of each step of the run."""

    def counts(self) -> dict[str, int]:
        """Count the strings of results of the finished shots."""

    def to_text(self, form: Any = "labeled", /) -> str:  # noqa: ANN401 - a `options.OutputFormat`, see there
        """The records in an output schema of the QIR specification."""


class ExecutionError(QirError):
    """A run began and did not end as it should; ``partial`` holds the shots that finished."""

    partial: PartialResult | None = dataclasses.field(default=None, kw_only=True, repr=False)

    def _kept(self) -> str:
        shots = 0 if self.partial is None else len(self.partial.shots)
        return f" {shots:,} finished {'shot is' if shots == 1 else 'shots are'} in error.partial." if shots else ""


class ProgramFailedError(ExecutionError):
    """The program itself said that it failed (``__quantum__rt__fail``); ``shot`` counts from 0."""

    message: str
    exit_code: int
    shot: int

    def _describe(self) -> str:
        kept = self._kept()
        if not self.message:
            return f"the program failed in shot {self.shot} (exit code {self.exit_code}), without a message.{kept}"
        ends = "" if not kept or self.message.rstrip().endswith((".", "!", "?")) else "."
        return f"the program failed in shot {self.shot} (exit code {self.exit_code}): {self.message}{ends}{kept}"


class IntrinsicError(ExecutionError):
    """A function in Python raised an exception, or returned what its type has not; ``shot`` counts from 0."""

    name: str
    traceback: str
    shot: int

    def _describe(self) -> str:
        said = f"'{self.name}', which is written in Python, failed in shot {self.shot}.{self._kept()}"
        return f"{said}\n{self.traceback.rstrip()}"


class RunTimeoutError(ExecutionError):
    """The run was stopped because its time was over; ``waited``: it had not begun, others had their turn."""

    timeout_s: float
    waited: bool = False

    def _describe(self) -> str:
        if self.waited:
            return (
                f"the run was not begun within {self.timeout_s:g} s: it waited for its turn, while another call of the "
                f"session went on. Wait for that one, or end it: session.stop()."
            )
        return f"the run was stopped after {self.timeout_s:g} s. Raise --timeout to let it go on.{self._kept()}"


class EngineError(QirError):
    """The engine process did not do its part."""


class EngineStartError(EngineError):
    """The engine process could not be started."""

    message: str
    stderr_tail: str = ""
    signal_name: str = ""

    def _describe(self) -> str:
        return f"the engine process did not start: {self.message}{_tail(self.stderr_tail)}"


class SessionClosedError(ExecutionError, EngineStartError):
    """The session is closed, or was while something went on: ``entry`` is what it ran."""

    message: str = "the session is closed. Make a new one."
    entry: str = ""

    def _describe(self) -> str:
        if not self.entry:
            return super()._describe()
        return f"the session was closed while it ran '{self.entry}'. Make a new one.{self._kept()}"


class ForkedError(EngineError):
    """This process is a fork, and what it asks of a session went on, and goes on, in its parent.

    ``doing`` is what that was, ``parent`` the parent's process id, ``whole`` whether the session can be used as it is.
    """

    doing: str
    parent: int
    whole: bool = True

    def _describe(self) -> str:
        return (
            f"this process was forked from process {self.parent} while the session {self.doing}. That goes on there; "
            f"here the session is as it was before"
            f"{'. Do it again' if self.whole else ' or half changed. Reset it: session.reset(), or make a new one'}."
        )


_AS_TEXT = (
    "LLVM believes bitcode what it checks in text: write the module as text (llvm-dis) and add that, to be told what "
    "is wrong, and where. "
)


class WorkerCrashedError(ExecutionError, EngineError):
    """The engine process died under a program; a new one takes over with every module in place.

    ``reason`` is the cause in words; ``shot``, which counts from 0, was being run, or ``module`` was being compiled.
    ``limit_s`` is above 0 where it was killed because it had not answered within so many seconds, and ``stopped`` says
    whether a signal had stopped it. With ``bitcode`` the module is bitcode, and LLVM may have died of what it holds.
    """

    signal_name: str
    entry: str
    stderr_tail: str = ""
    reason: str = ""
    shot: int | None = None
    module: str = ""
    limit_s: float = 0.0
    stopped: bool = False
    bitcode: bool = False

    @property
    def cause(self) -> str:
        """The cause of its death, as far as that can be told."""
        return f"{self.signal_name} ({self.reason})" if self.reason else self.signal_name

    def _describe(self) -> str:
        return (
            f"the engine process died of {self.cause} while it {self._did()}. {_AS_TEXT if self.bitcode else ''}"
            f"Nothing else is lost: the next run gets a new engine process with every module in place.{self._kept()}"
            f"{_tail(self.stderr_tail)}"
        )

    def _did(self) -> str:
        if self.entry:
            return f"ran '{self.entry}'" if self.shot is None else f"ran '{self.entry}', in shot {self.shot}"
        return f"compiled the module '{self.module}'" if self.module else "ran no program"


class WorkerRestartLimitError(EngineError):
    """So many engine processes died one after the other that no more are started by themselves."""

    limit: int

    def _describe(self) -> str:
        return (
            f"{self.limit} engine processes died with no run that came to its end between. No more are started until "
            f"everything is reset: %qir_reset (in Python: session.reset())."
        )


class QuarantineError(EngineError):
    """The module ended one engine process after the other; ``causes`` says of what each died."""

    name: str
    causes: tuple[str, ...]

    def _describe(self) -> str:
        import shlex  # noqa: PLC0415 - for an error only

        name = shlex.quote(self.name)
        return (
            f"the module '{self.name}' has ended {len(self.causes)} engine processes ({', '.join(self.causes)}), "
            f"and is not tried again. Change it, or have it tried once more: %qir_reset {name}"
        )


def _tail(text: str) -> str:
    return f"\nIts last words:\n{text.rstrip()}" if text.strip() else ""
