"""A circuit as SVG, readable where no style sheet reaches it too, and as the HTML that a notebook shows around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from qirjit_magic.display.circuit.circuit_labels import (
    end_text,
    figures,
    gate_label,
    notes,
    qubit_name,
    result_name,
    sentence,
    title,
)
from qirjit_magic.display.circuit.layout import CircuitLayout, PlacedColumn, PlacedOperation, lay_out
from qirjit_magic.display.labels import count_text as counted
from qirjit_magic.display.style import guarded_picture, styled
from qirjit_magic.protocol.operations import Operation
from qirjit_magic.results.traced_circuit import TracedCircuit

_ROWS = 6  # of a table: more kinds of operations stand in another one
_CHOICE = (
    '<div class="qirjit-choices" style="display:none">'
    '<label><input type="checkbox" class="qirjit-as-table"> as text</label></div>'
)


def circuit_html(circuit: TracedCircuit, *, columns: int, qubits: int, width: int, text: str) -> str:
    """The circuit as HTML that brings its style with it.

    Args:
        circuit: what is shown.
        columns: how many columns are drawn.
        qubits: how many qubits have a line.
        width: the pixels of a row.
        text: the same in characters, for readers of screens and pages that show no SVG.
    """
    layout = lay_out(circuit.traced, columns=columns, qubits=qubits)
    picture = guarded_picture(svg_of(circuit, layout, width=width), "qirjit-scroll qirjit-tall")
    numbers = figures(circuit)
    parts = [numbers[:3], *(numbers[start : start + _ROWS] for start in range(3, len(numbers), _ROWS))]
    tables = f'<div class="qirjit-beside">{"".join(map(_table, parts))}</div>'
    said = "".join(f'<div class="qirjit-note">{escape(note)}</div>' for note in notes(circuit, layout))
    # Where there is a picture, the style sheet hides the text until the box is ticked; screen readers have it always.
    return styled(
        f'<div class="qirjit-views"><div class="qirjit-title">{escape(title(circuit))}</div>'
        f'<div class="qirjit-beside">{picture}{tables}</div>{said}{_CHOICE}'
        f'<pre class="qirjit-text qirjit-circuit-text qirjit-numbers">{escape(text)}</pre></div>'
    )


def _table(numbers: Sequence[tuple[str, int]]) -> str:
    rows = "".join(
        f'<tr><th scope="row" class="qirjit-soft">{escape(name)}</th><td class="qirjit-number">{count:,}</td></tr>'
        for name, count in numbers
    )
    return f'<table class="qirjit-table"><tbody>{rows}</tbody></table>'


BOX = 28  # as high as it is wide where its text is short
CHARACTER, SMALL = 7.9, 6.7  # how wide one is at most, in a box and in a caption
_DOT, _TARGET, _CROSS, _BAR = 4, 9, 6, 9
_METER = 22
_IN_A_BOX, _ENDS = 14, 8  # room beside the text, room of the end of a line


def number(value: float) -> str:
    """A number as short as it can be, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def titled(shape: str, said: str) -> str:
    """A shape with a tooltip."""
    return f"<g><title>{escape(said)}</title>{shape}</g>"


def placed_text(x: float, y: float, words: str, *, anchor: str = "") -> str:
    """Words whose middle is at this height."""
    placed = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y + 4.5)}"{placed}>{escape(words)}</text>'


def is_measured(operation: Operation) -> bool:
    """Return whether it is a measurement."""
    return operation.result is not None


def is_boxed(operation: Operation, place: int) -> bool:
    """Return whether an operation has a box on its qubit of this place; a dot, a target and a cross are none."""
    return place >= operation.shape.controls and not operation.shape.sign and operation.name != "release"


def sign_width(operation: Operation, place: int) -> float:
    """The width of an operation on its qubit of this place."""
    if operation.name == "release":
        return _ENDS
    if not is_boxed(operation, place):
        return 2 * _TARGET
    box = max(BOX, len(gate_label(operation)) * CHARACTER + _IN_A_BOX)
    if operation.result is None:
        return box
    return max(box + _METER, len(result_name(operation.result)) * SMALL)


def boxed(operation: Operation, x: float, y: float, wide: float) -> tuple[str, float]:
    """A box with its middle there, with a meter in it where it measures; and where the middle of its text is."""
    kind = "measure" if is_measured(operation) else _kind(operation)
    left = x - wide / 2
    drawn = (
        f'<rect class="qirjit-{kind}" x="{number(left)}" y="{number(y - BOX / 2)}" width="{number(wide)}" '
        f'height="{BOX}" rx="5"/>'
    )
    if not is_measured(operation):
        return drawn, x
    return drawn + _meter(left + 7, y), x + _METER / 2


def _kind(operation: Operation) -> str:
    return "turn" if operation.shape.angle else "reset" if operation.name == "reset" else "gate"


def _meter(x: float, y: float) -> str:
    # A half circle and a needle, 16 pixels wide.
    return f'<path d="M{number(x)} {number(y + 5)}a8 8 0 0 1 16 0M{number(x + 8)} {number(y + 5)}l5 -10"/>'


def dot(x: float, y: float) -> str:
    """A control."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{_DOT}"/>'


def target(x: float, y: float) -> str:
    """The x of a controlled gate."""
    across = f"M{number(x - _TARGET)} {number(y)}h{2 * _TARGET}"
    down = f"M{number(x)} {number(y - _TARGET)}v{2 * _TARGET}"
    circle = f'<circle class="qirjit-gate" cx="{number(x)}" cy="{number(y)}" r="{_TARGET}"/>'
    return f'{circle}<path d="{across}{down}"/>'


def cross(x: float, y: float) -> str:
    """An end of a swap."""
    left, size = number(x - _CROSS), 2 * _CROSS
    return f'<path d="M{left} {number(y - _CROSS)}l{size} {size}M{left} {number(y + _CROSS)}l{size} -{size}"/>'


def bar(x: float, y: float) -> str:
    """The end of the line of a qubit that is released."""
    return f'<path d="M{number(x)} {number(y - _BAR)}v{2 * _BAR}"/>'


_LINE, _PAD = 46, 9  # pixels: from line to line, left and right of a column
_ABOVE, _HEADLINE, _BELOW = 36, 16, 26  # room over the first line for captions, over these, and under the last line
_BEGINS, _GOES_ON = 4, 12  # of a line that begins in the row, of one that goes on from the row before
_INK = 'fill="currentColor" stroke="none"'
_WORDS = f'{_INK} pointer-events="none"'


@dataclass
class Drawing:
    """A drawing so far, in groups of one colour; `svg.svg_of` fills it.

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
    _end_notes: list[str] = field(default_factory=list)

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
            self._names.append(placed_text(2, self._y(line), qubit_name(qubit), anchor="start"))
        if self.layout.hidden:
            words = f"⋮ {counted(self.layout.hidden, 'more qubit')}"
            self._captions.append(placed_text(2, self._y(self._lines), words, anchor="start"))

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

    def put(self, column: PlacedColumn) -> None:
        """Draw a column of operations, in this row or the next."""
        width = max(sign_width(one.operation, place) for one in column for place in range(len(one.lines)))
        self._make_room(width + 2 * _PAD)
        middle = self._at + _PAD + width / 2
        for one in column:
            self._link(one, middle)
            for place, line in enumerate(one.lines):
                if line < self._lines:
                    self._sign(one, place, middle, line)
        self._at += width + 2 * _PAD

    def _sign(self, one: PlacedOperation, place: int, x: float, line: int) -> None:
        operation, y = one.operation, self._y(line)
        said = sentence(operation)
        if is_boxed(operation, place):
            self._box(one, place, x, line)
            return
        self._wire_to(line, x, x)
        if operation.name == "release":
            self._marks.append(titled(bar(x, y), said))
            self._pens[line] = None
        elif place < operation.shape.controls:
            self._dots.append(titled(dot(x, y), said))
        else:
            sign = cross if operation.shape.sign == "cross" else target
            self._marks.append(titled(sign(x, y), said))

    def _box(self, one: PlacedOperation, place: int, x: float, line: int) -> None:
        operation, y = one.operation, self._y(line)
        wide = sign_width(operation, place)
        self._wire_to(line, x - wide / 2, x + wide / 2)
        box, middle = boxed(operation, x, y, wide)
        self._boxes.append(titled(box, sentence(operation)))
        self._names.append(placed_text(middle, y, gate_label(operation)))
        if operation.result is not None:
            self._measured[operation.result] = line
            self._captions.append(placed_text(x, y - BOX / 2 - 7, result_name(operation.result)))

    def _link(self, one: PlacedOperation, x: float) -> None:
        # From each of its lines to the next, outside of boxes.
        places = {line: place for place, line in enumerate(one.lines)}
        for upper, lower in pairwise(sorted(places)):
            above = BOX / 2 if is_boxed(one.operation, places[upper]) else 0
            below = BOX / 2 if is_boxed(one.operation, places[lower]) or lower == self._lines else 0
            self._links.append(f"M{number(x)} {number(self._y(upper) + above)}V{number(self._y(lower) - below)}")

    def leave_out(self, words: str) -> None:
        """Draw a gap in every line."""
        width = len(words) * SMALL + 16
        self._make_room(width)
        middle = self._at + width / 2
        for line in range(self._lines):
            if self._pens[line] is not None:
                self._wire_to(line, middle - 14, middle + 14)
                self._names.append(placed_text(middle, self._y(line), "⋯"))
        self._captions.append(placed_text(middle, self._y(0) - 38, words))
        self._at += width
        self._measured.clear()  # there may be others in the gap

    def end(self) -> None:
        """Draw the ends of the lines, where the program ends."""
        self._at += 8
        self._finish_lines()

    def mark_end(self, words: str, result: int | None) -> None:
        """Draw the ends of the lines where the trace ended, because of this result or of none."""
        name = "" if result is None else f"{result_name(result)}?"
        read = self._measured.get(-1 if result is None else result)
        width = len(name) * SMALL
        self._make_room(width + 30)
        self._at += width + 18
        for line in range(self._lines):
            self._wire_to(line, self._at - (width + 12 if line == read else 0))
        if read is not None:
            self._end_notes.append(placed_text(self._at - 6, self._y(read), name, anchor="end"))
        over = _HEADLINE * (self.headlines - 1)  # what is left out is said below
        down = f"M{number(self._at)} {number(self._y(0) - 30 - over)}V{number(self._y(self._lines - 1) + 16)}"
        self._marks.append(f'<path class="qirjit-end" stroke-dasharray="5 4" d="{down}"/>')
        room = len(words) * SMALL + 8
        x, anchor = (self._at, "end") if self._at > room else (2, "start")
        self._end_notes.append(placed_text(x, self._y(0) - 40 - over, words, anchor=anchor))
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
        yield from _group(f'class="qirjit-small qirjit-said" {_WORDS} font-size="11"', self._end_notes)


def _group(attributes: str, parts: Sequence[str]) -> Iterator[str]:
    if parts:
        yield f"<g {attributes}>{''.join(parts)}</g>"


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


def svg_of(circuit: TracedCircuit, layout: CircuitLayout, *, width: int) -> str:
    """The picture as a document of its own.

    Args:
        circuit: what is drawn.
        layout: where everything stands.
        width: the pixels after which the circuit goes on in the next row.
    """
    if not layout.qubits:
        return _document(circuit, 180, 30, '<text x="4" y="20" fill="currentColor" stroke="none">no operation</text>')
    drawing = Drawing(layout, width, headlines=(circuit.end is not None) + (layout.left_out > 0))
    for column in layout.first:
        drawing.put(column)
    if layout.left_out:
        drawing.leave_out(f"{counted(layout.left_out, 'operation')} left out")
    for column in layout.last:
        drawing.put(column)
    if circuit.end is None:
        drawing.end()
    else:
        drawing.mark_end(end_text(circuit.end), circuit.end.result)
    return _document(circuit, *drawing.size, "".join(drawing.groups()))


def _document(circuit: TracedCircuit, width: float, height: float, content: str) -> str:
    name = f"Circuit of {escape(title(circuit))}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qirjit-circuit" role="img" aria-label="{name}" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" color="#767676" fill="none" '
        f'stroke="currentColor" stroke-width="1.4" font-family="monospace" font-size="13">'
        f"<title>{name}</title><style>{_STYLE}</style>{content}</svg>"
    )
