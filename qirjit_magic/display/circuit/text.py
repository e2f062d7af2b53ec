"""A circuit in characters: two lines a qubit, rows as wide as the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from qirjit_magic.display.circuit.circuit_labels import (
    end_text,
    figures,
    gate_label,
    notes,
    qubit_name,
    result_name,
    title,
)
from qirjit_magic.display.circuit.layout import CircuitLayout, PlacedColumn
from qirjit_magic.display.labels import count_text as counted
from qirjit_magic.protocol.operations import Operation
from qirjit_magic.results.traced_circuit import TracedCircuit

_WIRE, _LINK, _CROSSING, _MARK = "─", "│", "┼", "╎"
_SIGNS = {"target": "⊕", "cross": "╳"}  # noqa: RUF001 - the sign of a swap
_MEASURED = frozenset({"m", "mz", "mresetz"})


@dataclass(frozen=True, slots=True)
class _Block:
    """A column in characters: one string for each line, of the same width."""

    lines: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.lines[0])


def text_of(circuit: TracedCircuit, layout: CircuitLayout, *, width: int) -> str:
    """The picture with its figures above and its notes below.

    Args:
        circuit: what is drawn.
        layout: where everything stands.
        width: the characters of a line.
    """
    counts = ", ".join(f"{name} {count:,}" for name, count in figures(circuit)[3:])
    two = counted(circuit.two_qubit_count, "two-qubit gate")
    head = [line for words in (f"{title(circuit)}, {two}", counts) for line in wrap(words, width)]
    rows = "\n\n\n".join("\n".join(row) for row in _rows(circuit, layout, width))
    said = [line for note in notes(circuit, layout) for line in wrap(note, width)]
    return "\n\n".join(filter(None, ["\n".join(head), rows, "\n".join(said)]))


def _rows(circuit: TracedCircuit, layout: CircuitLayout, width: int) -> Iterator[list[str]]:
    if not layout.qubits:
        yield ["(no operation on a qubit)"]
        return
    names = [f"{qubit_name(qubit)}: " for qubit in layout.qubits]
    room = max(map(len, names))
    blocks = list(_blocks(circuit, layout))
    ends = circuit.end is not None
    rows = list(_folded(blocks, width - room - 2))
    for place, row in enumerate(rows):
        is_last = place == len(rows) - 1
        lines = _joined(names, row, layout, begins=place == 0, continues=not is_last, room=room)
        if is_last and ends and circuit.end is not None:
            lines += _under_mark(end_text(circuit.end), room + 1 + sum(block.width for block in row) - 1)
        yield [line.rstrip() for line in lines]


def _folded(blocks: Sequence[_Block], width: int) -> Iterator[list[_Block]]:
    row: list[_Block] = []
    for block in blocks:
        if row and sum(one.width for one in row) + block.width > width:
            yield row
            row = []
        row.append(block)
    yield row


def _joined(
    names: Sequence[str], row: Sequence[_Block], layout: CircuitLayout, *, begins: bool, continues: bool, room: int
) -> list[str]:
    lines = []
    for line in range(2 * len(names) - 1 + 2 * bool(layout.hidden)):
        text = "".join(block.lines[line] for block in row)
        is_wire = line % 2 == 0 and line < 2 * len(names)
        name = names[line // 2] if is_wire else "⋮ " if line == 2 * len(names) else ""
        left = (_WIRE if begins else "┄") if is_wire and text[:1] != " " else " "
        right = ("┄" if continues else _WIRE) if is_wire and text[-1:] == _WIRE else ""
        lines.append(f"{name:>{room}}{left}{text}{right}")
    return lines


def _under_mark(words: str, place: int) -> list[str]:
    if place > len(words) + 1:
        return [f"{words} ┘".rjust(place + 1)]
    return [f"{' ' * place}└ {words}"]


def _blocks(circuit: TracedCircuit, layout: CircuitLayout) -> Iterator[_Block]:
    wires = _Wires(layout)
    yield from map(wires.column, layout.first)
    if layout.left_out:
        yield wires.gap()
    yield from map(wires.column, layout.last)
    if circuit.end is not None:
        yield wires.mark(circuit.end.result)


class _Wires:
    """The lines of the qubits, as far as they are drawn: a qubit that is released has none until it is used again."""

    def __init__(self, layout: CircuitLayout) -> None:
        self._count = len(layout.qubits)
        self._height = 2 * self._count - 1 + 2 * bool(layout.hidden)
        self._there = [True] * self._count
        self._measured: dict[int, int] = {}  # the line that a result was measured on last

    def _fill(self, line: int) -> str:
        return _WIRE if line % 2 == 0 and line < 2 * self._count and self._there[line // 2] else " "

    def column(self, column: PlacedColumn) -> _Block:
        cells = {line: _cell(one.operation, place) for one in column for place, line in enumerate(one.lines)}
        width = max(len(cell) for line, cell in cells.items()) + 2
        linked = {line for one in column for line in range(2 * one.span[0], 2 * one.span[-1] + 1)}
        # What stands between is whole: the middle of each cell is the middle of the column.
        lines = []
        for line in range(self._height):
            cell = cells.get(line // 2, "") if line % 2 == 0 else ""
            fill = self._fill(line)
            if cell and line // 2 < self._count:
                lines.append(self._with_cell(cell, line // 2, column, width))
            elif line in linked:
                middle = "⋮" if line == 2 * self._count else _LINK if fill == " " else _CROSSING
                lines.append(_centred(middle, width, fill, fill))
            else:
                lines.append(fill * width)
        return _Block(tuple(lines))

    def _with_cell(self, cell: str, line: int, column: PlacedColumn, width: int) -> str:
        operation = next(one.operation for one in column if line in one.lines)
        before = self._fill(2 * line)
        self._there[line] = operation.name != "release"
        if operation.name in _MEASURED and operation.result is not None:
            self._measured[operation.result] = line
        return _centred(cell, width, before, self._fill(2 * line))

    def gap(self) -> _Block:
        wire, between = "  ⋯  ", "     "
        self._measured.clear()  # there may be others in it
        return _Block(tuple(wire if self._fill(line) == _WIRE else between for line in range(self._height)))

    def mark(self, result: int | None) -> _Block:
        name = "" if result is None else f" {result_name(result)}?"
        measured = None if result is None else self._measured.get(result)
        lines = []
        for line in range(self._height):
            fill = self._fill(line)
            is_read = line % 2 == 0 and line // 2 == measured
            lines.append(f"{fill}{name if is_read else fill * len(name)}{fill if not is_read else ' '}{_MARK}")
        return _Block(tuple(lines))


def _centred(cell: str, width: int, before: str, after: str) -> str:
    left = (width - 1) // 2 - (len(cell) - 1) // 2
    return f"{before * left}{cell}{after * (width - left - len(cell))}"


def _cell(operation: Operation, place: int) -> str:
    if place < operation.shape.controls:
        return "●"
    if operation.shape.sign:
        return _SIGNS[operation.shape.sign]
    label = gate_label(operation)
    result = "" if operation.result is None else f"→{result_name(operation.result)}"
    return f"┤{label}{result}{' ' if operation.name == 'release' else '├'}"
