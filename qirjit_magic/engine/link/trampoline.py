"""`Trampoline`: a function whose address is known before that of the function it leads to."""

from __future__ import annotations

import ctypes
from functools import cache

from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import read_ir


class Trampoline:
    """Jumps to another function, of whatever type, once it is told where that is (``trampoline.ll``)."""

    def __init__(self) -> None:
        self._linked = LinkedObject(_object_code(), {})
        self.address = self._linked.address("qirjit_trampoline")

    def lead(self, address: int) -> None:
        """Jump there from now on."""
        ctypes.c_void_p.from_address(self._linked.address("qirjit_target")).value = address

    def close(self) -> None:
        """Free it: nothing may call it afterwards."""
        self._linked.close()


@cache
def _object_code() -> bytes:
    return ObjectEmitter().emit(read_text(read_ir("trampoline.ll")))
