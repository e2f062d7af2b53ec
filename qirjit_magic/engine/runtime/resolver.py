"""The `Resolver`: every external name of a module to whoever provides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qirjit_magic.engine.runtime.bindings import Binding, bindings
from qirjit_magic.wire.modules import Declaration, ModuleInfo


@dataclass(frozen=True, slots=True)
class InModule:
    """Another module defines it, with this type; the type of a global variable is not looked at."""

    module: str
    type: str | None


class Resolver:
    """Names to definitions, as a function of the modules present and their order, never of history.

    The newest other module wins, then the table of known functions. The process's symbols at large are out of reach.
    """

    def __init__(self, modules: Iterable[ModuleInfo]) -> None:
        self._definitions: dict[str, list[InModule]] = {}
        for module in modules:
            for function in module.functions:
                if function.public:
                    self._define(function.name, InModule(module.name, str(function.signature)))
            for name in module.globals:
                self._define(name, InModule(module.name, None))

    def _define(self, name: str, definition: InModule) -> None:
        self._definitions.setdefault(name, []).append(definition)

    def resolve(self, module: str, declaration: Declaration) -> InModule | Binding | None:
        """Who provides what ``module`` declares; None where nobody does."""
        definitions = self._definitions.get(declaration.name, ())
        others = [d for d in definitions if d.module != module and (d.type is not None) == declaration.function]
        if others:
            return others[-1]
        choices = bindings().get(declaration.name, ())
        return next((choice for choice in choices if choice.type == declaration.type), None)
