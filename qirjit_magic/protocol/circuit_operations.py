"""Operations as circuit diagrams have them: the engine reads them from a trace, the kernel draws them."""

from __future__ import annotations

from typing import Final

import msgspec

from qirjit_magic.protocol.operations import NATIVE

MAX_FIRST = 4000
MAX_LAST = 1000
MAX_QUBIT = (1 << 20) - 1
MAX_RESULT = (1 << 25) - 1
RETURNED: Final = MAX_RESULT + 1  # from here on results are those that m returned, in the order of the measurements


class Shape(msgspec.Struct, frozen=True):
    """What belongs to an operation.

    Attributes:
        qubits: how many it is on.
        controls: how many of these, the first ones, are controls.
        angle: whether it has one.
        result: whether it measures or writes one, or records one.
        sign: how it is drawn behind its controls: ``target``, ``cross``; empty for a box with its name.
    """

    qubits: int
    controls: int = 0
    angle: bool = False
    result: bool = False
    sign: str = ""


# By the names that QIR gives them, without __quantum__qis__ or __quantum__rt__ before and __body behind.
SHAPES: Final = {
    **{gate.name: Shape(gate.width, gate.controls, bool(gate.angles), sign=gate.sign) for gate in NATIVE.values()},
    **dict.fromkeys(("m", "mz", "mresetz"), Shape(1, result=True)),
    **dict.fromkeys(("reset", "release"), Shape(1)),
    **dict.fromkeys(("record", "write_zero", "write_one"), Shape(0, result=True)),
    **dict.fromkeys(("record_zero", "record_one"), Shape(0)),
}
NOT_COUNTED: Final = frozenset({"release", *(name for name, shape in SHAPES.items() if not shape.qubits)})


class Operation(msgspec.Struct, frozen=True):
    """One of the things that a program asks a simulator for.

    Attributes:
        name: one of `SHAPES`.
        qubits: the ids of its qubits, controls first.
        result: the id of the result that it measures, writes or records; from `RETURNED` on one that ``m`` returned.
        angle: in radians; None where it has none, or one that is not finite.
    """

    name: str
    qubits: tuple[int, ...] = ()
    result: int | None = None
    angle: float | None = None

    @property
    def shape(self) -> Shape:
        """What belongs to it."""
        return SHAPES[self.name]


class TraceEnd(msgspec.Struct, frozen=True):
    """Why a trace ended before the program did.

    Attributes:
        function: the function that it called, named as in `SHAPES`; empty where it is no single call.
        qubit: the qubit that the function was called with, where that is known.
        result: likewise the result.
        reason: why, where it is no single call.
    """

    function: str = ""
    qubit: int | None = None
    result: int | None = None
    reason: str = ""
