"""`VariableMemory`: the memory of variables that a module's object code only declares."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterable

from qirjit_magic.engine.ir.objects import LinkedObject
from qirjit_magic.engine.ir.variables import initial_name
from qirjit_magic.wire.modules import GlobalVariable


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
