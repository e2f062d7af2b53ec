"""`FinalState`: what the gates of a tape make of |0…0>, left in the memory of the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.runtime.program import Runtime, ShotBlock, ShotsEnd
from qirjit_magic.engine.simulators.sampled_circuit import Circuit
from qirjit_magic.engine.simulators.statevector.dump_texts import parts, places
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.protocol.shared_memory import RecordMemory, Word
from qirjit_magic.results.records import RecordBatch, decode

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FinalState:
    """A state in the simulator's memory: there until its next shot.

    Attributes:
        re: ``float64[2**n]``, the real parts of its amplitudes, of any norm.
        im: the imaginary parts.
        places: by wire: which bit of an index it is, -1 where it is surely 0, -2 where it is surely 1.
    """

    re: NDArray[np.float64]
    im: NDArray[np.float64]
    places: tuple[int, ...]


def play(circuit: Circuit, simulator: StateVectorSimulator, runtime: Runtime, memory: RecordMemory) -> FinalState | str:
    """The state in which a circuit ends, or why there is none.

    Args:
        circuit: its gates are carried out as one shot, which is recorded nowhere.
        simulator: on which; a run of it has begun.
        runtime: what is over it.
        memory: where the runtime records.
    """
    tape, length = np.ascontiguousarray(circuit.gates), np.array([len(circuit.gates)], np.int64)
    runtime.limit_records(0)
    end = runtime.run_shots(ShotBlock(simulator.player, tape.ctypes.data, length.ctypes.data, 0, 1, None, 0, 0))
    failure = decode([RecordBatch(b"", memory.records(0, memory.position()), memory.text())]).failure
    for word, value in ((Word.POSITION, 0), (Word.COMMITTED, 0), (Word.TEXT_POSITION, 1)):
        memory.put_word(word, value)
    if end is not ShotsEnd.DONE:
        return failure.message if failure else "it was stopped"
    words = simulator.words
    re, im = parts(words)
    known = places(words).tolist()
    return FinalState(re, im, tuple(known[wire] if wire < len(known) else -1 for wire in range(circuit.wires)))
