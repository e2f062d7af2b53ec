"""The layout of a circuit: its operations in columns, each as far to the left as it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qirjit_magic.protocol.messages import CircuitReply
from qirjit_magic.protocol.operations import SHAPES, Operation

MAX_DRAWN = 1500  # operations: a picture of more would be too long for a notebook


@dataclass(frozen=True, slots=True)
class PlacedOperation:
    """An operation in a column.

    Attributes:
        operation: what it is.
        lines: the line of each of its qubits, counted from above; the number of lines for those that have none.
    """

    operation: Operation
    lines: tuple[int, ...]

    @property
    def span(self) -> range:
        """The lines from its first to its last qubit, which nothing else of its column touches."""
        return range(min(self.lines), max(self.lines) + 1)


PlacedColumn = tuple[PlacedOperation, ...]


@dataclass(frozen=True, slots=True)
class CircuitLayout:
    """A circuit in columns.

    Attributes:
        qubits: the qubits that have a line, from above.
        hidden: how many more there are.
        first: its columns, or the first ones of them.
        last: where operations are left out, the columns behind these.
        left_out: how many operations on qubits stand between the two.
        undrawn: how many are on hidden qubits only, among those that the trace tells of.
    """

    qubits: tuple[int, ...]
    hidden: int
    first: tuple[PlacedColumn, ...]
    last: tuple[PlacedColumn, ...]
    left_out: int
    undrawn: int


def lay_out(traced: CircuitReply, *, columns: int, qubits: int) -> CircuitLayout:
    """A circuit in columns.

    Args:
        traced: what the trace found.
        columns: how many there may be, at least 2.
        qubits: how many may have a line, at least 1.
    """
    on_qubits = [operation for operation in (*traced.first, *traced.last) if operation.qubits]
    seen = sorted({qubit for operation in on_qubits for qubit in operation.qubits})
    shown = seen[: max(1, qubits)]
    lines = {qubit: line for line, qubit in enumerate(shown)}
    drawable = [operation for operation in on_qubits if not lines.keys().isdisjoint(operation.qubits)]
    first, last = _cut(traced, drawable, lines, max(2, columns))
    drawn = sum(map(len, (*first, *last)))
    undrawn = len(on_qubits) - len(drawable)
    every = sum(count for name, count in traced.counts.items() if SHAPES[name].qubits)
    return CircuitLayout(
        qubits=tuple(shown),
        hidden=max(traced.width, len(seen)) - len(shown),
        first=first,
        last=last,
        left_out=max(every, len(on_qubits)) - undrawn - drawn,
        undrawn=undrawn,
    )


def _cut(
    traced: CircuitReply, drawable: Sequence[Operation], lines: dict[int, int], limit: int
) -> tuple[tuple[PlacedColumn, ...], tuple[PlacedColumn, ...]]:
    # What is left out never stands before anything of the first columns, nor behind anything of the last ones.
    if not traced.left_out:
        whole = placed_in_columns(drawable, lines)
        if len(whole) <= limit and len(drawable) <= MAX_DRAWN:
            return whole, ()
        first = last = whole
    else:
        first, last = (
            placed_in_columns([one for one in part if not lines.keys().isdisjoint(one.qubits)], lines)
            for part in (traced.first, traced.last)
        )
    behind = max(1, limit // 4)
    head = _affordable(first, limit - behind, MAX_DRAWN - MAX_DRAWN // 4)
    tail = _affordable(last[::-1], behind, MAX_DRAWN // 4)[::-1]
    return head, tail if traced.left_out else tail[max(0, len(head) + len(tail) - len(last)) :]


def _affordable(columns: tuple[PlacedColumn, ...], limit: int, operations: int) -> tuple[PlacedColumn, ...]:
    for place, column in enumerate(columns[:limit]):
        operations -= len(column)
        if operations < 0:
            return columns[: max(1, place)]
    return columns[:limit]


def placed_in_columns(operations: Iterable[Operation], lines: dict[int, int]) -> tuple[PlacedColumn, ...]:
    """Operations in columns; those in one have no line in common, nor do the links between their qubits.

    Args:
        operations: those that have at least one line.
        lines: the line of each qubit that has one.
    """
    columns: list[list[PlacedOperation]] = []
    taken: dict[int, int] = defaultdict(int)
    for operation in operations:
        one = PlacedOperation(operation, tuple(lines.get(qubit, len(lines)) for qubit in operation.qubits))
        column = max(taken[line] for line in one.span)
        if column == len(columns):
            columns.append([])
        columns[column].append(one)
        for line in one.span:
            taken[line] = column + 1
    return tuple(map(tuple, columns))
