"""The signs of a circuit in SVG, and how much room each takes, in pixels."""

from __future__ import annotations

from html import escape

from qirjit_magic.display.circuit.circuit_labels import gate_label, result_name
from qirjit_magic.protocol.circuit_operations import Operation

BOX = 28  # as high as it is wide where its text is short
CHARACTER, SMALL = 7.9, 6.7  # how wide one is at most, in a box and in a caption
_DOT, _TARGET, _CROSS, _BAR = 4, 9, 6, 9
_METER = 22
_IN_A_BOX, _ENDS = 14, 8  # room beside the text, room of the end of a line
_KINDS = {**dict.fromkeys(("rx", "ry", "rz", "rxx", "ryy", "rzz"), "turn"), "reset": "reset"}


def number(value: float) -> str:
    """A number as short as it can be, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def titled(shape: str, said: str) -> str:
    """A shape that says what it is where a mouse is over it."""
    return f"<g><title>{escape(said)}</title>{shape}</g>"


def text(x: float, y: float, words: str, *, anchor: str = "") -> str:
    """Words whose middle is at this height."""
    placed = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y + 4.5)}"{placed}>{escape(words)}</text>'


def is_measured(operation: Operation) -> bool:
    """Whether it is a measurement."""
    return operation.result is not None


def is_boxed(operation: Operation, place: int) -> bool:
    """Whether an operation has a box on its qubit of this place: a dot, a target and a cross are signs without one."""
    without = operation.name in {"cx", "ccx", "swap", "release"}
    return place >= operation.shape.controls and not without


def width(operation: Operation, place: int) -> float:
    """How wide an operation is on its qubit of this place."""
    if operation.name == "release":
        return _ENDS
    if not is_boxed(operation, place):
        return 2 * _TARGET
    box = max(BOX, len(gate_label(operation)) * CHARACTER + _IN_A_BOX)
    if operation.result is None:
        return box
    return max(box + _METER, len(result_name(operation.result)) * SMALL)


def box(operation: Operation, x: float, y: float, wide: float) -> tuple[str, float]:
    """A box with its middle there, with a meter in it where it measures; and where the middle of its text is."""
    kind = "measure" if is_measured(operation) else _KINDS.get(operation.name, "gate")
    left = x - wide / 2
    drawn = (
        f'<rect class="qirjit-{kind}" x="{number(left)}" y="{number(y - BOX / 2)}" width="{number(wide)}" '
        f'height="{BOX}" rx="5"/>'
    )
    if not is_measured(operation):
        return drawn, x
    return drawn + _meter(left + 7, y), x + _METER / 2


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
