"""`Tracing`: programs are run once on the tracer, with code and memory of their own, so that nothing is disturbed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.intrinsics import Callbacks
from qirjit_magic.engine.linker import Linker, Module
from qirjit_magic.engine.runtime.program import ShotsEnd
from qirjit_magic.engine.runtime.shooting import shots_of
from qirjit_magic.engine.simulators.attachments import Attachments
from qirjit_magic.engine.simulators.tape import Doubt
from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.wire.linkage import Linkage
from qirjit_magic.wire.memory import RECORD_SIZE, RECORDS_CAPACITY, SIZE, RecordMemory, Word
from qirjit_magic.wire.modules import EntryPoint
from qirjit_magic.wire.protocol import RunRequest
from qirjit_magic.wire.returns import recorded_words

if TYPE_CHECKING:
    from numpy.typing import NDArray


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

    def trace(self, request: RunRequest, entry: EntryPoint, modules: Mapping[str, Module]) -> NDArray[np.void] | Doubt:
        """The tape that all shots have in common, with the records of one in `memory`; or why there is no such thing.

        Args:
            request: the run.
            entry: its entry point.
            modules: all modules, in their order.

        Raises:
            LinkError: something is missing, or of another type.
        """
        if self._linker is None:
            self._modules = {name: Module(module.compiled) for name, module in modules.items()}
            self._linker = Linker(self._modules, self._attachment, self._callbacks, [])
        doubt = self._doubt(request, entry, self._linker.linkage)
        if doubt:
            return Doubt(doubt)
        try:
            address = self._linker.address(request.module, request.entry)
        except UnresolvedSymbolError as error:  # nobody has asked for the tracer
            raise replace(error, simulator=request.simulator.name) from None
        return self._run(request, entry, address)

    def _doubt(self, request: RunRequest, entry: EntryPoint, linkage: Linkage) -> str:
        # What the tracer would not notice.
        if request.simulator.path:
            return f"what '{request.simulator.name}' does with a gate is its own affair"
        if recorded_words(entry.signature.returns):
            return f"'{entry.name}' returns {entry.signature.returns}, which may be a result"
        for name in linkage.reachable(request.module):
            if linkage.modules[name].looks_at_pointers:
                return f"'{name}' compares pointers or takes them for numbers, and results may be among them"
        return linkage.carried_over(request.module)

    def _run(self, request: RunRequest, entry: EntryPoint, address: int) -> NDArray[np.void] | Doubt:
        self.memory.clear()
        self._tracer.begin(None)
        runtime = self._attachment.runtime
        runtime.forget_labels()
        runtime.limit_records(RECORD_SIZE * request.most_records)
        self._callbacks.begin(runtime.address("qirjit_leave"))
        shots = shots_of(request, entry, thunk=self._thunk(entry), address=address, first=0, count=1)
        if runtime.run_shots(shots.shots) is not ShotsEnd.DONE:
            return self._tracer.refused or Doubt("it fails")
        if self.memory.word(Word.DROPPED) or self.memory.committed() > RECORDS_CAPACITY // 2:
            return Doubt("it records more than there is room for")
        return self._tracer.tape

    def close(self) -> None:
        """Free the code."""
        self.forget()
        self.memory.close()
