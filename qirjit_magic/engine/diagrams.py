"""The part of a trace that a circuit diagram shows: first and last operations, and figures of all of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from qirjit_magic.engine.sampling.tracing import Traced
from qirjit_magic.engine.simulators.operation_trace import FIRST_RETURNED, QUBITS_OF, qir_name
from qirjit_magic.protocol.messages import CircuitReply
from qirjit_magic.protocol.operations import MAX_FIRST, MAX_LAST, RETURNED, SHAPES, Op, Operation, TraceEnd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ON_ONE = frozenset({Op.MEASURE, Op.RESET, Op.MRESETZ, Op.RELEASE})
_QUBITS_OF = {**QUBITS_OF, **dict.fromkeys(map(int, _ON_ONE), 1)}
_PART = 1 << 16  # entries that become Python's at once


def circuit_of(traced: Traced) -> CircuitReply:
    """Return the operations of a trace, as a diagram needs them.

    Args:
        traced: the trace.
    """
    tape = traced.tape
    results = _Results(tape)
    length = len(tape)
    last = max(min(length, MAX_FIRST), length - MAX_LAST)
    levels = _levels(tape)
    return CircuitReply(
        first=tuple(_operations(tape[:MAX_FIRST], results)),
        last=tuple(_operations(tape[last:], results)),
        left_out=last - min(length, MAX_FIRST),
        counts=_counts(tape),
        depth=max(levels.values(), default=0),
        width=len(levels),
        end=_end(traced.end, results),
        remark=traced.remark,
    )


class _Results:
    """The results of a trace: those that m returned by their entries on the tape, others in their own order."""

    def __init__(self, tape: NDArray[np.void]) -> None:
        self._returned = np.flatnonzero((tape["op"] == Op.MEASURE) & (tape["b"] >= FIRST_RETURNED))

    def number(self, on_tape: int) -> int:
        if on_tape < FIRST_RETURNED:
            return on_tape
        return RETURNED + int(np.searchsorted(self._returned, on_tape - FIRST_RETURNED))


def _end(end: TraceEnd | None, results: _Results) -> TraceEnd | None:
    if end is None or end.result is None:
        return end
    return structs.replace(end, result=results.number(end.result))


def _operations(tape: NDArray[np.void], results: _Results) -> Iterator[Operation]:
    for number, a, b, c, angle in tape.tolist():
        op = Op(number)
        name = _name(op, b)
        shape = SHAPES[name]
        yield Operation(
            name,
            (a, b, c)[: shape.qubits],
            results.number(b if shape.qubits else a) if shape.result else None,
            angle if shape.angle and math.isfinite(angle) else None,
        )


def _name(op: Op, result: int) -> str:
    return "m" if op is Op.MEASURE and result >= FIRST_RETURNED else qir_name(op)


def _counts(tape: NDArray[np.void]) -> dict[str, int]:
    returned = int(np.count_nonzero((tape["op"] == Op.MEASURE) & (tape["b"] >= FIRST_RETURNED)))
    numbers, counted = np.unique(tape["op"], return_counts=True)
    counts = {qir_name(Op(number)): count for number, count in zip(numbers.tolist(), counted.tolist(), strict=True)}
    named = counts.get("mz", 0) - returned
    counts |= {"m": returned, "mz": named}
    return {name: count for name, count in counts.items() if count}


def _levels(tape: NDArray[np.void]) -> dict[int, int]:
    # For each qubit, how many operations the longest way to its end has.
    levels: dict[int, int] = defaultdict(int)
    for start in range(0, len(tape), _PART):
        part = tape[start : start + _PART]
        for op, a, b, c in zip(*(part[name].tolist() for name in ("op", "a", "b", "c")), strict=True):
            qubits = _QUBITS_OF.get(op, 0)
            if qubits == 1:
                levels[a] += op != Op.RELEASE
            elif qubits:
                used = (a, b, c)[:qubits]
                level = max(levels[qubit] for qubit in used) + 1
                for qubit in used:
                    levels[qubit] = level
    return dict(levels)
