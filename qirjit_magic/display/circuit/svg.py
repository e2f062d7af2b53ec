"""A circuit as SVG: lines, boxes and dots in groups, which are readable where no style sheet reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from qirjit_magic.display.circuit.layout import Column, Layout, Placed
from qirjit_magic.display.circuit.words import (
    counted,
    end_text,
    gate_label,
    qubit_name,
    result_name,
    sentence,
    title,
)

if TYPE_CHECKING:
    from qirjit_magic.display.circuit.diagram import CircuitDiagram
    from qirjit_magic.wire.circuits import Operation

_LINE, _BOX, _PAD = 46, 28, 9  # pixels: from line to line, a box, left and right of a column
_CHARACTER, _SMALL = 7.9, 6.7  # how wide one is at most, in a box and in a caption
_ABOVE, _HEADLINE, _BELOW = 36, 16, 26  # room over the first line for captions, over these, and under the last line
_METER = 22
_DOT, _TARGET, _CROSS = 4, 9, 6
_MEASURED = frozenset({"m", "mz", "mresetz"})
_KINDS = {"rx": "turn", "ry": "turn", "rz": "turn", "rxx": "turn", "ryy": "turn", "rzz": "turn", "reset": "reset"}
# Without it everything has one grey that a white page and a dark one leave readable. In a notebook it wears the colours
# of the other views; alone, in a file, those that the reader's system prefers.
_STYLE = (
    ".qirjit-circuit{color:var(--qirjit-ink,#1f2328)}"
    "@media(prefers-color-scheme:dark){.qirjit-circuit{color:var(--qirjit-ink,#e6edf3)}}"
    ".qirjit-circuit.qirjit-circuit text{font-size:13px;fill:currentColor;"
    "font-family:var(--qirjit-code,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace)}"
    ".qirjit-circuit.qirjit-circuit .qirjit-small text{font-size:11px}"
    ".qirjit-circuit .qirjit-wires{stroke-opacity:.55}"
    ".qirjit-circuit .qirjit-gate{stroke:var(--qirjit-bar,#2f80d0);fill:var(--qirjit-bar,#2f80d0);fill-opacity:.14}"
    ".qirjit-circuit .qirjit-turn{stroke:#9a6bd6;fill:#9a6bd6;fill-opacity:.15}"
    ".qirjit-circuit .qirjit-measure{stroke:var(--qirjit-second,#d9822b);fill:var(--qirjit-second,#d9822b);"
    "fill-opacity:.16}"
    ".qirjit-circuit .qirjit-reset{fill:currentColor;stroke-opacity:.6;fill-opacity:.08}"
    ".qirjit-circuit .qirjit-link{stroke:var(--qirjit-bar,#2f80d0);stroke-width:1.8}"
    ".qirjit-circuit .qirjit-dots{fill:var(--qirjit-bar,#2f80d0)}"
    ".qirjit-circuit .qirjit-end{stroke:var(--qirjit-error,#d33)}"
    ".qirjit-circuit.qirjit-circuit .qirjit-said text{fill:var(--qirjit-error,#d33)}"
)


def svg_of(diagram: CircuitDiagram, layout: Layout, *, width: int) -> str:
    """The picture as a document of its own.

    Args:
        diagram: what is drawn.
        layout: where everything stands.
        width: the pixels after which the circuit goes on in the next row.
    """
    drawing = _Drawing(layout, width, _ABOVE + (_HEADLINE if diagram.end is not None or layout.left_out else 0))
    for column in layout.first:
        drawing.put(column)
    if layout.left_out:
        drawing.leave_out(f"{counted(layout.left_out, 'operation')} left out")
    for column in layout.last:
        drawing.put(column)
    drawing.end(diagram)
    name = escape(title(diagram))
    size = f'width="{drawing.right:.0f}" height="{drawing.height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qirjit-circuit" role="img" aria-label="Circuit of {name}" '
        f'{size} viewBox="0 0 {drawing.right:.0f} {drawing.height:.0f}" color="#767676" fill="none" '
        f'stroke="currentColor" stroke-width="1.4" font-family="monospace" font-size="13">'
        f"<title>Circuit of {name}</title><style>{_STYLE}</style>{''.join(drawing.groups())}</svg>"
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@dataclass
class _Drawing:
    layout: Layout
    width: int
    above: float
    right: float = 0.0  # of the widest row
    wires: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)  # ends of lines that go on in another row
    links: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    dots: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lines = len(self.layout.qubits)
        self._left = max((len(qubit_name(qubit)) for qubit in self.layout.qubits), default=0) * _CHARACTER + 14
        self._pens: list[float | None] = [self._left] * self._lines  # how far each line is drawn; None: there is none
        self._measured: dict[int, int] = {}
        self._row = -1
        self._begin_row()

    @property
    def height(self) -> float:
        return (self._row + 1) * self._row_height

    @property
    def _row_height(self) -> float:
        return self.above + _LINE * (self._lines - 1 + bool(self.layout.hidden)) + _BELOW if self._lines else 2 * _BELOW

    def _y(self, line: int) -> float:
        return self._row * self._row_height + self.above + _LINE * line

    def _begin_row(self) -> None:
        self._row += 1
        self._at = self._left + (4 if self._row == 0 else 12)
        for line, qubit in enumerate(self.layout.qubits):
            self._text(self.names, 2, self._y(line), qubit_name(qubit), anchor="start")
            if self._pens[line] is not None:
                self._pens[line] = self._at
                if self._row:
                    self.more.append(f"M{_number(self._left)} {_number(self._y(line))}H{_number(self._at)}")
                else:
                    self._pens[line] = self._left
        if self.layout.hidden:
            words = f"⋮ {counted(self.layout.hidden, 'more qubit')}"
            self._text(self.captions, 2, self._y(self._lines), words, anchor="start")

    def _room(self, width: float) -> None:
        # A column is wider than the page only where a gate's own words are.
        if self._at + width > self.width and self._at > self._left + 12:
            for line in range(self._lines):
                self._wire_to(line, self._at)
                if self._pens[line] is not None:
                    self.more.append(f"M{_number(self._at)} {_number(self._y(line))}h10")
            self.right = max(self.right, self._at + 12)
            self._begin_row()

    def _wire_to(self, line: int, x: float, after: float | None = None) -> None:
        pen = self._pens[line]
        if pen is not None and x > pen:
            self.wires.append(f"M{_number(pen)} {_number(self._y(line))}H{_number(x)}")
        if pen is not None or after is not None:
            self._pens[line] = x if after is None else after

    def put(self, column: Column) -> None:
        """A column of operations, in this row or the next."""
        width = max(_width(one.operation, place) for one in column for place in range(len(one.lines)))
        self._room(width + 2 * _PAD)
        middle = self._at + _PAD + width / 2
        for one in column:
            self._operation(one, middle)
        self._at += width + 2 * _PAD

    def _operation(self, one: Placed, x: float) -> None:
        operation = one.operation
        said = escape(sentence(operation))
        self._link(one, x)
        for place, line in enumerate(one.lines):
            if line == self._lines:
                continue
            y = self._y(line)
            label = gate_label(operation)
            if operation.name == "release":
                self._wire_to(line, x)
                self.marks.append(_titled(f'<path d="M{_number(x)} {_number(y - 9)}v18"/>', said))
                self._pens[line] = None
            elif place < operation.shape.controls:
                self._wire_to(line, x, x)
                self.dots.append(_titled(f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_DOT}"/>', said))
            elif label == "x" and operation.shape.qubits > 1:
                self._wire_to(line, x, x)
                self.marks.append(_titled(_plus(x, y), said))
            elif label == "swap":
                self._wire_to(line, x, x)
                self.marks.append(_titled(f'<path d="{_cross(x, y)}"/>', said))
            else:
                self._box(operation, label, x, line=line, width=_width(operation, place))
                self.boxes[-1] = _titled(self.boxes[-1], said)
            if operation.name in _MEASURED and operation.result is not None:
                self._measured[operation.result] = line

    def _link(self, one: Placed, x: float) -> None:
        # From each of its lines to the next, outside of boxes.
        places = {line: place for place, line in enumerate(one.lines)}
        for upper, lower in pairwise(sorted(places)):
            start = self._y(upper) + _half(one.operation, places[upper])
            end = self._y(lower) - (_SMALL * 2 if lower == self._lines else _half(one.operation, places[lower]))
            self.links.append(f"M{_number(x)} {_number(start)}V{_number(end)}")

    def _box(self, operation: Operation, label: str, x: float, *, line: int, width: float) -> None:
        y = self._y(line)
        left = x - width / 2
        self._wire_to(line, left, left + width)
        kind = "measure" if operation.name in _MEASURED else _KINDS.get(operation.name, "gate")
        self.boxes.append(
            f'<rect class="qirjit-{kind}" x="{_number(left)}" y="{_number(y - _BOX / 2)}" width="{_number(width)}" '
            f'height="{_BOX}" rx="5"/>'
        )
        if operation.name in _MEASURED and operation.result is not None:
            self.boxes[-1] += _meter(left + 7, y)
            self._text(self.captions, x, y - _BOX / 2 - 7, result_name(operation.result))
            x += _METER / 2
        self._text(self.names, x, y, label)

    def leave_out(self, words: str) -> None:
        """A gap in every line."""
        width = len(words) * _SMALL + 16
        self._room(width)
        middle = self._at + width / 2
        for line in range(self._lines):
            if self._pens[line] is not None:
                self._wire_to(line, middle - 14, middle + 14)
                self._text(self.names, middle, self._y(line), "⋯")
        self._text(self.captions, middle, self._y(0) - 38, words)
        self._at += width
        self._measured.clear()  # there may be others in the gap

    def end(self, diagram: CircuitDiagram) -> None:
        """The last ends of the lines, and why there are no more."""
        if diagram.end is None or not self._lines:
            self._at += 8
            for line in range(self._lines):
                self._wire_to(line, self._at)
            self.right = max(self.right, self._at + 4)
            if not self._lines:
                self._text(self.captions, 4, _BELOW, "no operation on a qubit", anchor="start")
                self.right = 180
            return
        result = diagram.end.result
        name = "" if result is None else f"{result_name(result)}?"
        self._room(len(name) * _SMALL + 30)
        words = end_text(diagram.end)
        self._at += len(name) * _SMALL + 18
        for line in range(self._lines):
            is_read = bool(name) and self._measured.get(result or 0) == line
            self._wire_to(line, self._at - (len(name) * _SMALL + 12 if is_read else 0))
            if is_read:
                self._text(self.said, self._at - 6, self._y(line), name, anchor="end")
        self.marks.append(
            f'<path class="qirjit-end" stroke-dasharray="5 4" d="M{_number(self._at)} {_number(self._y(0) - 30)}'
            f'V{_number(self._y(self._lines - 1) + 16)}"/>'
        )
        room = len(words) * _SMALL
        to_the_left = self._at > room + 8
        self._text(
            self.said, self._at if to_the_left else 2, self._y(0) - 40, words, anchor="end" if to_the_left else "start"
        )
        self.right = max(self.right, self._at + 8, room + 8)

    def _text(self, where: list[str], x: float, y: float, words: str, *, anchor: str = "") -> None:
        placed = f' text-anchor="{anchor}"' if anchor else ""
        where.append(f'<text x="{_number(x)}" y="{_number(y + 4.5)}"{placed}>{escape(words)}</text>')

    def groups(self) -> Iterator[str]:
        """Everything, from what lies below."""
        yield f'<path class="qirjit-wires" d="{"".join(self.wires)}"/>'
        if self.more:
            yield f'<path class="qirjit-wires" stroke-dasharray="2 3" d="{"".join(self.more)}"/>'
        if self.links:
            yield f'<path class="qirjit-link" d="{"".join(self.links)}"/>'
        yield from _group("", self.boxes)
        yield from _group('class="qirjit-link"', self.marks)
        yield from _group('class="qirjit-dots" fill="currentColor" stroke="none"', self.dots)
        words = 'fill="currentColor" stroke="none" pointer-events="none"'
        yield from _group(f'{words} text-anchor="middle"', self.names)
        yield from _group(f'class="qirjit-small" {words} text-anchor="middle" font-size="11"', self.captions)
        yield from _group(f'class="qirjit-small qirjit-said" {words} font-size="11"', self.said)


def _group(attributes: str, parts: Sequence[str]) -> Iterator[str]:
    if parts:
        yield f"<g {attributes}>{''.join(parts)}</g>" if attributes else f"<g>{''.join(parts)}</g>"


def _titled(shape: str, said: str) -> str:
    return f"<g><title>{said}</title>{shape}</g>"


def _width(operation: Operation, place: int) -> float:
    label = gate_label(operation)
    if operation.name == "release":
        return 8
    if place < operation.shape.controls or (label in {"x", "swap"} and operation.shape.qubits > 1):
        return 2 * _TARGET
    width = max(_BOX, len(label) * _CHARACTER + 14)
    if operation.name not in _MEASURED or operation.result is None:
        return width
    return max(width + _METER, len(result_name(operation.result)) * _SMALL)


def _half(operation: Operation, place: int) -> float:
    # How far a link is to stay away from the line.
    in_a_box = place >= operation.shape.controls and gate_label(operation) not in {"x", "swap"}
    return _BOX / 2 if in_a_box else 0


def _plus(x: float, y: float) -> str:
    across = f"M{_number(x - _TARGET)} {_number(y)}h{2 * _TARGET}"
    down = f"M{_number(x)} {_number(y - _TARGET)}v{2 * _TARGET}"
    circle = f'<circle class="qirjit-gate" cx="{_number(x)}" cy="{_number(y)}" r="{_TARGET}"/>'
    return f'{circle}<path d="{across}{down}"/>'


def _cross(x: float, y: float) -> str:
    left, right = _number(x - _CROSS), 2 * _CROSS
    return f"M{left} {_number(y - _CROSS)}l{right} {right}M{left} {_number(y + _CROSS)}l{right} -{right}"


def _meter(x: float, y: float) -> str:
    # A half circle and a needle, 16 pixels wide.
    return f'<path d="M{_number(x)} {_number(y + 5)}a8 8 0 0 1 16 0M{_number(x + 8)} {_number(y + 5)}l5 -10"/>'
