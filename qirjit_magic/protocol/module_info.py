"""The facts of a compiled module that the kernel knows; the engine process makes them, frames carry them."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.timings import UNTIMED, Timings
from qirjit_magic.sanitize import sanitize

_NUMBER = lazy_pattern("[0-9]{1,18}")
BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")  # how bitcode begins: bare, and in a wrapper


class Signature(msgspec.Struct, frozen=True):
    """A function's type in LLVM's words, pointers opaque: ``i64 (double, ptr)``."""

    returns: str
    parameters: tuple[str, ...] = ()
    variadic: bool = False

    def __str__(self) -> str:
        parameters = (*self.parameters, "...") if self.variadic else self.parameters
        return f"{self.returns} ({', '.join(parameters)})"


class EntryPoint(msgspec.Struct, frozen=True, dict=True):  # the dict is for what is cached
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
        """Return whether it has the ``entry_point`` (or ``EntryPoint``) attribute."""
        return any(key in {"entry_point", "EntryPoint"} for key, _ in self.attributes)

    @cached_property
    def required_qubits(self) -> int | None:
        """The attribute ``required_num_qubits`` (or ``requiredQubits``), where it is a number."""
        return self._number("required_num_qubits", "requiredQubits")

    @property
    def required_results(self) -> int | None:
        """The attribute ``required_num_results`` (or ``requiredResults``), where it is a number."""
        return self._number("required_num_results", "requiredResults")

    @property
    def exit_code_returned(self) -> bool:
        """Return whether the returned value is the shot's exit code: an ``i64`` of a declared entry point."""
        return self.declared and self.signature.returns == "i64"

    def _number(self, *names: str) -> int | None:
        values = [value for key, value in self.attributes if key in names]
        return int(values[0]) if values and _NUMBER.fullmatch(values[0]) else None


class Declaration(msgspec.Struct, frozen=True):
    """A function or global variable that the module uses and somebody else defines.

    Attributes:
        name: its name, without ``@``.
        type: its type as the module declares it.
        function: whether it is a function.
        known: the types that the table of known functions has for this name; empty for other names.
        line: where it is first used.
        source_line: that line.
        used: whether it is used at all: what is only declared need not be there.
        reserved: whether its name is the specification's, the simulator's or the mathematical library's, so that no
            other type can be meant; a dialect's name may be a user's own.
        in_c_library: whether the C library has it, which trusted modules may use; False where it is not used or known.
    """

    name: str
    type: str
    function: bool = True
    known: tuple[str, ...] = ()
    line: int | None = None
    source_line: str | None = None
    used: bool = True
    reserved: bool = False
    in_c_library: bool = False


class GlobalVariable(msgspec.Struct, frozen=True):
    """A global variable that the module defines.

    Attributes:
        name: its name, without ``@``.
        type: the type of its value, named structs by their contents.
        public: whether other modules can use it.
        constant: whether nobody can change it.
        size: bytes of the memory that the linker gives it; 0 where it is in the object code.
        alignment: that of this memory; 0 where it is in the object code.
    """

    name: str
    type: str
    public: bool = True
    constant: bool = False
    size: int = 0
    alignment: int = 0


class Diagnostic(msgspec.Struct, frozen=True):
    """A remark about a module or a run that stops nothing.

    Attributes:
        severity: how much it matters.
        message: the remark.
        line: where, where it is about a line.
        about: what it is about: ``undefined`` names, a ``shadowed`` definition, users that a module ``misfits`` or
            has ``abandoned``, variables that start ``anew``; empty for anything else.
    """

    severity: Literal["notice", "warning"]
    message: str
    line: int | None = None
    about: Literal["", "undefined", "shadowed", "misfits", "abandoned", "anew"] = ""

    def __str__(self) -> str:
        where = "" if self.line is None else f"line {self.line}: "
        return sanitize(f"{self.severity}: {where}{self.message}")


class ModuleInfo(msgspec.Struct, frozen=True, eq=False):
    """The facts of a compiled module: its functions, variables, profile, remarks and figures.

    Attributes:
        name: the name in the session.
        digest: SHA-256 (hexadecimal) of the source bytes.
        profile: ``base``, ``adaptive``, or ``unrestricted``: what it is, by what its functions do.
        flags: the module flags by name; ``i1`` flags are booleans, lists are comma-separated text.
        functions: every defined function, in the module's order.
        variables: the global variables it defines: all public ones, and of the others those that can change.
        declarations: what it expects of others, LLVM's own intrinsics left out.
        diagnostics: remarks for the user, as of when it was added.
        opt_level: the optimisation level it was compiled with, 0 to 3.
        object_size: bytes of object code.
        added_at: when it was compiled or replaced, in seconds since the epoch.
        declared_profile: what its entry points say that it is.
        capabilities: the adaptive profile's capabilities that it uses, in the specification's words.
        breaks: warnings where it breaks the profile that it declares; they are among the diagnostics too.
        trusted: whether it may hold code that can do anything, and use what only the C library has.
        varying: an intrinsic of LLVM's that it declares and that may do something else in each shot, or leave something
            for the next; or an undefined value; empty where there is neither.
        looks_at_results: where it does more with results that are returned as pointers than hand them on, or why
            that is not known; empty where it does not.
        mistyped_call: a call by another type than the called function has, or of an address whose type nobody knows;
            empty where there is none.
        reads_results: the entry points each of whose shots measures, then reads a result: traced only if asked for.
        timings: how long it took to add it; all 0 where it was there already.

    Example:
        >>> info = session.add(bell)
        >>> info.profile, info.definitions, info.state
        ('base', frozenset({'bell'}), ())
    """

    name: str
    digest: str
    profile: str = "unrestricted"
    flags: tuple[tuple[str, int | bool | str], ...] = ()
    functions: tuple[EntryPoint, ...] = ()
    variables: tuple[GlobalVariable, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    opt_level: int = 0
    object_size: int = 0
    added_at: float = 0.0
    declared_profile: str = "unrestricted"
    capabilities: tuple[str, ...] = ()
    breaks: tuple[Diagnostic, ...] = ()
    trusted: bool = False
    varying: str = ""
    looks_at_results: str = ""
    mistyped_call: str = ""
    reads_results: tuple[str, ...] = ()
    timings: Timings = UNTIMED

    def __eq__(self, other: object) -> bool:
        """Return whether both are the same, however long it took to make them."""
        if not isinstance(other, ModuleInfo):
            return NotImplemented
        names = (name for name in self.__struct_fields__ if name != "timings")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """The functions one would run: those with the attribute; where none has it, the public ones."""
        declared = tuple(f for f in self.functions if f.declared)
        return declared or tuple(f for f in self.functions if f.public)

    @property
    def definitions(self) -> frozenset[str]:
        """The public names: what other modules can use."""
        functions = (function.name for function in self.functions if function.public)
        variables = (variable.name for variable in self.variables if variable.public)
        return frozenset((*functions, *variables))

    @property
    def state(self) -> tuple[str, ...]:
        """The names of the variables that keep their values between runs."""
        return tuple(variable.name for variable in self.variables if not variable.constant)

    def function(self, name: str) -> EntryPoint | None:
        """The defined function of this name, if there is one."""
        return next((f for f in self.functions if f.name == name), None)
