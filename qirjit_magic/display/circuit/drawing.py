"""`Drawing`: rows of a circuit, drawn from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qirjit_magic.display.circuit import shapes
from qirjit_magic.display.circuit.circuit_labels import gate_label, qubit_name, result_name, sentence
from qirjit_magic.display.circuit.layout import CircuitLayout, Column, Placed
from qirjit_magic.display.circuit.shapes import BOX, CHARACTER, SMALL, number
from qirjit_magic.display.labels import number as counted

_LINE, _PAD = 46, 9  # pixels: from line to line, left and right of a column
_ABOVE, _HEADLINE, _BELOW = 36, 16, 26  # room over the first line for captions, over these, and under the last line
_BEGINS, _GOES_ON = 4, 12  # of a line that begins in the row, of one that goes on from the row before
_INK = 'fill="currentColor" stroke="none"'
_WORDS = f'{_INK} pointer-events="none"'


@dataclass
class Drawing:
    """What is drawn so far, in groups of one colour; `svg.svg_of` fills it.

    Attributes:
        layout: what is drawn.
        width: the pixels after which it goes on in the next row.
        headlines: how many lines there are to say over rows: what is left out, and over that why it ends.
    """

    layout: CircuitLayout
    width: int
    headlines: int
    _wires: list[str] = field(default_factory=list)
    _more: list[str] = field(default_factory=list)  # ends of lines that go on in another row
    _links: list[str] = field(default_factory=list)
    _marks: list[str] = field(default_factory=list)
    _boxes: list[str] = field(default_factory=list)
    _dots: list[str] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _captions: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lines = len(self.layout.qubits)
        self._left = max(len(qubit_name(qubit)) for qubit in self.layout.qubits) * CHARACTER + 14
        self._above = _ABOVE + _HEADLINE * self.headlines
        self._pens: list[float | None] = [self._left] * self._lines  # how far each line is drawn; None: there is none
        self._measured: dict[int, int] = {}  # the line that a result was measured on last
        self._row, self._right = 0, 0.0
        self._at = self._left + _BEGINS
        self._name_lines()

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self._right, (self._row + 1) * self._row_height

    @property
    def _row_height(self) -> float:
        return self._above + _LINE * (self._lines - 1 + bool(self.layout.hidden)) + _BELOW

    def _y(self, line: int) -> float:
        return self._row * self._row_height + self._above + _LINE * line

    def _name_lines(self) -> None:
        for line, qubit in enumerate(self.layout.qubits):
            self._names.append(shapes.text(2, self._y(line), qubit_name(qubit), anchor="start"))
        if self.layout.hidden:
            words = f"⋮ {counted(self.layout.hidden, 'more qubit')}"
            self._captions.append(shapes.text(2, self._y(self._lines), words, anchor="start"))

    def _make_room(self, width: float) -> None:
        # A column is wider than the page only where a gate's own words are.
        if self._at + width > self.width and self._at > self._left + _GOES_ON:
            self._finish_lines(dash=10)
            self._row += 1
            self._at = self._left + _GOES_ON
            self._name_lines()
            for line, pen in enumerate(self._pens):
                if pen is not None:
                    self._pens[line] = self._at
                    self._more.append(f"M{number(self._left)} {number(self._y(line))}H{number(self._at)}")

    def _finish_lines(self, *, dash: int = 0) -> None:
        for line in range(self._lines):
            self._wire_to(line, self._at)
            if dash and self._pens[line] is not None:
                self._more.append(f"M{number(self._at)} {number(self._y(line))}h{dash}")
        self._right = max(self._right, self._at + dash + 4)

    def _wire_to(self, line: int, x: float, after: float | None = None) -> None:
        # Up to x, and on from `after`, be there a line or not.
        pen = self._pens[line]
        if pen is not None and x > pen:
            self._wires.append(f"M{number(pen)} {number(self._y(line))}H{number(x)}")
        if pen is not None or after is not None:
            self._pens[line] = x if after is None else after

    def put(self, column: Column) -> None:
        """A column of operations, in this row or the next."""
        width = max(shapes.width(one.operation, place) for one in column for place in range(len(one.lines)))
        self._make_room(width + 2 * _PAD)
        middle = self._at + _PAD + width / 2
        for one in column:
            self._link(one, middle)
            for place, line in enumerate(one.lines):
                if line < self._lines:
                    self._sign(one, place, middle, line)
        self._at += width + 2 * _PAD

    def _sign(self, one: Placed, place: int, x: float, line: int) -> None:
        operation, y = one.operation, self._y(line)
        said = sentence(operation)
        if shapes.is_boxed(operation, place):
            self._box(one, place, x, line)
            return
        self._wire_to(line, x, x)
        if operation.name == "release":
            self._marks.append(shapes.titled(shapes.bar(x, y), said))
            self._pens[line] = None
        elif place < operation.shape.controls:
            self._dots.append(shapes.titled(shapes.dot(x, y), said))
        else:
            sign = shapes.cross if operation.name == "swap" else shapes.target
            self._marks.append(shapes.titled(sign(x, y), said))

    def _box(self, one: Placed, place: int, x: float, line: int) -> None:
        operation, y = one.operation, self._y(line)
        wide = shapes.width(operation, place)
        self._wire_to(line, x - wide / 2, x + wide / 2)
        box, middle = shapes.box(operation, x, y, wide)
        self._boxes.append(shapes.titled(box, sentence(operation)))
        self._names.append(shapes.text(middle, y, gate_label(operation)))
        if operation.result is not None:
            self._measured[operation.result] = line
            self._captions.append(shapes.text(x, y - BOX / 2 - 7, result_name(operation.result)))

    def _link(self, one: Placed, x: float) -> None:
        # From each of its lines to the next, outside of boxes.
        places = {line: place for place, line in enumerate(one.lines)}
        for upper, lower in pairwise(sorted(places)):
            above = BOX / 2 if shapes.is_boxed(one.operation, places[upper]) else 0
            below = BOX / 2 if shapes.is_boxed(one.operation, places[lower]) or lower == self._lines else 0
            self._links.append(f"M{number(x)} {number(self._y(upper) + above)}V{number(self._y(lower) - below)}")

    def leave_out(self, words: str) -> None:
        """A gap in every line."""
        width = len(words) * SMALL + 16
        self._make_room(width)
        middle = self._at + width / 2
        for line in range(self._lines):
            if self._pens[line] is not None:
                self._wire_to(line, middle - 14, middle + 14)
                self._names.append(shapes.text(middle, self._y(line), "⋯"))
        self._captions.append(shapes.text(middle, self._y(0) - 38, words))
        self._at += width
        self._measured.clear()  # there may be others in the gap

    def end(self) -> None:
        """The lines end with the program."""
        self._at += 8
        self._finish_lines()

    def mark_end(self, words: str, result: int | None) -> None:
        """The lines end where a trace does, because of this result or of none."""
        name = "" if result is None else f"{result_name(result)}?"
        read = self._measured.get(-1 if result is None else result)
        width = len(name) * SMALL
        self._make_room(width + 30)
        self._at += width + 18
        for line in range(self._lines):
            self._wire_to(line, self._at - (width + 12 if line == read else 0))
        if read is not None:
            self._said.append(shapes.text(self._at - 6, self._y(read), name, anchor="end"))
        over = _HEADLINE * (self.headlines - 1)  # what is left out is said below
        down = f"M{number(self._at)} {number(self._y(0) - 30 - over)}V{number(self._y(self._lines - 1) + 16)}"
        self._marks.append(f'<path class="qirjit-end" stroke-dasharray="5 4" d="{down}"/>')
        room = len(words) * SMALL + 8
        x, anchor = (self._at, "end") if self._at > room else (2, "start")
        self._said.append(shapes.text(x, self._y(0) - 40 - over, words, anchor=anchor))
        self._right = max(self._right, self._at + 8, room)

    def groups(self) -> Iterator[str]:
        """Everything, from what lies below; what is needed where no style sheet reaches it stands in attributes."""
        yield f'<path class="qirjit-wires" d="{"".join(self._wires)}"/>'
        if self._more:
            yield f'<path class="qirjit-wires" stroke-dasharray="2 3" d="{"".join(self._more)}"/>'
        if self._links:
            yield f'<path class="qirjit-link" d="{"".join(self._links)}"/>'
        yield from _group('class="qirjit-boxes"', self._boxes)
        yield from _group('class="qirjit-link"', self._marks)
        yield from _group(f'class="qirjit-dots" {_INK}', self._dots)
        yield from _group(f'{_WORDS} text-anchor="middle"', self._names)
        yield from _group(f'class="qirjit-small" {_WORDS} text-anchor="middle" font-size="11"', self._captions)
        yield from _group(f'class="qirjit-small qirjit-said" {_WORDS} font-size="11"', self._said)


def _group(attributes: str, parts: Sequence[str]) -> Iterator[str]:
    if parts:
        yield f"<g {attributes}>{''.join(parts)}</g>"
