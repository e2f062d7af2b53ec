"""`Tracing`: programs are run once on the tracer, with code and memory of their own, so that nothing is disturbed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping

import numpy as np

from qirjit_magic.engine.intrinsics import Callbacks
from qirjit_magic.engine.linker import Linker, Module
from qirjit_magic.engine.runtime.program import ShotsEnd
from qirjit_magic.engine.runtime.shooting import shots_of
from qirjit_magic.engine.simulators.attachments import Attachments
from qirjit_magic.engine.simulators.tape import Circuit, NotExactError, read_circuit
from qirjit_magic.wire.linkage import Linkage
from qirjit_magic.wire.memory import RECORD_SIZE, SIZE, TEXT_KINDS, RecordKind, RecordMemory, Word
from qirjit_magic.wire.modules import EntryPoint
from qirjit_magic.wire.protocol import RunRequest
from qirjit_magic.wire.returns import recorded_words

_KIND = np.dtype([("kind", "<u4"), ("rest", "V12")])


class _Scratch:
    """Memory of this process alone, whose pages exist once they are touched."""

    handle = -1

    def __init__(self) -> None:
        self._bytes = np.zeros(SIZE, np.uint8)
        self.view = self._bytes.data

    def discard(self, start: int, length: int) -> None:
        """What is there is as good as anything else."""

    def close(self) -> None:
        """Free it."""
        self.view.release()


class Tracing:
    """Traces of the modules as they are now.

    Args:
        attachments: where the tracer is attached.
        thunk: what calls an entry point.
        callbacks: the functions in Python.
    """

    def __init__(self, attachments: Attachments, thunk: Callable[[EntryPoint], int], callbacks: Callbacks) -> None:
        self.memory = RecordMemory(_Scratch())
        address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory.region.view))
        self._tracer, self._attachment = attachments.tracer(address)
        self._thunk = thunk
        self._callbacks = callbacks
        self._modules: dict[str, Module] = {}
        self._linker: Linker | None = None

    def forget(self) -> None:
        """The modules have changed."""
        for module in self._modules.values():
            module.unlink()
        self._modules.clear()
        self._linker = None

    def trace(self, request: RunRequest, entry: EntryPoint, modules: Mapping[str, Module]) -> Circuit | str:
        """What all shots have in common, with the records of one shot in `memory`; or why there is no such thing.

        Args:
            request: the run.
            entry: its entry point.
            modules: all modules, in their order.
        """
        if self._linker is None:
            self._modules = {name: Module(module.compiled) for name, module in modules.items()}
            self._linker = Linker(self._modules, self._attachment, self._callbacks, [])
        doubt = self._doubt(request.module, entry, self._linker.linkage)
        if doubt:
            return doubt
        address = self._linker.address(request.module, request.entry)
        return self._run(request, entry, address)

    def _doubt(self, module: str, entry: EntryPoint, linkage: Linkage) -> str:
        # What the tracer would not notice.
        if recorded_words(entry.signature.returns):
            return f"'{entry.name}' returns {entry.signature.returns}, which may be a result"
        return linkage.carried_over(module)

    def _run(self, request: RunRequest, entry: EntryPoint, address: int) -> Circuit | str:
        self.memory.clear()
        self._tracer.begin(None)
        runtime = self._attachment.runtime
        runtime.forget_labels()
        runtime.limit_records(RECORD_SIZE * request.most_records)
        self._callbacks.begin(runtime.address("qirjit_leave"))
        shots = shots_of(request, entry, thunk=self._thunk(entry), address=address, first=0, count=1)
        if runtime.run_shots(shots.shots) is not ShotsEnd.DONE:
            return self._tracer.refused or "it fails"
        if self.memory.word(Word.DROPPED):
            return "it records more than there is room for"
        records = np.frombuffer(self.memory.records(0, self.memory.committed()), _KIND)
        if np.isin(records["kind"], TEXT_KINDS).any():
            return "it sends messages"
        try:
            circuit = read_circuit(self._tracer.tape)
        except NotExactError as error:
            return str(error)
        results = np.count_nonzero(records["kind"] == RecordKind.RESULT)
        return circuit if results == len(circuit.columns) else "it records results in arrays"

    def close(self) -> None:
        """Free the code."""
        self.forget()
        self.memory.close()
