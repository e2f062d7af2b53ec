"""The state-vector simulator in this process, called as programs call it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from qirjit_magic.engine.runtime.bindings import bindings
from qirjit_magic.engine.simulators.instances import c_library
from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.engine.simulators.statevector.compiled import MachineWord
from qirjit_magic.engine.simulators.statevector.dump_texts import amplitudes
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from tests.unit.matrices import Matrix
from tests.unit.state_vector import PREFIX, function_type

_STEP, _WORDS = 0x9E3779B97F4A7C15, 1 << 64


def unmixed(x: int) -> int:
    """What splitmix64 mixes to this word."""
    x = _unshifted(x, 31) * pow(0x94D049BB133111EB, -1, _WORDS) % _WORDS
    x = _unshifted(x, 27) * pow(0xBF58476D1CE4E5B9, -1, _WORDS) % _WORDS
    return _unshifted(x, 30)


def _unshifted(x: int, bits: int) -> int:
    # What y ^ y >> bits is this.
    return x ^ x >> bits ^ x >> 2 * bits


class Compiled:
    """The simulator with a shot of its own, whose number and seed a test may set."""

    def __init__(self) -> None:
        self._shared = (ctypes.c_int64 * 32)()
        self._serial = ctypes.c_int64(0)
        self._functions: dict[str, Any] = {}
        self.library = SharedLibrary(qirrunner_library())
        shared = ctypes.addressof(self._shared)
        self.simulator = StateVectorSimulator(self.library, c_library(), shared)
        self.simulator.bind_runtime(lambda name: ctypes.addressof(self._serial) if name == "qirjit_shots" else 0)
        self.begin()

    def begin(self, seed: int = 0, shot: int = 0) -> None:
        """A run of one shot."""
        self.simulator.begin(seed)
        self.begin_shot(shot)

    def begin_shot(self, shot: int) -> None:
        """The next shot."""
        self._shared[6] = shot
        self._serial.value += 1
        self.call("__quantum__rt__initialize", None)

    def draw_first(self, part: float) -> None:
        """Let the first draw of the next shot give this number, below 1, or one just below it."""
        key = (unmixed(int(part * 2**53) << 11) - _STEP) % _WORDS  # as `draw` of kernels/machine.py has it
        self._shared[6] = 0
        self.simulator._words[MachineWord.SEED] = ctypes.c_int64(unmixed(key)).value

    def group_from(self, positions: int) -> None:
        """Let states of so many positions be more than any cache holds."""
        self.simulator._words[MachineWord.GROUPED] = positions

    def share_among(self, threads: int) -> None:
        """Let so many threads share a state that is taken in groups: one or two."""
        self.simulator._words[MachineWord.THREADS] = threads

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of QIR by its name, or by that without ``__quantum__qis__``."""
        if name not in self._functions:
            symbol = name if name.startswith("__quantum__") else PREFIX + name
            address = self.simulator.find(symbol) or self.library.find(symbol)
            self._functions[name] = function_type(bindings()[symbol][0].type)(address)
        return self._functions[name](*arguments)

    def array(self, items: Sequence[int], size: int = 8) -> int:
        """An array of the runtime library."""
        made = self.call("__quantum__rt__array_create_1d", size, len(items))
        for index, item in enumerate(items):
            place = self.call("__quantum__rt__array_get_element_ptr_1d", made, index)
            ctypes.memmove(place, item.to_bytes(size, "little"), size)
        return int(made)

    def items(self, array: int, count: int) -> list[int]:
        """What an array of pointers holds."""
        places = (self.call("__quantum__rt__array_get_element_ptr_1d", array, index) for index in range(count))
        return [ctypes.c_int64.from_address(place).value for place in places]

    def state(self, qubits: int) -> Matrix:
        """All amplitudes; qubit 0 is the most significant bit of an index."""
        self.call("dumpmachine__body", None)
        self.simulator.take_dumps()
        found = np.zeros(1 << qubits, dtype=complex)
        for basis, amplitude in amplitudes(self.simulator._words):
            found[int(f"{basis:0{qubits}b}"[::-1], 2)] = amplitude
        return found

    def positions(self) -> int:
        """How many qubits the state is doubled for."""
        self.call("dumpmachine__body", None)
        self.simulator.take_dumps()
        return int(self.simulator._words[MachineWord.POSITIONS])
