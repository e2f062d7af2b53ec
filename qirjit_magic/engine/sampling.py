"""Shots that are drawn and not run: a program is traced once, and where that is exact its results are sampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.simulators.dense import MOST_WIRES, probabilities
from qirjit_magic.engine.simulators.tape import Circuit, Column, is_clifford
from qirjit_magic.wire.memory import RECORDS_CAPACITY, RECORDS_START, TEXT_START, RecordMemory, Word, sampled_size
from qirjit_magic.wire.timings import Stopwatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bits = Sequence[NDArray[np.uint8]] | NDArray[np.uint8]  # of each wire
    DrawSome = Callable[[int], Bits]  # in the next so many shots

_STABILIZER_WIRES = 4096
_CELLS = 1 << 24  # bits of wires that are drawn at once


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


def draw(
    circuit: Circuit,
    shots: int,
    seed: int,
    stopped: Callable[[], bool] = lambda: False,
    *,
    watch: Stopwatch | None = None,
) -> Sample | str:
    """The results of so many shots, or why they cannot be drawn.

    Args:
        circuit: what all shots have in common.
        shots: how many.
        seed: of the random numbers: the same seed gives the same results.
        stopped: asked again and again: whether nobody waits for more.
        watch: measures simulating and sampling.
    """
    watch = watch or Stopwatch()
    if sampled_size(shots, len(circuit.columns)) > RECORDS_CAPACITY // 2:
        return f"{shots:,} shots of {len(circuit.columns):,} results are too many to draw at once"
    if circuit.wires <= MOST_WIRES:
        return _drawn(circuit, shots, _dense(circuit, seed), "statevector", stopped, watch)
    if not is_clifford(circuit.gates):
        return f"{circuit.wires} qubits are too many for a state vector"
    if circuit.wires > _STABILIZER_WIRES:
        return f"{circuit.wires} qubits are too many to sample"
    try:
        from qirjit_magic.engine.simulators.stabilizer import sampler  # noqa: PLC0415 - the extra `clifford`
    except ImportError:
        return f"{circuit.wires} qubits need stim to be sampled: pip install 'qirjit_magic[clifford]'"
    return _drawn(circuit, shots, sampler(circuit, seed), "stabilizer", stopped, watch)


def _drawn(
    circuit: Circuit,
    shots: int,
    draw_some: DrawSome,
    simulator: str,
    stopped: Callable[[], bool],
    watch: Stopwatch,
) -> Sample:
    watch.lap("simulate")
    most = max(8, _CELLS // max(1, circuit.wires) // 8 * 8)  # whole bytes, and not too much memory
    pieces: list[list[bytes]] = [[] for _ in circuit.columns]
    done = 0
    while done < shots and not stopped():
        count = min(most, shots - done)
        bits = draw_some(count)
        for column, parts in zip(circuit.columns, pieces, strict=True):
            parts.append(_packed(column, bits, count))
        done += count
    joined = b"".join(b"".join(parts) for parts in pieces)
    watch.lap("sample")
    return Sample(done, joined, len(circuit.columns), simulator)


def put_sample(memory: RecordMemory, traced: RecordMemory, bits: bytes) -> None:
    """Leave for the kernel the records of the traced shot, their text, and behind them the bits of all shots."""
    text = traced.word(Word.TEXT_POSITION)
    end = traced.committed()
    memory.region.view[TEXT_START : TEXT_START + text] = traced.region.view[TEXT_START : TEXT_START + text]
    memory.region.view[RECORDS_START : RECORDS_START + end] = traced.region.view[RECORDS_START : RECORDS_START + end]
    memory.put_word(Word.TEXT_POSITION, text)
    memory.put_word(Word.POSITION, end)
    memory.put_word(Word.COMMITTED, end)
    memory.put_sampled(bits)


def _dense(circuit: Circuit, seed: int) -> DrawSome:
    cumulated = np.cumsum(probabilities(circuit))
    generator = np.random.Generator(np.random.Philox(key=seed))

    def draw_some(count: int) -> Bits:
        # Where a reading is impossible the sum does not grow, and nothing is found there.
        found = np.searchsorted(cumulated, generator.random(count) * cumulated[-1], side="right").astype(np.uint16)
        return [((found >> np.uint16(wire)) & np.uint16(1)).astype(np.uint8) for wire in range(circuit.wires)]

    return draw_some


def _packed(column: Column, bits: Bits, count: int) -> bytes:
    if column.wire is None:
        return np.packbits(np.full(count, column.flipped, np.uint8)).tobytes()
    return np.packbits(bits[column.wire] ^ np.uint8(column.flipped)).tobytes()
