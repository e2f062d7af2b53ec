"""`Engine`: something that compiles, links and runs modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from qirjit_magic.options import COMPILE_DEFAULTS, CompileOptions
from qirjit_magic.protocol.messages import (
    CircuitReply,
    CircuitRequest,
    Compiled,
    EngineStatus,
    Form,
    Intrinsic,
    RunReply,
    RunRequest,
)

if TYPE_CHECKING:
    from qirjit_magic.protocol.shared_memory import RecordMemory


class Engine(Protocol):
    """Something that compiles, links and runs modules: in this process, or behind one.

    Names resolve in this order: the module's own definitions, the newest module that has one, functions in Python, the
    simulator and the QIR runtime, the mathematical library; for a trusted module then the C library. That is a function
    of what is present and of the modules' order, never of history.
    A module's global variables keep their values until it is linked anew: because it, or something that it is bound to,
    directly or not, was replaced, removed, unlinked or overridden.
    """

    memory: RecordMemory

    def add(
        self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS, *, replaceable: Iterable[str] = ()
    ) -> Compiled:
        """Compile; the module becomes the newest, and takes the place of a module of the same name.

        Args:
            name: its name, unless one that is there is replaced with its name.
            source: text or bitcode.
            options: how it is compiled.
            replaceable: modules of which it replaces one that defines the same names, where ``name`` is new.

        Raises:
            QirSyntaxError, SignatureError, ProfileError, UnsafeModuleError: nothing has changed.
        """

    def compile(self, name: str, source: bytes, options: CompileOptions = COMPILE_DEFAULTS) -> Compiled:
        """Compile as `add` does, and leave everything as it is: whether it fits the other modules is not looked at.

        Raises:
            QirSyntaxError, UnsafeModuleError: it cannot be compiled.
        """

    def restore(self, compiled: Compiled) -> None:
        """Take a module from its object code as the newest, without compiling or checking anything."""

    def promote(self, name: str) -> None:
        """Make a module the newest; where nothing is bound to something else afterwards, nothing is linked anew."""

    def reset_variables(self, name: str) -> None:
        """Let a module be linked anew before it is run again: its global variables start anew."""

    def remove(self, name: str) -> None:
        """Forget a module; unknown names are ignored."""

    def define(self, intrinsic: Intrinsic) -> None:
        """Let modules call a function in Python; it takes the place of one of the same name.

        Where it comes without the function itself, modules that use it can be added and not be run.

        Raises:
            DefinitionError: it cannot be loaded; nothing has changed.
        """

    def undefine(self, name: str) -> None:
        """Forget a function in Python; unknown names are ignored."""

    def builtin_code(self, name: str) -> bytes:
        """The object code of one of `BUILTIN_OBJECTS`, which another engine of the same build can use."""

    def run(self, request: RunRequest) -> RunReply:
        """Link what is needed and run shots; the records are in `memory`, which the caller clears.

        Raises:
            LinkError, SimulatorError, EntryPointError: nothing was run.
        """

    def circuit(self, request: CircuitRequest) -> CircuitReply:
        """Trace one shot of an entry point, without a state and with global variables of its own.

        Raises:
            LinkError, EntryPointError: nothing was traced.
        """

    def show(self, name: str, source: bytes, form: Form, options: CompileOptions = COMPILE_DEFAULTS) -> str:
        """The module of this source as LLVM reads it, as it is compiled, as assembly, or what its object code holds."""

    def status(self) -> EngineStatus:
        """Return the figures of the engine."""

    def close(self) -> None:
        """Free everything; the engine cannot be used afterwards."""
