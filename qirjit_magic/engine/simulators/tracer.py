"""`Tracer`: a simulator without a state, on which a program is run once to see what it does."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject
from qirjit_magic.engine.simulators.operation_trace import ENTRY, NotSampleable, qubit_text, result_text
from qirjit_magic.engine.simulators.second_trace import LOWER, PATTERN
from qirjit_magic.engine.simulators.shared_library import AttachedSimulator, SharedLibrary
from qirjit_magic.engine.simulators.tracer_object import tracer_object
from qirjit_magic.protocol.operations import TraceEnd
from qirjit_magic.protocol.simulator_specs import SimulatorSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRACER = SimulatorSpec("tracer")
MAX_ENTRIES = 1 << 21
_ON_A_QUBIT, _OF_A_RESULT = 2, 3
# By @qirjit_refused_of: what stands behind the name of the function that ended a trace.
_CALLED_WITH: dict[int, Callable[[int], str]] = {
    1: lambda _: "",
    _ON_A_QUBIT: lambda qubit: f" on {qubit_text(qubit)}",
    _OF_A_RESULT: lambda result: f" of {result_text(result)}",
}


class Tracer(AttachedSimulator):
    """Writes a tape.

    Args:
        library: the runtime library, whose arrays hold qubits.
    """

    spec = TRACER

    def __init__(self, library: SharedLibrary) -> None:
        object_code, needs, self._traced = tracer_object()
        self._linked = LinkedObject(object_code, {name: ExternalSymbol(library.find(name)) for name in needs})
        # Nothing of these is touched before it is written.
        self._tapes = np.empty(MAX_ENTRIES, ENTRY), np.empty(MAX_ENTRIES, ENTRY)
        self._tape = self._tapes[0]
        self._begin = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(
            self._linked.address("qirjit_begin_trace")
        )
        self._run_lower = ctypes.CFUNCTYPE(
            ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64
        )(self._linked.address("qirjit_run_lower"))
        self._length = ctypes.c_int64.from_address(self._linked.address("qirjit_tape_length"))
        self._refused = ctypes.c_void_p.from_address(self._linked.address("qirjit_refused"))
        self._refused_of = ctypes.c_int32.from_address(self._linked.address("qirjit_refused_of"))
        self._refused_id = ctypes.c_uint64.from_address(self._linked.address("qirjit_refused_id"))
        self._outcomes = ctypes.c_uint64.from_address(self._linked.address("qirjit_outcomes"))
        self._state_reads_allowed = ctypes.c_bool.from_address(self._linked.address("qirjit_goes_on"))
        self._way_out = ctypes.c_void_p.from_address(self._linked.address("qirjit_way_out_of_trace"))

    def find(self, name: str) -> int:
        """The address of what writes this function down, or ends the trace; 0 for what is no simulator's."""
        return self._linked.address(name) if name in self._traced else 0

    def bind_runtime(self, find: Callable[[str], int]) -> None:
        """A trace that cannot go on is left by ``qirjit_leave`` of the runtime over it."""
        self._way_out.value = find("qirjit_leave")

    def begin(self, seed: int | None) -> None:  # noqa: ARG002 - it draws nothing
        """An empty tape."""
        self._begin(self._tape.ctypes.data, MAX_ENTRIES)

    def allow_state_reads(self, *, allowed: bool) -> None:
        """Let traces go on where a program reads the state, or not: nobody may sample from those that do."""
        self._state_reads_allowed.value = allowed

    def set_outcomes(self, outcomes: int) -> None:
        """Set what `m` returns from now on: for 0 entries of the tape, else outcomes drawn with it, on another tape."""
        self._outcomes.value = outcomes
        self._tape = self._tapes[outcomes != 0]

    def run_lower_on_stack(self, run: int, shots: ctypes.Structure) -> int:
        """Call ``qirjit_run_shots`` at this address lower on the stack, where something else was."""
        return int(self._run_lower(run, ctypes.addressof(shots), LOWER, PATTERN))

    @property
    def tape(self) -> NDArray[np.void]:
        """The tape since `begin`: entries of `ENTRY`."""
        return self._tape[: self._length.value]

    @property
    def refused(self) -> NotSampleable | None:
        """The operation that ended the trace; None where nothing did."""
        if not self._refused.value:
            return None
        said = ctypes.string_at(self._refused.value).decode()
        if self._refused_of.value not in _CALLED_WITH:
            return NotSampleable(said)
        called_with = _CALLED_WITH[self._refused_of.value](self._refused_id.value)
        return NotSampleable.of(said + called_with, self._length.value)

    @property
    def trace_end(self) -> TraceEnd | None:
        """The end of the trace, as data; a result is numbered as on the tape."""
        if not self._refused.value:
            return None
        said = ctypes.string_at(self._refused.value).decode()
        called_with, number = self._refused_of.value, self._refused_id.value
        if called_with not in _CALLED_WITH:
            return TraceEnd(reason=said)
        qubit = number if called_with == _ON_A_QUBIT else None
        return TraceEnd(said, qubit, number if called_with == _OF_A_RESULT else None)
