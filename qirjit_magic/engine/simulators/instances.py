"""Simulators attached to this process: each library is loaded once, whatever is run."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import llvmlite.binding as llvm
import msgspec

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.ir.parse import signature_of
from qirjit_magic.engine.runtime.bindings import (
    DECOMPOSITIONS,
    DUMPMACHINE,
    HELD_DUMPMACHINE,
    Binding,
    Provider,
    bindings,
    find_bindings,
    ir_of,
    read_ir,
)
from qirjit_magic.engine.runtime.callbacks import Callbacks
from qirjit_magic.engine.runtime.program import Runtime
from qirjit_magic.engine.simulators.shared_library import AttachedSimulator, LibrarySimulator, SharedLibrary
from qirjit_magic.engine.simulators.sparse import SparseSimulator, qirrunner_library
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import SimulatorError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.simulator_specs import STATEVECTOR, SimulatorSpec

if TYPE_CHECKING:
    from qirjit_magic.engine.simulators.tracer import Tracer


_BY_VALUE = lazy_pattern(r" byval\(\{[^}]*\}\)")
_FUNCTION = lazy_pattern(r"^define [^@]*@(\"[^\"]+\"|[\w.]+)\(.*?^}", re.MULTILINE | re.DOTALL)
_USE = lazy_pattern(r"@(\"[^\"]+\"|[\w.]+)")
_STEPS_OF_STEPS = 2  # a test sees that this is enough: ``ccx`` is made of ``cx``, and that of ``cz``


class Decomposition:
    """The operations that a simulator and the runtime lack, in terms of those that they have.

    Args:
        provider: which file or family.
        find: the address of a function of this name and type, 0 where nobody below has it.
        nothing: the address of any function: what is missing is bound to it, and never offered.
    """

    def __init__(self, provider: Provider, find: Callable[[str, str], int], nothing: int) -> None:
        object_code, needs = _object_code(provider)
        found = {name: find(name, kind) for name, kind in needs.items()}
        self._missing = frozenset(name for name, address in found.items() if not address)
        self._uses = _uses(provider)
        symbols = {name: ExternalSymbol(address or nothing) for name, address in found.items()}
        self._linked = LinkedObject(object_code, symbols)

    def address(self, name: str) -> int:
        """The address of one of its functions; 0 where something is missing that it would call."""
        return 0 if self._uses[name] & self._missing else self._linked.address(name)

    def close(self) -> None:
        """Free the code."""
        self._linked.close()


def _text(provider: Provider) -> str:
    text = ir_of(provider)
    return text if llvm.get_process_triple().startswith("x86_64") else _BY_VALUE.sub("", text)


@cache
def _object_code(provider: Provider) -> tuple[bytes, Mapping[str, str]]:
    module = read_text(_text(provider))
    module.verify()
    needs = {
        function.name: str(signature_of(function))
        for function in module.functions
        if function.is_declaration and not function.name.startswith("llvm.")
    }
    return ObjectEmitter().emit(module), needs  # calls of calls: optimising takes longer than it saves


@cache
def _uses(provider: Provider) -> Mapping[str, frozenset[str]]:
    # What each function of the file mentions, directly or through others of the file.
    direct = {
        found[1].strip('"'): {name.strip('"') for name in _USE.findall(found[0])}
        for found in _FUNCTION.finditer(_text(provider))
    }
    whole: dict[str, frozenset[str]] = {}
    for name in direct:
        reached, waiting = {name}, [name]
        while waiting:
            new = direct.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        whole[name] = frozenset(reached)
    return whole


class SimulatorInstance(msgspec.Struct, eq=False):
    """A simulator with the runtime over it, and over both what they lack."""

    simulator: AttachedSimulator
    runtime: Runtime
    library: SharedLibrary
    _decompositions: dict[tuple[Provider, int], Decomposition] = {}

    def address(self, choices: Iterable[Binding], depth: int = _STEPS_OF_STEPS) -> int:
        """The address of a known function, by its implementations in order; 0 where this simulator allows none."""
        return next(filter(None, (self._address(binding, depth) for binding in choices)), 0)

    def _address(self, binding: Binding, depth: int) -> int:
        if binding.provider not in DECOMPOSITIONS:
            return self._own_address(binding)
        return self._decomposition(binding.provider, depth).address(binding.symbols[0]) if depth else 0

    def _own_address(self, binding: Binding) -> int:
        if binding.provider is Provider.RUNTIME:
            return self.runtime.address(binding.symbols[0])
        if binding.provider is Provider.LIBM:
            return c_library().find(binding.symbols[0])
        if DUMPMACHINE in binding.symbols and self.simulator.holds_dumps:
            return self.runtime.address(HELD_DUMPMACHINE)
        return _native_address(binding, self.simulator, self.library)

    def _decomposition(self, provider: Provider, depth: int) -> Decomposition:
        if (provider, depth) not in self._decompositions:
            nothing = self.runtime.address("qirjit_nothing")
            below = partial(self._below, depth=depth - (provider is Provider.STEPS))
            self._decompositions[provider, depth] = Decomposition(provider, below, nothing)
        return self._decompositions[provider, depth]

    def _below(self, name: str, kind: str, *, depth: int) -> int:
        # What a decomposition stands on: native gates, where the simulator lacks them by their steps, which stand on
        # native gates likewise, and on no other decomposition. So none can come back to itself.
        found = find_bindings(name, kind)
        if any(binding.provider not in DECOMPOSITIONS for binding in found):
            others = {*DECOMPOSITIONS} - {Provider.STEPS}
            return self.address((binding for binding in found if binding.provider not in others), depth)
        return _of_the_tracer(name, self.simulator) or self.runtime.address(name) or self.library.find(name)

    def close(self) -> None:
        """Free the code over the simulator."""
        for decomposition in self._decompositions.values():
            decomposition.close()
        self.runtime.close()


def _of_the_tracer(name: str, simulator: AttachedSimulator) -> int:
    # It alone has some of the runtime's own functions: a library that somebody names is asked for QIR's only.
    return simulator.find(name) if name.startswith("qirjit_") else 0


def _native_address(binding: Binding, simulator: AttachedSimulator, library: SharedLibrary) -> int:
    # The simulator's own first; what it lacks of the runtime library comes from qirrunner's.
    sources = (simulator, library) if binding.provider is Provider.LIBRARY else (simulator,)
    return next(filter(None, (source.find(symbol) for symbol in binding.symbols for source in sources)), 0)


@cache
def c_library() -> SharedLibrary:
    """The C library with its mathematics, as this process has loaded it."""
    return SharedLibrary(None)


@cache
def _trusted_libraries() -> tuple[SharedLibrary, ...]:
    # By their names where these are known: the process itself has Python's functions as well, and a `main`.
    names = ("libc.so.6", "libm.so.6") if sys.platform == "linux" else ()
    loaded = []
    for name in names:
        with contextlib.suppress(SimulatorError):
            loaded.append(SharedLibrary(name))
    return tuple(loaded) or (c_library(),)


def find_in_c_library(name: str) -> int:
    """The address of anything that the C library has, 0 where it has nothing of this name: for trusted modules only."""
    if not name or "\0" in name:
        return 0
    return next(filter(None, (library.find(name) for library in _trusted_libraries())), 0)


@cache
def _defaults() -> LinkedObject:
    module = read_text(read_ir("defaults.ll"))
    return LinkedObject(ObjectEmitter().emit(module), {})


class SimulatorInstances:
    """All simulators attached so far.

    Args:
        shared: the address of the shared memory in this process.
        callbacks: make native functions of methods in Python.
    """

    def __init__(self, shared: int, callbacks: Callbacks) -> None:
        self._shared = shared
        self._callbacks = callbacks
        self._library_path = qirrunner_library()
        self._library = SharedLibrary(self._library_path)
        self._attached: dict[tuple[str, str, bytes], SimulatorInstance] = {}
        self._tracing: list[SimulatorInstance] = []

    @property
    def loads(self) -> int:
        """The number of times that a simulator library was attached to this process."""
        return len(self._attached)

    def tracer(self, memory: int) -> tuple[Tracer, SimulatorInstance]:
        """A tracer, with a runtime of its own that records to this address."""
        from qirjit_magic.engine.simulators.tracer import TRACER, Tracer  # noqa: PLC0415 - NumPy, see `JitEngine`

        tracer = Tracer(self._library)
        runtime = Runtime(memory, self._runtime_finder(tracer), TRACER.name)
        tracer.bind_runtime(runtime.address)
        instance = SimulatorInstance(tracer, runtime, self._library)
        self._tracing.append(instance)
        return tracer, instance

    def attach(self, spec: SimulatorSpec) -> SimulatorInstance:
        """The simulator, loaded at the first call.

        Raises:
            SimulatorError: it cannot be loaded, or lacks what no program can do without.
        """
        key = spec.path or spec.name, spec.initialiser, spec.pickled  # of a library the name is what somebody typed
        if key not in self._attached:
            simulator = self._load(spec)
            runtime = Runtime(self._shared, self._runtime_finder(simulator), spec.name)
            simulator.bind_runtime(runtime.address)
            self._attached[key] = SimulatorInstance(simulator, runtime, self._library)
        return self._attached[key]

    def _load(self, spec: SimulatorSpec) -> AttachedSimulator:
        if spec == STATEVECTOR:
            return StateVectorSimulator(self._library, c_library(), self._shared)
        if spec.pickled:
            from qirjit_magic.engine.simulators.python_simulator import PythonSimulator  # noqa: PLC0415 - few runs have one

            return PythonSimulator(spec, self._callbacks, self._library)
        # qirrunner's library keeps its text for one reader, by whatever name it is called.
        if not spec.path or Path(spec.path).samefile(self._library_path):
            return SparseSimulator(self._library, spec)
        return LibrarySimulator(spec)

    def _runtime_finder(self, simulator: AttachedSimulator) -> Callable[[str], int]:
        def find(name: str) -> int:
            known = [binding for binding in bindings().get(name, ()) if binding.provider not in DECOMPOSITIONS]
            if not known:
                return _of_the_tracer(name, simulator) or c_library().find(name)
            return _native_address(known[0], simulator, self._library) or _defaults().address(name)

        return find

    def close(self) -> None:
        """Free the runtimes; the libraries stay loaded as long as the process."""
        for instance in (*self._attached.values(), *self._tracing):
            instance.close()
        self._attached.clear()
        self._tracing.clear()
