"""What the kernel knows of a compiled module; the engine process makes it, frames carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's type in LLVM's words, pointers opaque: ``i64 (double, ptr)``."""

    returns: str
    parameters: tuple[str, ...] = ()
    variadic: bool = False

    def __str__(self) -> str:
        parameters = (*self.parameters, "...") if self.variadic else self.parameters
        return f"{self.returns} ({', '.join(parameters)})"


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A defined function: anything that can be run by name.

    Attributes:
        name: the function's name, without ``@``.
        signature: its type.
        public: whether other modules can call it (its linkage is not internal or private).
        attributes: the string attributes in LLVM's order; a value-less attribute has the value ``""``.
    """

    name: str
    signature: Signature
    public: bool = True
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def declared(self) -> bool:
        """Whether it has the ``entry_point`` (or ``EntryPoint``) attribute."""
        return any(key in {"entry_point", "EntryPoint"} for key, _ in self.attributes)

    @property
    def required_qubits(self) -> int | None:
        """The attribute ``required_num_qubits`` (or ``requiredQubits``), where it is a number."""
        return self._number("required_num_qubits", "requiredQubits")

    @property
    def required_results(self) -> int | None:
        """The attribute ``required_num_results`` (or ``requiredResults``), where it is a number."""
        return self._number("required_num_results", "requiredResults")

    @property
    def exit_code_returned(self) -> bool:
        """Whether the returned value is the shot's exit code: an ``i64`` of a declared entry point."""
        return self.declared and self.signature.returns == "i64"

    def _number(self, *names: str) -> int | None:
        values = [value for key, value in self.attributes if key in names]
        return int(values[0]) if values and values[0].isascii() and values[0].isdigit() else None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function or global variable that the module uses and somebody else defines."""

    name: str
    type: str
    function: bool = True
    line: int | None = None
    source_line: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A remark about a module that stops nothing."""

    severity: Literal["notice", "warning"]
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = "" if self.line is None else f"line {self.line}: "
        return f"{self.severity}: {where}{self.message}"


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """A compiled module.

    Attributes:
        name: the name in the session.
        digest: SHA-256 (hexadecimal) of the source bytes.
        profile: ``base``, ``adaptive``, or ``unrestricted``, as its entry points declare it.
        flags: the module flags by name; ``i1`` flags are booleans, lists are comma-separated text.
        functions: every defined function, in the module's order.
        globals: the names of the public global variables it defines.
        declarations: what it expects of others, LLVM's own intrinsics left out.
        diagnostics: remarks for the user.
        object_size: bytes of object code.
    """

    name: str
    digest: str
    profile: str = "unrestricted"
    flags: tuple[tuple[str, int | bool | str], ...] = ()
    functions: tuple[EntryPoint, ...] = ()
    globals: tuple[str, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    object_size: int = 0

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """The functions one would run: those with the attribute; where none has it, the public ones."""
        declared = tuple(f for f in self.functions if f.declared)
        return declared or tuple(f for f in self.functions if f.public)

    @property
    def definitions(self) -> frozenset[str]:
        """The public names: what other modules can use."""
        return frozenset(f.name for f in self.functions if f.public) | frozenset(self.globals)

    def function(self, name: str) -> EntryPoint | None:
        """The defined function of this name, if there is one."""
        return next((f for f in self.functions if f.name == name), None)
