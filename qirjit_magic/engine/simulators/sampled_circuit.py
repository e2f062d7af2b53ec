"""`Circuit`: what all shots of a program have in common, where its shots are samples of one.

Sampling is exact where all shots do the same until their results are recorded. So no value that depends on a result may
be consumed (the tracer ends there), and after a measurement its wire may see only what commutes with Z: then all
measured wires can be measured together at the end. X, Y and swap are followed as flips and other names; a reset gives
the qubit a new wire, and nobody touches the old one any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.simulators.operation_trace import (
    ENTRY,
    QUBITS_OF,
    NotExactError,
    NotSampleable,
    gate_text,
    qubit_text,
)
from qirjit_magic.protocol.operations import NATIVE, Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARITIES = np.array([QUBITS_OF.get(number, 0) for number in range(Op.MEASURE)])
_PLACES = ("a", "b", "c")
_PART = 4096  # gates that become Python's at once


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A recorded result: the bit of a wire at the end, flipped or not; of no wire, a constant."""

    wire: int | None
    flipped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Circuit:
    """The circuit that all shots have in common.

    Attributes:
        wires: how many there are.
        gates: in their order, entries of `ENTRY` on wires; none is on one whose bit is not needed in the end.
        columns: the recorded results, in their order.
        qubits: how many the program has at the same time: fewer than wires where it resets them or takes new ones.
    """

    wires: int
    gates: NDArray[np.void]
    columns: tuple[ResultColumn, ...]
    qubits: int


@dataclass
class _Wire:
    number: int
    measured: bool = False
    flipped: bool = False
    touched: bool = False


@dataclass
class _TraceReader:
    qubits: dict[int, _Wire]
    wires: int
    most: int  # qubits at the same time
    results: dict[int, tuple[_Wire, bool] | bool] = field(default_factory=dict)
    gates: list[tuple[int, int, int, int, float]] = field(default_factory=list)
    columns: list[tuple[_Wire, bool] | bool] = field(default_factory=list)

    def wire(self, qubit: int) -> _Wire:
        if qubit not in self.qubits:
            self.qubits[qubit] = self._new()
            self.most = max(self.most, len(self.qubits))
        return self.qubits[qubit]

    def _new(self) -> _Wire:
        self.wires += 1
        return _Wire(self.wires - 1)

    def read(self, index: int, op: Op, ids: tuple[int, int, int], angle: float) -> None:
        if op < Op.MEASURE:
            self._gate(index, op, ids, angle)
        elif op in {Op.MEASURE, Op.MRESETZ}:
            wire = self.wire(ids[0])
            wire.measured = wire.touched = True
            self.results[ids[1]] = wire, wire.flipped
        elif op in {Op.WRITE_ZERO, Op.WRITE_ONE}:
            self.results[ids[0]] = op is Op.WRITE_ONE
        elif op is Op.RECORD:
            # What was never measured is 0.
            self.columns.append(self.results.get(ids[0], False))
        elif op in {Op.RECORD_ZERO, Op.RECORD_ONE}:
            self.columns.append(op is Op.RECORD_ONE)
        elif op is Op.RELEASE:
            self.qubits.pop(ids[0], None)
        if op in {Op.RESET, Op.MRESETZ} and self.wire(ids[0]).touched:
            self.qubits[ids[0]] = self._new()

    def _gate(self, index: int, op: Op, ids: tuple[int, int, int], angle: float) -> None:
        used = ids[: QUBITS_OF[op]]
        if len(set(used)) < len(used):
            raise NotExactError(NotSampleable.of(f"{gate_text(op, ids)}, which are the same", index))
        wires = [self.wire(qubit) for qubit in used]
        if op is Op.SWAP:
            self.qubits[ids[0]], self.qubits[ids[1]] = wires[1], wires[0]
            return
        for place, wire in enumerate(wires):
            wire.touched = True
            if wire.measured and place not in NATIVE[op].diagonal:
                if not NATIVE[op].flips:
                    raise NotExactError(NotSampleable.of(_after_measurement(op, ids, place), index))
                wire.flipped = not wire.flipped
        a, b, c = (*(wire.number for wire in wires), 0, 0)[:3]
        self.gates.append((op, a, b, c, angle))


def _after_measurement(op: Op, ids: Sequence[int], place: int) -> str:
    measured = "its measurement" if QUBITS_OF[op] == 1 else f"the measurement of {qubit_text(ids[place])}"
    return f"{gate_text(op, ids)} after {measured}"


def read_circuit(tape: NDArray[np.void]) -> Circuit:
    """The circuit whose samples are the shots of the program.

    Args:
        tape: entries of `ENTRY`, of one shot from its beginning to its end.

    Raises:
        NotExactError: shots of the program are no samples of one circuit.
    """
    reader, first = _read_first_gates(tape)
    for index, (op, a, b, c, angle) in enumerate(tape[len(first) :].tolist(), len(first)):
        reader.read(index, Op(op), (a, b, c), angle)
    columns = tuple(
        ResultColumn(None, entry)
        if isinstance(entry, bool)
        else ResultColumn(entry[0].number, entry[0].flipped != entry[1])
        for entry in reader.columns
    )
    return _needed(reader, np.concatenate([first, np.array(reader.gates, ENTRY)]), columns)


def _read_first_gates(tape: NDArray[np.void]) -> tuple[_TraceReader, NDArray[np.void]]:
    # Those before anything else are read all at once: there may be millions.
    others = np.flatnonzero((tape["op"] >= Op.MEASURE) | (tape["op"] == Op.SWAP))
    first = tape[: others[0] if len(others) else len(tape)].copy()
    ids, used = _qubits(first)
    a, b, c = ids
    same = np.flatnonzero((used[1] & (a == b)) | (used[2] & ((a == c) | (b == c))))
    if len(same):  # the reader says what is wrong with it
        first, ids, used = first[: same[0]], ids[:, : same[0]], used[:, : same[0]]
    qubits = np.unique(ids[used])
    _put(first, np.where(used, np.searchsorted(qubits, ids), 0))
    wires = {qubit: _Wire(number, touched=True) for number, qubit in enumerate(qubits.tolist())}
    return _TraceReader(wires, len(wires), len(wires)), first


def _qubits(gates: NDArray[np.void]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    # The three places of each gate, and which of them it uses.
    used = np.arange(len(_PLACES))[:, None] < _ARITIES[gates["op"]]
    return np.stack([gates[place] for place in _PLACES]), used


def _put(gates: NDArray[np.void], wires: NDArray[np.integer]) -> None:
    for place, numbers in zip(_PLACES, wires, strict=True):
        gates[place] = numbers


def _needed(reader: _TraceReader, gates: NDArray[np.void], columns: tuple[ResultColumn, ...]) -> Circuit:
    # From the end: a gate counts where it reaches a wire that is recorded; a diagonal one only on its way to others.
    reached = {column.wire for column in columns if column.wire is not None}
    kept = np.ones(len(gates), bool)
    end = len(gates)
    while end and len(reached) < reader.wires:
        start = max(0, end - _PART)
        for index, (op, *ids, _) in reversed([*enumerate(gates[start:end].tolist(), start)]):
            on = ids[: QUBITS_OF[op]]
            if reached.isdisjoint(on):
                kept[index] = False
            else:
                reached.update(on)
        end = start
    numbers = np.zeros(max(1, reader.wires), np.int64)
    numbers[sorted(reached)] = np.arange(len(reached))
    left = gates[kept]
    wires, used = _qubits(left)
    _put(left, np.where(used, numbers[wires], 0))
    renamed = (ResultColumn(None if c.wire is None else int(numbers[c.wire]), c.flipped) for c in columns)
    return Circuit(len(reached), left, tuple(renamed), reader.most)
