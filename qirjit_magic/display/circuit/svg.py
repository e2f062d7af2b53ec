"""A circuit as SVG, which is readable where no style sheet reaches it too."""

from __future__ import annotations

from html import escape

from qirjit_magic.display.circuit.circuit_labels import end_text, title
from qirjit_magic.display.circuit.drawing import Drawing
from qirjit_magic.display.circuit.layout import CircuitLayout
from qirjit_magic.display.labels import number as counted
from qirjit_magic.results.traced_circuit import TracedCircuit

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
