"""The runtime as linked code: one instance for each simulator, since each binds it to its own functions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from enum import IntEnum
from functools import cache

from qirjit_magic.engine.codegen.builtin_objects import builtin_object
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import link_texts
from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.errors import SimulatorError

_FILES = ("recorder.ll", "shots.ll", "run.ll")
_OPTIMISED = 2
_READ = "__quantum__rt__read_result"
_RECORDED = "qirjit_recorded_result"  # the same as the recorder asks for it: only the tracer tells them apart


class ShotsEnd(IntEnum):
    """Why the shot loop returned (``shots.ll``)."""

    DONE = 0
    STOPPED = 1
    FULL = 2
    FAILED = 3
    DUMPED = 4


class ShotBlock(ctypes.Structure):
    """``%Shots`` of ``shots.ll``."""

    _fields_ = (
        ("thunk", ctypes.c_void_p),
        ("entry", ctypes.c_void_p),
        ("arguments", ctypes.c_void_p),
        ("next", ctypes.c_int64),
        ("count", ctypes.c_int64),
        ("returned", ctypes.c_void_p),
        ("returned_words", ctypes.c_int64),
        ("returned_pointers", ctypes.c_int64),
    )


@cache
def runtime_object() -> tuple[bytes, tuple[str, ...]]:
    """The runtime's object code, and what it needs of others."""
    module = link_texts(*map(read_ir, _FILES), read_floats())
    module.verify()
    needs = tuple(f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm."))
    return builtin_object("runtime", lambda: ObjectEmitter().emit(module, _OPTIMISED)), needs


class Runtime:
    """The recorder and the shot loop over one simulator.

    Args:
        shared: the address of the shared memory in this process.
        find: the address of what the runtime itself needs, 0 where there is none.
        simulator: its name, for errors.
    """

    def __init__(self, shared: int, find: Callable[[str], int], simulator: str) -> None:
        object_code, needs = runtime_object()
        symbols = {name: ExternalSymbol(find(name)) for name in needs}
        if not symbols[_RECORDED].address:
            symbols[_RECORDED] = ExternalSymbol(find(_READ))
        missing = sorted(_READ if name == _RECORDED else name for name in needs if not symbols[name].address)
        if missing:
            message = f"the simulator '{simulator}' lacks {', '.join(missing)}, without which no program can run."
            raise SimulatorError(message)
        self._linked = LinkedObject(object_code, symbols)
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.address("qirjit_open"))(shared)
        self._run_shots = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(self.address("qirjit_run_shots"))
        self.forget_labels = ctypes.CFUNCTYPE(None)(self.address("qirjit_forget_labels"))
        self.set_seed = ctypes.CFUNCTYPE(None, ctypes.c_uint64)(self.address("qirjit_set_seed"))
        self.limit_records = ctypes.CFUNCTYPE(None, ctypes.c_uint64)(self.address("qirjit_limit_records"))
        self.begin_records = ctypes.CFUNCTYPE(None)(self.address("qirjit_begin_records"))
        self.commit = ctypes.CFUNCTYPE(None)(self.address("qirjit_commit"))

    def address(self, name: str) -> int:
        """The address of a function that the runtime defines, 0 where it does not."""
        return self._linked.address(name)

    def run_shots(self, shots: ShotBlock) -> ShotsEnd:
        """Run from ``shots.next`` until one of the ends."""
        return ShotsEnd(self._run_shots(ctypes.addressof(shots)))

    def close(self) -> None:
        """Free the code."""
        self._linked.close()
