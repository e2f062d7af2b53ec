"""What a trace wrote down, as columns, and what it means for sampling.

Sampling is exact where all shots do the same until their results are recorded. So no value that depends on a result may
be consumed (the tracer ends there), and after a measurement its wire may see only what commutes with Z: then all
measured wires can be measured together at the end. X, Y and swap are followed as flips and other names; a reset gives
the qubit a new wire, and nobody touches the old one any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENTRY = np.dtype([("op", "<i4"), ("a", "<i4"), ("b", "<i4"), ("c", "<i4"), ("angle", "<f8")])


class Op(IntEnum):
    """The operations on a tape; the numbers are those of ``tracer.ll``."""

    H = 1
    X = 2
    Y = 3
    Z = 4
    S = 5
    S_ADJ = 6
    T = 7
    T_ADJ = 8
    SX = 9
    RX = 10
    RY = 11
    RZ = 12
    CX = 20
    CY = 21
    CZ = 22
    SWAP = 23
    CCX = 24
    RXX = 25
    RYY = 26
    RZZ = 27
    MEASURE = 40
    RESET = 41
    RECORD = 42
    RECORD_ZERO = 43
    RECORD_ONE = 44
    RELEASE = 45
    MRESETZ = 46
    WRITE_ZERO = 47
    WRITE_ONE = 48


_ONE_QUBIT = frozenset({Op.H, Op.X, Op.Y, Op.Z, Op.S, Op.S_ADJ, Op.T, Op.T_ADJ, Op.SX, Op.RX, Op.RY, Op.RZ})
_TWO_QUBITS = frozenset({Op.CX, Op.CY, Op.CZ, Op.SWAP, Op.RXX, Op.RYY, Op.RZZ})
# For each operation which of its qubits may have been measured before: there it commutes with Z.
_DIAGONAL = {
    Op.Z: (0,),
    Op.S: (0,),
    Op.S_ADJ: (0,),
    Op.T: (0,),
    Op.T_ADJ: (0,),
    Op.RZ: (0,),
    Op.CX: (0,),
    Op.CY: (0,),
    Op.CZ: (0, 1),
    Op.CCX: (0, 1),
    Op.RZZ: (0, 1),
}
_FLIPS = frozenset({Op.X, Op.Y})


_ALLOCATED = 1 << 30  # from here on ids are those that the tracer gave out


def qubit_text(qubit: int) -> str:
    """A qubit in words."""
    return _id_text("qubit", qubit)


def result_text(result: int) -> str:
    """A result in words."""
    return _id_text("result", result)


def _id_text(what: str, number: int) -> str:
    return f"{what} {number}" if number < _ALLOCATED else f"the {what} {number - _ALLOCATED} of those given out"


def gate_text(op: Op, ids: Sequence[int]) -> str:
    """A gate in QIR's words."""
    qubits = [qubit_text(qubit) for qubit in ids[: qubits_of(op)]]
    return f"{_QIR_NAMES.get(op, op.name.lower())} on {' and '.join(qubits)}"


def qubits_of(op: Op) -> int:
    """How many qubits a gate is on."""
    return 1 if op in _ONE_QUBIT else 2 if op in _TWO_QUBITS else 3


_QIR_NAMES = {Op.S_ADJ: "s__adj", Op.T_ADJ: "t__adj"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why shots are not sampled.

    Attributes:
        reason: in words.
        instruction: what the program does that does not fit, empty where it is no single thing.
        place: which one that is of all that the program asks a simulator for, from 1; 0 where there is none.
    """

    reason: str
    instruction: str = ""
    place: int = 0

    @classmethod
    def of(cls, instruction: str, index: int) -> Doubt:
        """Because of one instruction, the index of its entry on the tape."""
        return cls(f"its operation {index + 1:,} is {instruction}", instruction, index + 1)


class NotExactError(Exception):
    """These shots cannot be sampled: internal."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt.reason)
        self.doubt = doubt


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate on wires, numbered from 0 in the order in which they are first used."""

    op: Op
    wires: tuple[int, ...]
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Column:
    """A recorded result: the bit of a wire at the end, flipped or not; of no wire, a constant."""

    wire: int | None
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Circuit:
    """What all shots have in common.

    Attributes:
        wires: how many there are.
        gates: in their order; none is on a wire whose bit is not needed in the end.
        columns: the recorded results, in their order.
    """

    wires: int
    gates: tuple[Gate, ...]
    columns: tuple[Column, ...]


@dataclass
class _Wire:
    number: int
    measured: bool = False
    flipped: bool = False
    touched: bool = False


@dataclass
class _Reader:
    qubits: dict[int, _Wire] = field(default_factory=dict)
    results: dict[int, tuple[_Wire, bool] | bool] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)
    columns: list[tuple[_Wire, bool] | bool] = field(default_factory=list)
    wires: int = 0

    def wire(self, qubit: int) -> _Wire:
        if qubit not in self.qubits:
            self.qubits[qubit] = self._new()
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
        if op in {Op.RESET, Op.RELEASE, Op.MRESETZ} and self.wire(ids[0]).touched:
            self.qubits[ids[0]] = self._new()

    def _gate(self, index: int, op: Op, ids: tuple[int, int, int], angle: float) -> None:
        used = ids[: qubits_of(op)]
        if len(set(used)) < len(used):
            raise NotExactError(Doubt.of(f"{gate_text(op, ids)}, which are the same", index))
        wires = [self.wire(qubit) for qubit in used]
        if op is Op.SWAP:
            self.qubits[ids[0]], self.qubits[ids[1]] = wires[1], wires[0]
            return
        for place, wire in enumerate(wires):
            wire.touched = True
            if wire.measured and place not in _DIAGONAL.get(op, ()):
                if op not in _FLIPS:
                    raise NotExactError(Doubt.of(_after_measurement(op, ids, place), index))
                wire.flipped = not wire.flipped
        self.gates.append(Gate(op, tuple(wire.number for wire in wires), angle))


def _after_measurement(op: Op, ids: Sequence[int], place: int) -> str:
    measured = "its measurement" if qubits_of(op) == 1 else f"the measurement of {qubit_text(ids[place])}"
    return f"{gate_text(op, ids)} after {measured}"


def read_circuit(tape: NDArray[np.void]) -> Circuit:
    """The circuit whose samples are the shots of the program.

    Args:
        tape: entries of `ENTRY`, of one shot from its beginning to its end.

    Raises:
        NotExactError: shots of the program are no samples of one circuit.
    """
    reader = _Reader()
    for index, (op, a, b, c, angle) in enumerate(tape.tolist()):
        reader.read(index, Op(op), (a, b, c), angle)
    columns = tuple(
        Column(None, entry) if isinstance(entry, bool) else Column(entry[0].number, entry[0].flipped != entry[1])
        for entry in reader.columns
    )
    return _needed(reader.wires, reader.gates, columns)


def _needed(wires: int, gates: list[Gate], columns: tuple[Column, ...]) -> Circuit:
    # From the end: a gate counts where it reaches a wire that is recorded; a diagonal one only on its way to others.
    reached = {column.wire for column in columns if column.wire is not None}
    kept = []
    for gate in reversed(gates):
        if reached & set(gate.wires):
            reached |= set(gate.wires)
            kept.append(gate)
    numbers = {wire: number for number, wire in enumerate(w for w in range(wires) if w in reached)}
    return Circuit(
        wires=len(numbers),
        gates=tuple(Gate(g.op, tuple(numbers[w] for w in g.wires), g.angle) for g in reversed(kept)),
        columns=tuple(Column(None if c.wire is None else numbers[c.wire], c.flipped) for c in columns),
    )
