"""The tape of a trace, whose entries are the operations that a program asked a simulator for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qirjit_magic.protocol.operations import NATIVE, Op

ENTRY = np.dtype([("op", "<i4"), ("a", "<i4"), ("b", "<i4"), ("c", "<i4"), ("angle", "<f8")])


# By the number of a gate: on how many qubits it is.
QUBITS_OF = {op.value: gate.width for op, gate in NATIVE.items()}
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
    if op in NATIVE:
        return NATIVE[op].name
    return "mz" if op is Op.MEASURE else op.name.lower()


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

    def __init__(self, obstacle: NotSampleable) -> None:
        super().__init__(obstacle.reason)
        self.obstacle = obstacle
