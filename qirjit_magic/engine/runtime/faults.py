"""The signal handler that leaves a note when this process dies of a fault (``faults.ll``)."""

from __future__ import annotations

import ctypes
from functools import cache

from qirjit_magic.engine.codegen.builtin_objects import builtin_object
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.protocol.shared_memory import RecordMemory
from qirjit_magic.sandbox import Platform


def note_faults(memory: RecordMemory, platform: Platform) -> None:
    """Let each fault of this process leave a note in the memory, where the platform can."""
    shared = ctypes.addressof(ctypes.c_char.from_buffer(memory.region.view))

    def handler(machine: str) -> int:
        linked = _linked()
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(linked.address("qirjit_note_faults"))(shared)
        return linked.address(f"qirjit_fault_{machine}")

    platform.handle_faults(handler)


@cache  # for good: a handler is never taken back
def _linked() -> LinkedObject:
    again = ctypes.cast(ctypes.CDLL(None)["raise"], ctypes.c_void_p)
    return LinkedObject(faults_object(), {"raise": ExternalSymbol(again.value or 0)})


def faults_object() -> bytes:
    """The object code of ``faults.ll``."""
    return builtin_object("faults", _make)


def _make() -> bytes:
    module = read_text(read_ir("faults.ll"))
    module.verify()
    return ObjectEmitter().emit(module)
