"""Shots that are drawn and not run: a program is traced once, and where that is exact its results are sampled."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qirjit_magic.engine.runtime.program import Runtime, ShotBlock, ShotsEnd
from qirjit_magic.engine.simulators.distribution import Distribution
from qirjit_magic.engine.simulators.instances import SimulatorInstances
from qirjit_magic.engine.simulators.operation_trace import NotExactError, NotSampleable
from qirjit_magic.engine.simulators.sampled_circuit import Circuit, read_circuit
from qirjit_magic.engine.simulators.stabilizer import CliffordProgram
from qirjit_magic.engine.simulators.statevector.dump_texts import amplitude_parts, qubit_places
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.operations import Op
from qirjit_magic.protocol.shared_memory import (
    RECORDS_CAPACITY,
    RECORDS_START,
    TEXT_START,
    RecordMemory,
    Word,
    sampled_size,
)
from qirjit_magic.protocol.simulator_specs import STABILIZER, STATEVECTOR
from qirjit_magic.protocol.timings import Stopwatch
from qirjit_magic.results.records import RecordBatch, decode
from qirjit_magic.sandbox import get_platform

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
    end = runtime.run_shots(ShotBlock(simulator.play_address, tape.ctypes.data, length.ctypes.data, 0, 1, None, 0, 0))
    failure = decode([RecordBatch(b"", memory.records(0, memory.position()), memory.text())]).failure
    for word, value in ((Word.POSITION, 0), (Word.COMMITTED, 0), (Word.TEXT_POSITION, 1)):
        memory.put_word(word, value)
    if end is not ShotsEnd.DONE:
        return failure.message if failure else "it was stopped"
    words = simulator.machine_words
    re, im = amplitude_parts(words)
    known = qubit_places(words).tolist()
    return FinalState(re, im, tuple(known[wire] if wire < len(known) else -1 for wire in range(circuit.wires)))


_MAX_QUBITS = 1 << 14  # of stim: more take minutes, for which nobody is made to wait who has not asked for it
_SMALL = 1 << 26  # amplitudes that all gates together touch: below it a state is there before stim is
_AT_ONCE = 1 << 20  # shots
_RECORDS = (Op.RECORD, Op.RECORD_ZERO, Op.RECORD_ONE)
_NO_STIM = NotSampleable(
    "stim, which samples wide Clifford programs, is not installed: pip install 'qirjit_magic[clifford]'"
)


class _Source(Protocol):
    @property
    def simulator(self) -> str: ...

    @property
    def at_once(self) -> int: ...  # how many shots, a multiple of 8

    def columns(self, first: int, count: int) -> Iterator[NDArray[np.bool_]]: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """Results that were drawn.

    Attributes:
        shots: of how many shots: fewer than were wanted where the drawing was stopped.
        bits: a column after the other, each of whole bytes, the first shot's bit highest.
        columns: how many there are.
        simulator: what has drawn them.
    """

    shots: int
    bits: bytes
    columns: int
    simulator: str


@dataclass(frozen=True, slots=True)
class _SampledColumns:
    """The columns of a circuit, from a state."""

    circuit: Circuit
    distribution: Distribution
    places: tuple[int, ...]  # by wire, as those of `FinalState`
    simulator: str = STATEVECTOR.name

    @property
    def at_once(self) -> int:
        return _AT_ONCE

    def columns(self, first: int, count: int) -> Iterator[NDArray[np.bool_]]:
        found = self.distribution.draw(first, count)
        for column in self.circuit.columns:
            place = -1 if column.wire is None else self.places[column.wire]
            if place < 0:
                yield np.full(count, (place < -1) != column.flipped)
            else:
                yield ((found & found.dtype.type(1 << place)) != 0) != column.flipped


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws the shots of traced programs.

    Attributes:
        instances: where simulators are attached.
        memory: the shared memory; while shots are drawn a simulator records there.
        watch: measures simulating and sampling.
    """

    instances: SimulatorInstances
    memory: RecordMemory
    watch: Stopwatch = field(default_factory=Stopwatch)

    def draw(self, tape: NDArray[np.void], request: RunRequest, seed: int) -> Sample | NotSampleable:
        """The results of all shots, or why they cannot be drawn.

        Args:
            tape: what all shots do.
            request: how many there are, and on which simulator.
            seed: of the random numbers: the same seed gives the same results.

        Raises:
            SimulatorError: the simulator is not installed.
        """
        columns = int(np.isin(tape["op"], _RECORDS).sum())
        if sampled_size(request.shots, columns) > RECORDS_CAPACITY // 2:
            return NotSampleable(f"{request.shots:,} shots of {columns:,} results are too many to draw at once")
        with contextlib.ExitStack() as stack:
            source = self._source(tape, request, seed, stack)
            self.watch.lap("simulate")
            if not isinstance(source, NotSampleable):
                sample = _drawn(source, request.shots, columns, self._stopped)
                self.watch.lap("sample")
                return sample
        return Sample(0, b"", columns, "") if self._stopped() else source

    def _stopped(self) -> bool:
        return self.memory.word(Word.STOP) != 0

    def _source(
        self, tape: NDArray[np.void], request: RunRequest, seed: int, stack: contextlib.ExitStack
    ) -> _Source | NotSampleable:
        if request.simulator == STABILIZER:
            return _requested_clifford(tape, seed)
        try:
            circuit = read_circuit(tape)
        except NotExactError as error:
            program = error.obstacle if request.simulator == STATEVECTOR else _chosen_clifford(tape, seed)
            return error.obstacle if isinstance(program, NotSampleable) else program
        if request.simulator == STATEVECTOR or len(circuit.gates) << circuit.wires <= _SMALL:
            return self._played(circuit, seed, stack)
        program = _chosen_clifford(tape, seed)
        if isinstance(program, CliffordProgram):
            return program
        more = circuit.wires - circuit.qubits
        if request.method == "auto" and more > 0 and 1 << more > request.shots:
            made = f"its resets make {circuit.wires} qubits of {circuit.qubits}"
            return NotSampleable(f"{made}, whose state is larger than those of all shots")
        state = self._played(circuit, seed, stack)
        return _NO_STIM if isinstance(state, NotSampleable) and program is _NO_STIM else state

    def _played(self, circuit: Circuit, seed: int, stack: contextlib.ExitStack) -> _SampledColumns | NotSampleable:
        instance = self.instances.attach(STATEVECTOR)
        simulator = instance.simulator
        assert isinstance(simulator, StateVectorSimulator)  # noqa: S101 - that is how it is attached
        simulator.begin(seed)
        stack.callback(simulator.end)
        state = play(circuit, simulator, instance.runtime, self.memory)
        if isinstance(state, str):
            return NotSampleable(state)
        distribution = Distribution(state.re, state.im, seed)
        if not distribution.is_one:
            return NotSampleable("an angle is infinite or is not a number")
        return _SampledColumns(circuit, distribution, state.places)


def _clifford(tape: NDArray[np.void], seed: int) -> CliffordProgram | NotSampleable:
    try:
        return CliffordProgram(tape, seed)
    except NotExactError as error:
        return error.obstacle
    except ImportError:
        return _NO_STIM


def _chosen_clifford(tape: NDArray[np.void], seed: int) -> CliffordProgram | NotSampleable:
    program = _clifford(tape, seed)
    if isinstance(program, CliffordProgram) and program.qubits > _MAX_QUBITS:
        return NotSampleable(f"{program.qubits:,} qubits take stim minutes")
    return program


def _requested_clifford(tape: NDArray[np.void], seed: int) -> CliffordProgram | NotSampleable:
    program = _clifford(tape, seed)
    if program is _NO_STIM:
        raise SimulatorError(f"{_NO_STIM.reason}.")
    if isinstance(program, CliffordProgram) and program.memory > get_platform().available_bytes() // 2:
        return NotSampleable(f"a tableau of {program.qubits:,} qubits takes {program.memory >> 20:,} MiB of memory")
    return program


def _drawn(source: _Source, shots: int, columns: int, stopped: Callable[[], bool]) -> Sample:
    if not columns:
        return Sample(shots, b"", 0, source.simulator)
    pieces: list[list[bytes]] = []
    done = 0
    while done < shots and not stopped():
        count = min(source.at_once, shots - done)
        pieces.append([np.packbits(bits).tobytes() for bits in source.columns(done, count)])
        done += count
    return Sample(done, b"".join(b"".join(parts) for parts in zip(*pieces, strict=True)), columns, source.simulator)


def put_sample(memory: RecordMemory, traced: RecordMemory, bits: bytes) -> None:
    """Leave for the kernel the records of the traced shot, their text, and behind them the bits of all shots."""
    text = traced.word(Word.TEXT_POSITION)
    end = traced.committed_bytes()
    memory.region.view[TEXT_START : TEXT_START + text] = traced.region.view[TEXT_START : TEXT_START + text]
    memory.region.view[RECORDS_START : RECORDS_START + end] = traced.region.view[RECORDS_START : RECORDS_START + end]
    memory.put_word(Word.TEXT_POSITION, text)
    memory.put_word(Word.POSITION, end)
    memory.put_word(Word.COMMITTED, end)
    memory.put_sampled(bits)
