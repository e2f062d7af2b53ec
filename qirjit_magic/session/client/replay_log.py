"""`ReplayLog`: what an engine process has been given, and the one after it is to have."""

from __future__ import annotations

from collections.abc import Iterator

from qirjit_magic.protocol.messages import Compiled, Define, Frame, Intrinsic, Restore
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.symbol_graph import python_module


class ReplayLog:
    """Modules as object code, the newest last, and functions in Python."""

    def __init__(self) -> None:
        self.modules: dict[str, Compiled] = {}
        self.intrinsics: dict[str, Intrinsic] = {}

    def keep(self, compiled: Compiled) -> None:
        """A module is there, as the newest."""
        self.modules.pop(compiled.module.name, None)
        self.modules[compiled.module.name] = compiled

    @property
    def python(self) -> tuple[ModuleInfo, ...]:
        """The functions in Python, as a `SymbolGraph` takes them."""
        return python_module({name: intrinsic.signature for name, intrinsic in self.intrinsics.items()})

    @property
    def infos(self) -> list[ModuleInfo]:
        """Everything that a `SymbolGraph` takes."""
        return [*self.python, *(compiled.module for compiled in self.modules.values())]

    def frames(self) -> Iterator[tuple[str, Frame]]:
        """The frames that a new process is sent, each with its name in a sentence."""
        for intrinsic in self.intrinsics.values():
            yield f"the function '{intrinsic.name}'", definition(intrinsic)
        for name, compiled in self.modules.items():
            yield f"the module '{name}'", restoration(compiled)


def definition(intrinsic: Intrinsic) -> Frame:
    """The request that defines a function in Python."""
    return Frame(Define(intrinsic.name, intrinsic.signature, intrinsic.path), intrinsic.pickled)


def restoration(compiled: Compiled) -> Frame:
    """The request to take a module from its object code."""
    return Frame(Restore(compiled.module), compiled.object_code)
