"""Where operations stand in a diagram, and which are left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.display.circuit.layout import MAX_DRAWN, CircuitLayout, PlacedColumn, lay_out
from qirjit_magic.protocol.operations import Operation
from tests.unit.operations import depth, operation, operations, traced


def _in_order(columns: Sequence[PlacedColumn], qubit: int) -> list[Operation]:
    return [one.operation for column in columns for one in column if qubit in one.operation.qubits]


def _on(circuit: Sequence[Operation], qubit: int) -> list[Operation]:
    return [one for one in circuit if qubit in one.qubits]


def _check_columns(layout: CircuitLayout) -> None:
    for column in (*layout.first, *layout.last):
        lines = [line for one in column for line in one.span]
        assert len(lines) == len(set(lines))


@given(operations())
def test_every_operation_on_qubits_stands_there_once_in_its_order(circuit: list[Operation]) -> None:
    layout = lay_out(traced(circuit), columns=200, qubits=40)
    _check_columns(layout)
    assert (layout.left_out, layout.undrawn, layout.hidden, layout.last) == (0, 0, 0, ())
    placed = [one.operation for column in layout.first for one in column]
    assert sorted(placed, key=repr) == sorted((one for one in circuit if one.qubits), key=repr)
    for qubit in range(5):
        assert _in_order(layout.first, qubit) == _on(circuit, qubit)
    assert len(layout.first) >= depth(circuit)


@given(operations(most=60), st.integers(2, 12), st.integers(1, 5), st.sampled_from([None, 8, 15]))
def test_what_is_left_out_is_in_the_middle_of_each_line_and_is_counted(
    circuit: list[Operation], columns: int, qubits: int, sent: int | None
) -> None:
    told = traced(circuit, sent=sent if sent is not None and len(circuit) > 2 * sent else None)
    layout = lay_out(told, columns=columns, qubits=qubits)
    _check_columns(layout)
    assert len(layout.first) + len(layout.last) <= columns
    assert len(layout.qubits) <= qubits
    for qubit in layout.qubits:
        before, behind, every = _in_order(layout.first, qubit), _in_order(layout.last, qubit), _on(circuit, qubit)
        assert before == every[: len(before)]
        assert behind == every[len(every) - len(behind) :]
    drawn = sum(map(len, (*layout.first, *layout.last)))
    assert drawn + layout.left_out + layout.undrawn == sum(1 for one in circuit if one.qubits)
    assert len(layout.qubits) + layout.hidden == told.width


def test_operations_stand_as_far_left_as_they_can() -> None:
    circuit = [operation("h", 0), operation("cx", 0, 2), operation("h", 3), operation("x", 1)]
    layout = lay_out(traced(circuit), columns=200, qubits=40)
    names = [[one.operation.name for one in column] for column in layout.first]
    assert names == [["h", "h"], ["cx"], ["x"]]  # x would cross the link of cx


def test_a_long_circuit_keeps_three_quarters_of_its_columns_from_the_beginning() -> None:
    layout = lay_out(traced([operation("h", 0)] * 300 + [operation("x", 0)]), columns=200, qubits=40)
    assert (len(layout.first), len(layout.last), layout.left_out) == (150, 50, 101)
    assert layout.last[-1][0].operation.name == "x"


@pytest.mark.parametrize("gates", [MAX_DRAWN, MAX_DRAWN + 1, 10 * MAX_DRAWN])
def test_no_more_operations_are_drawn_than_a_notebook_takes(gates: int) -> None:
    circuit = [operation("h", place % 40) for place in range(gates)]
    layout = lay_out(traced(circuit, deep=1), columns=10**6, qubits=40)
    drawn = sum(map(len, (*layout.first, *layout.last)))
    assert drawn <= MAX_DRAWN
    assert drawn + layout.left_out == gates
    assert (layout.left_out == 0) == (gates == MAX_DRAWN)


def test_a_gate_on_one_hidden_qubit_is_drawn_down_to_where_it_would_be() -> None:
    circuit = [operation("h", 0), operation("cx", 0, 7), operation("h", 7), operation("h", 2)]
    layout = lay_out(traced(circuit), columns=200, qubits=2)
    assert (layout.qubits, layout.hidden, layout.undrawn) == ((0, 2), 1, 1)
    assert layout.first[1][0].lines == (0, 2)
