"""What the engine tells of a trace for a diagram."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given

from qirjit_magic.engine.diagrams import circuit_of
from qirjit_magic.engine.sampling.tracing import Traced
from qirjit_magic.engine.simulators.operation_trace import FIRST_RETURNED, qir_name
from qirjit_magic.protocol.messages import CircuitReply
from qirjit_magic.protocol.operations import MAX_FIRST, MAX_LAST, RETURNED, SHAPES, Op, Operation, TraceEnd
from tests.unit.operations import depth, operations
from tests.unit.traces import Entry, gate, measure, trace

_OPS = {qir_name(op): op for op in Op}


def _entry(one: Operation, place: int) -> Entry:
    if one.name == "m":
        return int(Op.MEASURE), one.qubits[0], FIRST_RETURNED + place, 0, 0.0
    result = one.result or 0
    a, b, c = (*one.qubits, *([result] if one.shape.result else []), 0, 0, 0)[:3]
    return int(_OPS[one.name]), a, b, c, np.nan if one.shape.angle and one.angle is None else one.angle or 0.0


def _told(*entries: Entry, end: TraceEnd | None = None) -> CircuitReply:
    return circuit_of(Traced(trace(*entries), end, ""))


@given(operations())
def test_every_entry_of_a_tape_is_an_operation_and_is_counted(circuit: list[Operation]) -> None:
    told = _told(*map(_entry, circuit, range(len(circuit))))
    returned = iter(range(len(circuit)))
    expected = [Operation("m", one.qubits, RETURNED + next(returned)) if one.name == "m" else one for one in circuit]
    assert list(told.first) == expected
    assert (told.last, told.left_out) == ((), 0)
    assert told.counts == Counter(one.name for one in circuit)
    assert told.depth == depth(circuit)
    assert told.width == len({qubit for one in circuit for qubit in one.qubits})


def test_every_operation_of_a_tape_has_a_shape() -> None:
    assert _OPS.keys() | {"m"} == SHAPES.keys()


@pytest.mark.parametrize("length", [MAX_FIRST, MAX_FIRST + 1, MAX_FIRST + MAX_LAST, MAX_FIRST + MAX_LAST + 7])
def test_of_a_long_tape_the_beginning_and_the_end_are_told(length: int) -> None:
    told = _told(*(gate(Op.H, place) for place in range(length)))
    qubits = [one.qubits[0] for one in (*told.first, *told.last)]
    left_out = max(0, length - MAX_FIRST - MAX_LAST)
    assert qubits == [*range(MAX_FIRST), *range(MAX_FIRST + left_out, length)]
    assert (told.left_out, told.counts, told.depth, told.width) == (left_out, {"h": length}, 1, length)


def test_a_returned_result_is_known_by_its_place_among_the_measurements() -> None:
    entries = [gate(Op.H, 0), measure(0, FIRST_RETURNED + 1), measure(1, 5), measure(0, FIRST_RETURNED + 3)]
    told = _told(*entries, end=TraceEnd("read_result", result=FIRST_RETURNED + 3))
    assert [one.result for one in told.first] == [None, RETURNED, 5, RETURNED + 1]
    assert told.end == TraceEnd("read_result", result=RETURNED + 1)
