"""Calls that programs make of a simulator, with qubits that they name and others that they allocate."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qirjit_magic.protocol.operations import Op
from tests.unit.traces import QUBITS, Entry

_FUNCTIONS = {
    Op.H: "qis__h__body", Op.X: "qis__x__body", Op.CX: "qis__cx__body", Op.RESET: "qis__reset__body",
    Op.MEASURE: "qis__mz__body", Op.MRESETZ: "qis__mresetz__body", Op.RELEASE: "rt__qubit_release",
}  # fmt: skip
_MEASUREMENTS = (Op.MEASURE, Op.MRESETZ)


@dataclass(frozen=True)
class Call:
    """An allocation, or an operation.

    Attributes:
        op: the operation; None is an allocation.
        qubits: below `QUBITS` an id, from there on one of those that were allocated.
        result: the id of one that is measured into.
    """

    op: Op | None
    qubits: tuple[int, ...] = ()
    result: int = 0


@dataclass
class Ids:
    """Which qubits there are by the rule: the lowest one that is released, else the one above all."""

    taken: int = 0
    released: set[int] = field(default_factory=set)

    def allocate(self) -> int:
        """The id of a new one."""
        if not self.released:
            self.taken += 1
            return self.taken - 1
        lowest = min(self.released)
        self.released.remove(lowest)
        return lowest

    def release(self, qubit: int) -> bool:
        """Whether it was there to be released."""
        if qubit >= self.taken or qubit in self.released:
            return False
        self.released.add(qubit)
        return True


def expected(calls: Sequence[Call]) -> tuple[list[Entry], list[Call]]:
    """The entries that calls should leave, and those of the calls that keep to `QUBITS` qubits."""
    ids, allocated = Ids(), list[int]()
    entries, made = list[Entry](), list[Call]()
    for call in calls:
        if call.op is None:
            if ids.released or ids.taken < QUBITS:
                allocated.append(ids.allocate())
                made.append(call)
            continue
        qubits = resolved(call, allocated)
        if len(set(qubits)) < len(qubits):
            continue
        made.append(call)
        if call.op is Op.RELEASE and not ids.release(qubits[0]):
            continue
        ids.taken = max(ids.taken, *(qubit + 1 for qubit in qubits))
        last = (call.result,) if call.op in _MEASUREMENTS else ()
        a, b, c = (*qubits, *last, 0, 0)[:3]
        entries.append((int(call.op), a, b, c, 0.0))
    return entries, made


def resolved(call: Call, allocated: Sequence[int]) -> list[int]:
    """The ids of a call's qubits."""
    return [
        q if q < QUBITS else allocated[(q - QUBITS) % len(allocated)] if allocated else q - QUBITS for q in call.qubits
    ]


def make(calls: Sequence[Call], find: Callable[[str], int]) -> list[int]:
    """The ids that were allocated where the functions of a simulator are called."""
    allocated = list[int]()
    for call in calls:
        if call.op is None:
            function = ctypes.CFUNCTYPE(ctypes.c_void_p)(find("__quantum__rt__qubit_allocate"))
            allocated.append(function() or 0)
            continue
        words = [*resolved(call, allocated), *([call.result] if call.op in _MEASUREMENTS else [])]
        ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(words))(find(f"__quantum__{_FUNCTIONS[call.op]}"))(*words)
    return allocated
