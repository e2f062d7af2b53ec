"""Simulators attached to this process: each library is loaded once, whatever is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qirjit_magic.engine.ir.contexts import read_text
from qirjit_magic.engine.ir.objects import LinkedObject, ObjectEmitter
from qirjit_magic.engine.runtime.bindings import DUMPMACHINE, HELD_DUMPMACHINE, Binding, Provider, bindings, read_ir
from qirjit_magic.engine.runtime.program import Runtime
from qirjit_magic.engine.simulators.library import LibrarySimulator, SharedLibrary, Simulator
from qirjit_magic.engine.simulators.sparse import SparseSimulator, qirrunner_library
from qirjit_magic.wire.simulators import SimulatorSpec


@dataclass(frozen=True)
class Attachment:
    """A simulator with the runtime over it."""

    simulator: Simulator
    runtime: Runtime
    library: SharedLibrary

    def address(self, binding: Binding) -> int:
        """The address of a known function; 0 where this simulator lacks it."""
        if binding.provider is Provider.RUNTIME:
            return self.runtime.address(binding.symbols[0])
        if binding.provider is Provider.LIBM:
            return c_library().find(binding.symbols[0])
        if DUMPMACHINE in binding.symbols and self.simulator.holds_dumps:
            return self.runtime.address(HELD_DUMPMACHINE)
        return _native_address(binding, self.simulator, self.library)


def _native_address(binding: Binding, simulator: Simulator, library: SharedLibrary) -> int:
    # The simulator's own first; what it lacks of the runtime library comes from qirrunner's.
    sources = (simulator, library) if binding.provider is Provider.LIBRARY else (simulator,)
    return next(filter(None, (source.find(symbol) for symbol in binding.symbols for source in sources)), 0)


@cache
def c_library() -> SharedLibrary:
    """The C library with its mathematics, as this process has loaded it."""
    return SharedLibrary(None)


@cache
def _defaults() -> LinkedObject:
    module = read_text(read_ir("defaults.ll"))
    return LinkedObject(ObjectEmitter().emit(module), {})


class Attachments:
    """All simulators attached so far.

    Args:
        shared: the address of the shared memory in this process.
    """

    def __init__(self, shared: int) -> None:
        self._shared = shared
        self._library_path = qirrunner_library()
        self._library = SharedLibrary(self._library_path)
        self._attached: dict[tuple[str, str], Attachment] = {}

    @property
    def loads(self) -> int:
        """How often a simulator library was attached to this process."""
        return len(self._attached)

    def attach(self, spec: SimulatorSpec) -> Attachment:
        """The simulator, loaded at the first call.

        Raises:
            SimulatorError: it cannot be loaded, or lacks what no program can do without.
        """
        key = spec.path, spec.initialiser  # the name is what somebody typed
        if key not in self._attached:
            simulator = self._load(spec)
            runtime = Runtime(self._shared, self._runtime_finder(simulator), spec.name)
            self._attached[key] = Attachment(simulator, runtime, self._library)
        return self._attached[key]

    def _load(self, spec: SimulatorSpec) -> Simulator:
        # qirrunner's library keeps its text for one reader, by whatever name it is called.
        if not spec.path or Path(spec.path).samefile(self._library_path):
            return SparseSimulator(self._library, spec)
        return LibrarySimulator(spec)

    def _runtime_finder(self, simulator: Simulator) -> Callable[[str], int]:
        def find(name: str) -> int:
            known = bindings().get(name)
            if not known:
                return c_library().find(name)
            return _native_address(known[0], simulator, self._library) or _defaults().address(name)

        return find

    def close(self) -> None:
        """Free the runtimes; the libraries stay loaded as long as the process."""
        for attachment in self._attached.values():
            attachment.runtime.close()
        self._attached.clear()
