"""`LinkedGroup`: modules that are linked, and freed, together; calls in a cycle go through a `Trampoline`."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

import msgspec

from qirjit_magic.engine.codegen.external_variables import initial_name
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.errors import CircularModulesError, NoCodeError
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import GlobalVariable


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
