"""What a trace wrote down: a tape, whose entries are what a program asked a simulator for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

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


# By the number of a gate: on how many qubits it is.
QUBITS_OF = {int(op): 3 if op is Op.CCX else 2 if op >= Op.CX else 1 for op in Op if op < Op.MEASURE}
FIRST_RETURNED = 1 << 25  # from here on results are those that m returned, by the entries that measured them


def qubit_text(qubit: int) -> str:
    """A qubit in words."""
    return f"qubit {qubit}"


def result_text(result: int) -> str:
    """A result in words."""
    return f"result {result}" if result < FIRST_RETURNED else f"the result of operation {result - FIRST_RETURNED + 1:,}"


def gate_text(op: Op, ids: Sequence[int]) -> str:
    """A gate in QIR's words."""
    qubits = [qubit_text(qubit) for qubit in ids[: QUBITS_OF[op]]]
    return f"{qir_name(op)} on {' and '.join(qubits)}"


def qir_name(op: Op) -> str:
    """The name that QIR has for an operation."""
    return _QIR_NAMES.get(op, op.name.lower())


_QIR_NAMES = {Op.S_ADJ: "s__adj", Op.T_ADJ: "t__adj", Op.MEASURE: "mz"}


@dataclass(frozen=True, slots=True)
class NotSampleable:
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
    def of(cls, instruction: str, index: int) -> NotSampleable:
        """Because of one instruction, the index of its entry on the tape."""
        return cls(f"its operation {index + 1:,} is {instruction}", instruction, index + 1)


class NotExactError(Exception):
    """These shots cannot be sampled: internal."""

    def __init__(self, doubt: NotSampleable) -> None:
        super().__init__(doubt.reason)
        self.doubt = doubt
