"""Shots that are drawn and not run: a program is traced once, and where that is exact its results are sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.simulators.dense import MOST_WIRES, probabilities
from qirjit_magic.engine.simulators.tape import Circuit, Column, is_clifford
from qirjit_magic.wire.memory import RECORDS_CAPACITY, RECORDS_START, TEXT_START, RecordMemory, Word, sampled_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STABILIZER_WIRES = 4096


@dataclass(frozen=True, slots=True)
class Sample:
    """Results that were drawn.

    Attributes:
        bits: a column after the other, each of whole bytes, the first shot's bit highest.
        columns: how many there are.
        simulator: what has drawn them.
    """

    bits: bytes
    columns: int
    simulator: str


def draw(circuit: Circuit, shots: int, seed: int) -> Sample | str:
    """The results of so many shots, or why they cannot be drawn.

    Args:
        circuit: what all shots have in common.
        shots: how many.
        seed: of the random numbers: the same seed gives the same results.
    """
    if sampled_size(shots, len(circuit.columns)) > RECORDS_CAPACITY // 2:
        return f"{shots:,} shots of {len(circuit.columns):,} results are too many to draw at once"
    if circuit.wires <= MOST_WIRES:
        return _draw_dense(circuit, shots, seed)
    if not is_clifford(circuit.gates):
        return f"{circuit.wires} qubits are too many for a state vector"
    if circuit.wires > _STABILIZER_WIRES:
        return f"{circuit.wires} qubits are too many to sample"
    try:
        from qirjit_magic.engine.simulators.stabilizer import sample  # noqa: PLC0415 - the extra `clifford`
    except ImportError:
        return f"{circuit.wires} qubits need stim to be sampled: pip install 'qirjit_magic[clifford]'"
    bits = sample(circuit, shots, seed)
    return Sample(_packed(circuit, bits, shots), len(circuit.columns), "stabilizer")


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


def _draw_dense(circuit: Circuit, shots: int, seed: int) -> Sample:
    cumulated = np.cumsum(probabilities(circuit))
    random = np.random.Generator(np.random.Philox(key=seed)).random(shots)
    # Where a reading is impossible the sum does not grow, and nothing is found there.
    found = np.searchsorted(cumulated, random * cumulated[-1], side="right").astype(np.uint16)
    bits = [((found >> np.uint16(wire)) & np.uint16(1)).astype(np.uint8) for wire in range(circuit.wires)]
    return Sample(_packed(circuit, bits, shots), len(circuit.columns), "statevector")


def _packed(circuit: Circuit, bits: Sequence[NDArray[np.uint8]] | NDArray[np.uint8], shots: int) -> bytes:
    return b"".join(_column(column, bits, shots).tobytes() for column in circuit.columns)


def _column(column: Column, bits: Sequence[NDArray[np.uint8]] | NDArray[np.uint8], shots: int) -> NDArray[np.uint8]:
    if column.wire is None:
        return np.packbits(np.full(shots, column.flipped, np.uint8))
    return np.packbits(bits[column.wire] ^ np.uint8(column.flipped))
