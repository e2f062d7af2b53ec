"""A circuit as HTML: the picture, its figures beside it, what there is to say, and all of it as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qirjit_magic.display.circuit.circuit_labels import figures, notes, title
from qirjit_magic.display.circuit.layout import laid_out
from qirjit_magic.display.circuit.svg import svg_of
from qirjit_magic.display.style import drawn, styled
from qirjit_magic.results.traced_circuit import TracedCircuit

_ROWS = 6  # of a table: more kinds of operations stand in another one
_CHOICE = (
    '<div class="qirjit-choices" style="display:none">'
    '<label><input type="checkbox" class="qirjit-as-table"> as text</label></div>'
)


def page_of(circuit: TracedCircuit, *, columns: int, qubits: int, width: int, text: str) -> str:
    """The HTML, which brings its style with it.

    Args:
        circuit: what is shown.
        columns: how many columns are drawn.
        qubits: how many qubits have a line.
        width: the pixels of a row.
        text: the same in characters, for readers of screens and pages that show no SVG.
    """
    layout = laid_out(circuit.traced, columns=columns, qubits=qubits)
    picture = drawn(svg_of(circuit, layout, width=width), "qirjit-scroll qirjit-tall")
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
