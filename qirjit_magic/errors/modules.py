"""Errors about modules, what they are made of and what they are bound to; options, simulators and texts too."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from qirjit_magic.errors.base import LocatedError, QirError

_WORD = r"(?:i(?:[1-9]|[1-5]\d|6[0-4])|double|float|ptr)"
# The types of functions that can be written in Python, in LLVM's words; spaces may stand between them.
PLAIN_TYPE = re.compile(rf"\s*({_WORD}|void)\s*\(\s*((?:{_WORD}(?:\s*,\s*{_WORD})*)?)\s*\)\s*\Z", re.ASCII)


@dataclass(eq=False)
class QirSyntaxError(LocatedError):
    """The text or bitcode is not a well-formed LLVM module."""

    message: str

    def _said(self) -> str:
        return f"{self._where()}{self.message}{self._pointer()}"


@dataclass(eq=False)
class ProfileError(LocatedError):
    """The module breaks the profile that it declares, and was to keep to it."""

    profile: str
    breaks: tuple[str, ...]

    def _said(self) -> str:
        more = len(self.breaks) - 1
        others = f" ({more} more: leave --strict away to see them)" if more > 0 else ""
        return f"{self._where()}the module declares the {self.profile} profile, and breaks it: {self.breaks[0]}{others}"


@dataclass(eq=False)
class OptionError(QirError):
    """An option of a run has a value that it cannot have."""

    option: str
    value: object
    expected: str

    def _said(self) -> str:
        return f"{self.option} is {self.value!r}: it must be {self.expected}."


@dataclass(eq=False)
class MissingPackageError(QirError):
    """Something needs a package that is not installed, and that an extra brings."""

    package: str
    needed_by: str
    extra: str

    def _said(self) -> str:
        return (
            f"{self.needed_by} needs the package {self.package}, which is not installed: "
            f"pip install 'qirjit_magic[{self.extra}]'"
        )


@dataclass(eq=False)
class EntryPointError(QirError):
    """No function, or no single one, can be run under this name or with these arguments."""

    reason: str
    name: str | None = None
    available: tuple[str, ...] = ()

    def _said(self) -> str:
        known = f" Entry points here: {', '.join(self.available)}." if self.available else ""
        return f"{self.reason}{known}"


class LinkError(QirError):
    """A module and what it calls do not fit together."""


@dataclass(eq=False)
class CircularModulesError(LinkError):
    """Modules use variables of each other in a circle, and none has an address before its module is linked."""

    modules: tuple[str, ...]

    def _said(self) -> str:
        return (
            f"modules use each other's global variables in a circle: {' → '.join(self.modules)}. "
            f"That works, but not for variables that are thread_local, in a comdat or in an address space, or that an "
            f"alias or a difference of addresses is made of. Define these variables in one module."
        )


@dataclass(eq=False)
class NoCodeError(LinkError):
    """A module defines a function or global variable, but LLVM made no code that others can reach for it."""

    symbol: str
    module: str

    def _said(self) -> str:
        return (
            f"'{self.symbol}' has no code of its own in the module '{self.module}': its linkage leaves it to "
            f"others, or its name is the assembler's. Define it with external linkage and another name."
        )


@dataclass(eq=False)
class UnresolvedSymbolError(LocatedError, LinkError):
    """Nobody defines functions or global variables that the program needs; nothing was run.

    ``types`` has their types as they are declared; ``in_c_library`` those that a trusted module would find there.
    """

    symbols: tuple[str, ...]
    simulator: str = ""
    types: tuple[str, ...] = ()
    in_c_library: tuple[str, ...] = ()

    def _said(self) -> str:
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
        return f', in Python (@qir.intrinsic({json.dumps(name)}, "{kind}"))' if kind else ""


@dataclass(eq=False)
class SignatureError(LocatedError, LinkError):
    """A function or global variable is declared with another type than it has.

    With ``dependants``, these modules declare it with the type that it had, and it was about to get another.
    """

    symbol: str
    expected: tuple[str, ...]
    found: str
    dependants: tuple[str, ...] = ()

    def _said(self) -> str:
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
    """The module holds something that would end or corrupt the engine process, or could do anything there.

    ``trustable`` where that is allowed to modules that are trusted.
    """

    construct: str
    reason: str
    trustable: bool = False

    def _said(self) -> str:
        way = " Leave it out, or add --trust if you trust where this QIR comes from." if self.trustable else ""
        return f"{self._where()}{self.construct}: {self.reason}{way}{self._pointer()}"


@dataclass(eq=False)
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

    def _said(self) -> str:
        way = "Leave --simulator stabilizer away" if self.simulator == "stabilizer" else "Run them: --method live"
        return f"the shots of '{self.entry}' cannot be sampled: {self.reason}. {way}."


@dataclass(eq=False)
class SimulatorError(QirError):
    """A simulator could not be attached, or cannot do what was asked of it."""

    message: str

    def _said(self) -> str:
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

    def _said(self) -> str:
        return self.message


@dataclass(eq=False)
class DefinitionError(QirError):
    """A function in Python cannot be sent to the engine process, or not be loaded there."""

    name: str
    reason: str

    def _said(self) -> str:
        return f"'{self.name}' cannot be called by QIR: {self.reason}"


@dataclass(eq=False)
class RecordError(QirError):
    """A text is no output in a schema of the QIR specification; lines count from 1."""

    message: str
    line: int | None = None
    source_line: str | None = None

    def _said(self) -> str:
        if self.line is None or self.source_line is None:
            return self.message
        return f"line {self.line}: {self.message}\n{self.line} | {self.source_line.replace(chr(9), ' ')}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
