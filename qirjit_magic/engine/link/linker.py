"""`Linker`: links the modules that a run reaches, bound to those that are present now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qirjit_magic.engine.codegen.object_code import ExternalSymbol
from qirjit_magic.engine.link.linked_groups import GroupSymbol, LinkedGroup
from qirjit_magic.engine.runtime.bindings import Binding, find_bindings
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.simulators.instances import SimulatorInstance, find_in_c_library
from qirjit_magic.errors import LinkError, UnresolvedSymbolError
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import Declaration, ModuleInfo
from qirjit_magic.protocol.symbol_graph import PYTHON, Definition, SymbolGraph, shown_name, wrong_type


def resolve(symbol_graph: SymbolGraph, declaration: Declaration) -> Definition | tuple[Binding, ...]:
    """Find the providers of what a module declares; no binding at all where nobody does.

    The newest module that defines it wins, then a function in Python, which the graph has as the oldest module, then
    the table of known functions, which may have several implementations.
    The process's symbols at large are out of reach. A trusted module may use the C library's, which nobody else
    provides: the linker asks it last.
    """
    return symbol_graph.definition(declaration) or find_bindings(declaration.name, declaration.type)


Found = dict[Declaration, Definition | int]  # what a module declares, with its definition or its address


@dataclass
class Module:
    """A module of the engine; linked once something that is run reaches it."""

    compiled: Compiled
    group: LinkedGroup | None = None

    def unlink(self) -> None:
        """Free its code, and that of the modules it was linked with: nothing may call it afterwards."""
        if self.group is not None:
            self.group.close()
            self.group = None


class Linker:
    """Links what runs reach: each module only where what it is bound to was linked anew, or is somebody else's now.

    Code that is bound to what was freed is bound anew before it is called: whatever a run can reach is looked at here.
    Only a function's address that a program itself keeps in a variable of another module is its own affair: it leads
    nowhere once that function's module was replaced, as with any library that is unloaded.

    A linker serves until a module is added, removed or moved in the order, a function in Python is defined or
    forgotten, or another simulator is chosen.

    Args:
        modules: all modules, in their order.
        instance: the simulator.
        callbacks: the functions in Python.
        linked: the names of the modules that it links are appended to this.
    """

    def __init__(
        self, modules: Mapping[str, Module], instance: SimulatorInstance, callbacks: Callbacks, linked: list[str]
    ) -> None:
        self.instance = instance
        self._modules = modules
        self._callbacks = callbacks
        self.symbol_graph = SymbolGraph([*callbacks.modules, *(module.compiled.module for module in modules.values())])
        self._done = {PYTHON}  # nothing is to be linked there
        self._linked = linked

    def address(self, name: str, symbol: str) -> int:
        """The address of a function that the module ``name`` defines, with everything that it reaches linked.

        Raises:
            LinkError: something is missing, of another type, without code, or in a circle of variables that stay.
        """
        if name not in self._done:
            groups = [group for group in self.symbol_graph.groups(name) if group[0] not in self._done]
            found = {module: self._find(module) for group in groups for module in group}  # refused before it is begun
            for group in groups:
                self._link({module: found[module] for module in group})
                self._done.update(group)
        return self._group(name).symbol(name, symbol, function=True).address

    def _find(self, name: str) -> Found:
        module = self._modules[name].compiled.module
        used = [declaration for declaration in module.declarations if declaration.used]
        found = {declaration: self._provider(declaration, module) for declaration in used}
        missing = [declaration for declaration in used if not found[declaration]]
        if missing:
            raise self._unresolved(missing, module)
        return found

    def _unresolved(self, missing: Sequence[Declaration], module: ModuleInfo) -> LinkError:
        for declaration in missing:
            if declaration.known and declaration.type not in declaration.known:
                return wrong_type(declaration, declaration.known, module=module.name)
        names = tuple(declaration.name for declaration in missing)
        return UnresolvedSymbolError(
            names,
            self.instance.simulator.spec.name,
            tuple(declaration.type for declaration in missing),
            tuple(declaration.name for declaration in missing if declaration.in_c_library and not module.trusted),
            self.instance.simulator.methods_for(names),
            module=module.name,
            line=missing[0].line,
            source_line=missing[0].source_line,
        )

    def _provider(self, declaration: Declaration, user: ModuleInfo) -> Definition | int:
        found = resolve(self.symbol_graph, declaration)
        if not isinstance(found, Definition):
            address = self.instance.address(found)
            trusted = user.trusted and declaration.in_c_library
            return find_in_c_library(declaration.name) if trusted and not address else address
        if found.type == declaration.type:
            return found
        raise wrong_type(declaration, (f"{found.type} in {shown_name(found.module)}",), module=user.name)

    def _link(self, found: Mapping[str, Found]) -> None:
        symbols = {
            name: {d.name: self._symbol(d, provider, found) for d, provider in found[name].items()} for name in found
        }
        members = [self._modules[name] for name in found]
        first = members[0].group
        if first and not first.closed and first.symbols == symbols and all(m.group is first for m in members):
            return
        for member in members:
            member.unlink()
        group = LinkedGroup({name: self._modules[name].compiled for name in found}, symbols)
        for member in members:
            member.group = group
        self._linked += found

    def _symbol(
        self, declaration: Declaration, provider: Definition | int, group: Mapping[str, Found]
    ) -> ExternalSymbol | GroupSymbol:
        if isinstance(provider, int):
            return ExternalSymbol(provider, declaration.function)
        if provider.module == PYTHON:
            return self._callbacks.symbol(declaration.name)
        if provider.module in group:
            return GroupSymbol(provider.module, declaration.name, declaration.function)
        linked = self._group(provider.module)
        return linked.symbol(provider.module, declaration.name, function=declaration.function)

    def _group(self, name: str) -> LinkedGroup:
        group = self._modules[name].group
        assert group is not None  # noqa: S101 - callees are linked before their callers
        return group
