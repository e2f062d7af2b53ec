"""`Linker`: links the modules that a run reaches, bound to those that are present now.

Modules that call each other in a cycle are linked and freed together, and call each other through a `Trampoline`.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter

import msgspec

from qirjit_magic.engine.codegen.external_variables import initial_name
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import Binding, find_bindings, read_ir
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.simulators.instances import SimulatorInstance, find_in_c_library
from qirjit_magic.errors import CircularModulesError, EntryPointError, LinkError, NoCodeError, UnresolvedSymbolError
from qirjit_magic.protocol.messages import Compiled, RunRequest
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, GlobalVariable, ModuleInfo
from qirjit_magic.protocol.symbol_graph import PYTHON, Definition, SymbolGraph, shown_name, wrong_type


class Trampoline:
    """Jumps to another function, of whatever type, once it is told where that is (``trampoline.ll``)."""

    def __init__(self) -> None:
        self._linked = LinkedObject(_object_code(), {})
        self.address = self._linked.address("qirjit_trampoline")

    def set_target(self, address: int) -> None:
        """Jump there from now on."""
        ctypes.c_void_p.from_address(self._linked.address("qirjit_target")).value = address

    def close(self) -> None:
        """Free it: nothing may call it afterwards."""
        self._linked.close()


@cache
def _object_code() -> bytes:
    return ObjectEmitter().emit(read_text(read_ir("trampoline.ll")))


class VariableMemory:
    """Memory of a module's variables, see `externalise`: addresses at once, values once the module is linked.

    Args:
        variables: all of the module's.
    """

    def __init__(self, variables: Iterable[GlobalVariable]) -> None:
        self.addresses: dict[str, int] = {}
        self._moved = {place: variable for place, variable in enumerate(variables) if variable.alignment}
        self._memory: mmap.mmap | None = None
        if self._moved:
            self._place()

    def _place(self) -> None:
        offsets, end = dict[str, int](), 0
        for variable in self._moved.values():
            offsets[variable.name] = _aligned(end, variable.alignment)
            end = offsets[variable.name] + variable.size
        alignment = max(variable.alignment for variable in self._moved.values())
        # One byte more: a variable may have none. Pages that nobody touches cost nothing.
        self._memory = mmap.mmap(-1, end + alignment + 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        start = _aligned(ctypes.addressof(ctypes.c_char.from_buffer(self._memory)), alignment)
        self.addresses = {name: start + offset for name, offset in offsets.items()}

    def begin(self, linked: LinkedObject) -> None:
        """Give the variables the values that they begin with, which are in the module's object code."""
        for place, variable in self._moved.items():
            initial = linked.address(initial_name(place))
            if initial:
                ctypes.memmove(self.addresses[variable.name], initial, variable.size)

    def close(self) -> None:
        """Free it: nothing may use it afterwards."""
        if self._memory is not None:
            self._memory.close()


def _aligned(number: int, alignment: int) -> int:
    return -(-number // alignment) * alignment


class GroupSymbol(msgspec.Struct, frozen=True):
    """A function or global variable of another module of the same group, whose address is not known yet."""

    module: str
    name: str
    function: bool


Symbols = Mapping[str, ExternalSymbol | GroupSymbol]


class LinkedGroup:
    """The linked code of one module, or of modules that use each other in a circle.

    Inside a circle calls go through trampolines, so that there is a first one to link. Global variables are bound by
    their addresses: those that the object code only declares (see `externalise`) have theirs before anything is linked,
    the modules are linked in the order of the others.

    Args:
        modules: the modules with their object code.
        symbols: for each module what its declarations are bound to.

    Raises:
        CircularModulesError: modules use each other's global variables in a circle, and these are in the object code.
        NoCodeError: a module has no code for what another one is bound to.
    """

    def __init__(self, modules: Mapping[str, Compiled], symbols: Mapping[str, Symbols]) -> None:
        self.symbols = {name: dict(symbols[name]) for name in modules}
        self.closed = False
        self._linked: dict[str, LinkedObject] = {}
        self._memories: dict[str, VariableMemory] = {}
        self._trampolines: dict[GroupSymbol, Trampoline] = {}
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            for name, compiled in modules.items():
                self._memories[name] = VariableMemory(compiled.module.variables)
            for name in self._order():
                self._linked[name] = LinkedObject(modules[name].object_code, self._bound_symbols(name))
            for symbol, trampoline in self._trampolines.items():
                trampoline.set_target(self.symbol(symbol.module, symbol.name, function=True).address)
            for name, memory in self._memories.items():
                memory.begin(self._linked[name])
            undo.pop_all()

    def _order(self) -> tuple[str, ...]:
        variables = {
            name: {s.module for s in symbols.values() if isinstance(s, GroupSymbol) and not self._is_known(s)}
            for name, symbols in self.symbols.items()
        }
        try:
            return tuple(TopologicalSorter(variables).static_order())
        except CycleError as error:
            raise CircularModulesError(tuple(reversed(error.args[1]))) from None

    def _is_known(self, symbol: GroupSymbol) -> bool:
        # It has an address before its module is linked: its trampoline's, or that of its memory.
        return symbol.function or symbol.name in self._memories[symbol.module].addresses

    def _bound_symbols(self, name: str) -> dict[str, ExternalSymbol]:
        own = self._memories[name].addresses.items()
        bound = {symbol: ExternalSymbol(address, function=False) for symbol, address in own}
        return bound | {key: self._bound(symbol) for key, symbol in self.symbols[name].items()}

    def _bound(self, symbol: ExternalSymbol | GroupSymbol) -> ExternalSymbol:
        if isinstance(symbol, ExternalSymbol):
            return symbol
        if not self._is_known(symbol):
            return self.symbol(symbol.module, symbol.name, function=False)
        if not symbol.function:
            return ExternalSymbol(self._memories[symbol.module].addresses[symbol.name], function=False)
        if symbol not in self._trampolines:
            self._trampolines[symbol] = Trampoline()
        return ExternalSymbol(self._trampolines[symbol].address)

    def symbol(self, module: str, name: str, *, function: bool) -> ExternalSymbol:
        """The symbol that a module of the group defines, for others to be bound to.

        Raises:
            NoCodeError: LLVM made no code for it.
        """
        linked = self._linked[module]
        address = self._memories[module].addresses.get(name) or linked.address(name)
        if not address:
            raise NoCodeError(name, module)
        return ExternalSymbol(address, function, linked.serial)

    def close(self) -> None:
        """Free its code: nothing may call it afterwards."""
        if not self.closed:
            self.closed = True
            for linked in self._linked.values():
                linked.close()
            for trampoline in self._trampolines.values():
                trampoline.close()
            for memory in self._memories.values():
                memory.close()


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
            groups = [group for group in self.symbol_graph.link_groups(name) if group[0] not in self._done]
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


def requested_entry(modules: Mapping[str, Module], request: RunRequest) -> EntryPoint:
    """The entry point of a run.

    Args:
        modules: all modules.
        request: the run.

    Raises:
        EntryPointError: it is not there, or gets more or fewer arguments than it takes.
    """
    module = modules.get(request.module)
    entry = module.compiled.module.function(request.entry) if module else None
    if entry is None:
        reason = f"no module '{request.module}' with a function '{request.entry}' is here."
        raise EntryPointError(reason, request.entry)
    if len(request.arguments) != len(entry.signature.parameters):  # the thunk reads as many as there are parameters
        reason = f"'{entry.name}' takes {len(entry.signature.parameters)} words, and got {len(request.arguments)}."
        raise EntryPointError(reason, entry.name)
    return entry
