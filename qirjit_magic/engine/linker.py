"""`Linker`: the modules that one run reaches, bound to what is present now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qirjit_magic.engine.ir.objects import ExternalSymbol, LinkedObject
from qirjit_magic.engine.runtime.resolver import InModule, Resolver
from qirjit_magic.engine.simulators.attachments import Attachment
from qirjit_magic.errors import CircularModulesError, NoCodeError, SignatureError, UnresolvedSymbolError
from qirjit_magic.wire.modules import Declaration
from qirjit_magic.wire.protocol import Compiled


@dataclass
class Module:
    """A module of the engine; linked once something that is run reaches it."""

    compiled: Compiled
    linked: LinkedObject | None = None

    def unlink(self) -> None:
        """Free its code: nothing may call it afterwards."""
        if self.linked is not None:
            self.linked.close()
            self.linked = None


class Linker:
    """Links for one run: each module at most once, and only where an address has changed.

    Code that is bound to a module which was linked anew is bound anew itself before it is called: whatever a run can
    reach is looked at here.

    Args:
        modules: all modules, in their order.
        attachment: the simulator of the run.
    """

    def __init__(self, modules: Mapping[str, Module], attachment: Attachment) -> None:
        self._modules = modules
        self._attachment = attachment
        self._resolver = Resolver(module.compiled.module for module in modules.values())
        self._done: dict[str, LinkedObject] = {}
        self._path: list[str] = []

    def address(self, name: str, symbol: str) -> int:
        """The address of what the module ``name`` defines, with everything under it linked.

        Raises:
            LinkError: something it needs is missing, of another type, or in a circle of modules.
        """
        address = self._link(name).address(symbol)
        if not address:
            raise NoCodeError(symbol, name)
        return address

    def _link(self, name: str) -> LinkedObject:
        if name in self._done:
            return self._done[name]
        if name in self._path:
            raise CircularModulesError((*self._path[self._path.index(name) :], name))
        self._path.append(name)
        module = self._modules[name]
        symbols = self._symbols(module)
        if module.linked is None or module.linked.symbols != symbols:
            module.unlink()
            module.linked = LinkedObject(module.compiled.object_code, symbols)
        self._path.pop()
        self._done[name] = module.linked
        return module.linked

    def _symbols(self, module: Module) -> dict[str, ExternalSymbol]:
        symbols: dict[str, ExternalSymbol] = {}
        missing: list[Declaration] = []
        for declaration in module.compiled.module.declarations:
            address = self._address_of(declaration, module.compiled.module.name)
            if address:
                symbols[declaration.name] = ExternalSymbol(address, declaration.function)
            else:
                missing.append(declaration)
        if missing:
            names = tuple(declaration.name for declaration in missing)
            line, source_line = missing[0].line, missing[0].source_line
            simulator = self._attachment.simulator.spec.name
            raise UnresolvedSymbolError(names, simulator, line=line, source_line=source_line)
        return symbols

    def _address_of(self, declaration: Declaration, name: str) -> int:
        found = self._resolver.resolve(name, declaration)
        if isinstance(found, InModule):
            if found.type not in {None, declaration.type}:
                raise SignatureError(
                    declaration.name,
                    (f"{found.type} in '{found.module}'",),
                    declaration.type,
                    line=declaration.line,
                    source_line=declaration.source_line,
                )
            return self.address(found.module, declaration.name)
        return self._attachment.address(found) if found else 0
