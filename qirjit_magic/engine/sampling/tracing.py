"""`Tracing`: programs are run once on the tracer, with code and memory of their own, so that nothing is disturbed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.link.linker import Linker, Module
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.runtime.prepared_shots import prepare_shots
from qirjit_magic.engine.runtime.program import ShotBlock, ShotsEnd
from qirjit_magic.engine.sampling.alike_shots import find_difference
from qirjit_magic.engine.simulators.instances import SimulatorInstances
from qirjit_magic.engine.simulators.operation_trace import NotSampleable
from qirjit_magic.engine.simulators.second_trace import OUTCOMES, Output, find_change, shifted_heap, take_output
from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.module_info import EntryPoint
from qirjit_magic.protocol.operations import TraceEnd
from qirjit_magic.protocol.return_values import recorded_words
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RECORDS_CAPACITY, SIZE, RecordMemory, Word
from qirjit_magic.protocol.simulator_specs import AUTO, STATEVECTOR
from qirjit_magic.protocol.symbol_graph import SymbolGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAILED = "it fails"


class _Scratch:
    """Memory of this process alone, whose pages exist once they are touched."""

    handle = -1
    is_lost = False

    def __init__(self) -> None:
        self._bytes = np.zeros(SIZE, np.uint8)
        self.view = self._bytes.data

    def discard(self, start: int, length: int) -> None:
        """Nothing: whatever is there may stay."""

    def unmap_pages(self, start: int, length: int) -> None:
        """Nothing: the pages are this process's alone."""

    def close(self) -> None:
        """Free it."""
        self.view.release()


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """One shot, as far as a trace of it goes.

    Attributes:
        tape: what it asks a simulator for, entries of `ENTRY`.
        end: why it ended before the program did; None where it did not.
        remark: why other shots may do something else, in words; empty where none does.
    """

    tape: NDArray[np.void]
    end: TraceEnd | None
    remark: str


class Tracing:
    """Traces of the modules as they are now.

    Args:
        instances: where the tracer is attached.
        thunk: what calls an entry point.
        callbacks: the functions in Python.
    """

    def __init__(self, instances: SimulatorInstances, thunk: Callable[[EntryPoint], int], callbacks: Callbacks) -> None:
        self.memory = RecordMemory(_Scratch())
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory.region.view))
        self._tracer, self._instance = instances.tracer(address)
        self._thunk = thunk
        self._callbacks = callbacks
        self._modules: dict[str, Module] = {}
        self._linker: Linker | None = None
        self._checked: tuple[str, str, tuple[int, ...]] | None = None  # what a second trace has confirmed

    def forget(self) -> None:
        """Forget what was linked: the modules have changed."""
        for module in self._modules.values():
            module.unlink()
        self._modules.clear()
        self._checked = None
        self._linker = None

    def trace(
        self, request: RunRequest, entry: EntryPoint, modules: Mapping[str, Module]
    ) -> NDArray[np.void] | NotSampleable:
        """The tape that all shots have in common, with the records of one in `memory`; or why there is no such thing.

        Args:
            request: the run.
            entry: its entry point.
            modules: all modules, in their order.

        Raises:
            LinkError: something is missing, or of another type.
        """
        linker = self._linker_of(modules)
        obstacle = self._obstacle(request, entry, linker.symbol_graph)
        if obstacle:
            return NotSampleable(obstacle)
        key = request.module, request.entry, request.arguments
        other = None if key == self._checked else self._other_output(request, entry, linker)
        if self._run_shot(request, entry, linker) is not ShotsEnd.DONE:
            return self._tracer.refused or NotSampleable(_FAILED)
        if self.memory.word(Word.DROPPED) or self.memory.committed_bytes() > RECORDS_CAPACITY // 2:
            return NotSampleable("it records more than there is room for")
        if key != self._checked:
            change = find_change(take_output(self._tracer.tape, self.memory), other)
            if change:
                return NotSampleable(change)
            self._checked = key
        return self._tracer.tape

    def trace_one_shot(self, request: RunRequest, entry: EntryPoint, modules: Mapping[str, Module]) -> Traced:
        """One shot, whatever others do, and the first one where they know of each other; see `trace`."""
        linker = self._linker_of(modules)
        if linker.symbol_graph.dependence_on_earlier_shots(
            request.module
        ):  # variables begin anew, or each look would show another circuit
            self.forget()
            linker = self._linker_of(modules)
        self._tracer.allow_state_reads(allowed=True)
        try:
            ended = self._run_shot(request, entry, linker)
        finally:
            self._tracer.allow_state_reads(allowed=False)
        failed = None if ended is ShotsEnd.DONE else TraceEnd(reason=_FAILED)
        return Traced(
            self._tracer.tape, self._tracer.trace_end or failed, find_difference(request.module, linker.symbol_graph)
        )

    def _linker_of(self, modules: Mapping[str, Module]) -> Linker:
        if self._linker is None:
            self._modules = {name: Module(module.compiled) for name, module in modules.items()}
            self._linker = Linker(self._modules, self._instance, self._callbacks, [])
        return self._linker

    def _obstacle(self, request: RunRequest, entry: EntryPoint, symbol_graph: SymbolGraph) -> str:
        # What the tracer would not notice.
        if request.simulator.path:
            return f"what '{request.simulator.name}' does with a gate is its own affair"
        if recorded_words(entry.signature.returns):
            return f"'{entry.name}' returns {entry.signature.returns}, which may be a result"
        return find_difference(request.module, symbol_graph)

    def _other_output(self, request: RunRequest, entry: EntryPoint, linker: Linker) -> Output | None:
        # It comes first: what is sampled is what the other trace leaves.
        self._tracer.set_outcomes(OUTCOMES)
        try:
            with shifted_heap():
                ended = self._run_shot(request, entry, linker, run=self._run_lower)
            return take_output(self._tracer.tape, self.memory) if ended is ShotsEnd.DONE else None
        finally:
            self._tracer.set_outcomes(0)

    def _run_lower(self, shots: ShotBlock) -> ShotsEnd:
        return ShotsEnd(self._tracer.run_lower_on_stack(self._instance.runtime.address("qirjit_run_shots"), shots))

    def _run_shot(
        self,
        request: RunRequest,
        entry: EntryPoint,
        linker: Linker,
        *,
        run: Callable[[ShotBlock], ShotsEnd] | None = None,
    ) -> ShotsEnd:
        try:
            address = linker.address(request.module, request.entry)
        except UnresolvedSymbolError as error:  # nobody has asked for the tracer
            asked = STATEVECTOR if request.simulator == AUTO else request.simulator
            raise replace(error, simulator=asked.name) from None
        self.memory.clear()
        self._tracer.begin(None)
        runtime = self._instance.runtime
        runtime.forget_labels()
        runtime.limit_records(RECORD_SIZE * request.max_records)
        self._callbacks.begin(runtime.address("qirjit_leave"))
        shots = prepare_shots(request, entry, thunk=self._thunk(entry), address=address, first=0, count=1)
        return (run or runtime.run_shots)(shots.shots)

    def close(self) -> None:
        """Free the code."""
        self.forget()
        self.memory.close()
