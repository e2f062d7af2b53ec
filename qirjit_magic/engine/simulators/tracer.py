"""`Tracer`: a simulator without a state, on which a program is run once to see what it does."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.ir.contexts import read_text
from qirjit_magic.engine.ir.objects import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.own import own_object
from qirjit_magic.engine.simulators.library import SharedLibrary
from qirjit_magic.engine.simulators.tape import ENTRY, Doubt, qubit_text, result_text
from qirjit_magic.wire.simulators import SimulatorSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRACER = SimulatorSpec("tracer")
MOST_ENTRIES = 1 << 21
_FILES = ("tracer.ll", "ids.ll", "untraced.ll")
_OPTIMISED = 2
# By @qirjit_refused_of: what stands behind the name of the function that ended a trace.
_CALLED_WITH: dict[int, Callable[[int], str]] = {
    1: lambda _: "",
    2: lambda qubit: f" on {qubit_text(qubit)}",
    3: lambda result: f" of {result_text(result)}",
}


class Tracer:
    """Writes a tape.

    Args:
        library: the runtime library, whose arrays hold qubits.
    """

    spec = TRACER
    holds_dumps = False

    def __init__(self, library: SharedLibrary) -> None:
        object_code, needs, self._traced = tracer_object()
        self._linked = LinkedObject(object_code, {name: ExternalSymbol(library.find(name)) for name in needs})
        self._tape = np.empty(MOST_ENTRIES, ENTRY)  # nothing of it is touched before it is written
        self._begin = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(
            self._linked.address("qirjit_begin_trace")
        )
        self._length = ctypes.c_int64.from_address(self._linked.address("qirjit_tape_length"))
        self._refused = ctypes.c_void_p.from_address(self._linked.address("qirjit_refused"))
        self._refused_of = ctypes.c_int32.from_address(self._linked.address("qirjit_refused_of"))
        self._refused_id = ctypes.c_uint64.from_address(self._linked.address("qirjit_refused_id"))
        self._way_out = ctypes.c_void_p.from_address(self._linked.address("qirjit_way_out_of_trace"))

    def find(self, name: str) -> int:
        """The address of what writes this function down, or ends the trace; 0 for what is no simulator's."""
        return self._linked.address(name) if name in self._traced else 0

    def follow(self, find: Callable[[str], int]) -> None:
        """A trace that cannot go on is left by ``qirjit_leave`` of the runtime over it."""
        self._way_out.value = find("qirjit_leave")

    def begin(self, seed: int | None) -> None:  # noqa: ARG002 - it draws nothing
        """An empty tape."""
        self._begin(self._tape.ctypes.data, MOST_ENTRIES)

    def end(self) -> None:
        """Nothing: a tape is small."""

    def take_dumps(self) -> list[str]:
        """None: a dump ends the trace."""
        return []

    @property
    def tape(self) -> NDArray[np.void]:
        """What was written down since `begin`: entries of `ENTRY`."""
        return self._tape[: self._length.value]

    @property
    def refused(self) -> Doubt | None:
        """What ended the trace; None where nothing did."""
        if not self._refused.value:
            return None
        said = ctypes.string_at(self._refused.value).decode()
        if self._refused_of.value not in _CALLED_WITH:
            return Doubt(said)
        called_with = _CALLED_WITH[self._refused_of.value](self._refused_id.value)
        return Doubt.of(said + called_with, self._length.value)


@cache
def tracer_object() -> tuple[bytes, tuple[str, ...], frozenset[str]]:
    """The object code of ``tracer.ll``, ``ids.ll`` and ``untraced.ll``, what it needs, and what it traces."""
    package = files(__package__)
    module = read_text("\n".join((package / name).read_text("utf-8") for name in _FILES))
    module.verify()
    traced = frozenset(function.name for function in module.functions if not function.is_declaration)
    declared = (function.name for function in module.functions if function.is_declaration)
    needs = tuple(name for name in declared if not name.startswith("llvm."))
    return own_object("tracer", lambda: ObjectEmitter().emit(module, _OPTIMISED)), needs, traced
