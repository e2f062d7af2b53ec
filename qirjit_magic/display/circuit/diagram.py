"""`CircuitDiagram`: what one shot of a program does, as SVG and text, with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from qirjit_magic.protocol.circuit_operations import NOT_COUNTED, SHAPES, Operation, TraceEnd
from qirjit_magic.protocol.messages import CircuitReply

SHOWN_COLUMNS = 200
SHOWN_QUBITS = 40
TEXT_WIDTH = 100
SVG_WIDTH = 800  # what most notebooks have beside their prompts


@dataclass(frozen=True, slots=True)
class CircuitDiagram:
    """What one shot of an entry point does to qubits, until it reads a result; a notebook shows it.

    Attributes:
        module: the module.
        entry: the entry point.
        traced: what the trace found: the first and the last operations, and figures of all of them.
    """

    module: str
    entry: str
    traced: CircuitReply = field(repr=False)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations in their order; where `left_out` is above 0, the first and the last of them."""
        return (*self.traced.first, *self.traced.last)

    @property
    def left_out(self) -> int:
        """How many operations are not in `operations`."""
        return self.traced.left_out

    @property
    def gate_counts(self) -> dict[str, int]:
        """How often each gate, measurement and reset comes, by its QIR name; the most frequent first."""
        counted = {name: count for name, count in self.traced.counts.items() if name not in NOT_COUNTED}
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    @property
    def depth(self) -> int:
        """How many gates, measurements and resets the longest way through the circuit has."""
        return self.traced.depth

    @property
    def two_qubit_count(self) -> int:
        """How many gates on two qubits there are."""
        return sum(count for name, count in self.gate_counts.items() if SHAPES[name].qubits == 2)  # noqa: PLR2004 - as said

    @property
    def width(self) -> int:
        """How many qubits anything is done on."""
        return self.traced.width

    @property
    def end(self) -> TraceEnd | None:
        """Why it ends before the program does; None where it does not."""
        return self.traced.end

    def svg(self, *, columns: int = SHOWN_COLUMNS, qubits: int = SHOWN_QUBITS, width: int = SVG_WIDTH) -> str:
        """The picture as an SVG document, which can be written to a file.

        Args:
            columns: how many columns are drawn; of a longer circuit the first three quarters and the last quarter.
            qubits: how many qubits have a line.
            width: the pixels after which the circuit goes on in the next row.
        """
        from qirjit_magic.display.circuit.layout import laid_out  # noqa: PLC0415 - a session may draw none
        from qirjit_magic.display.circuit.svg import svg_of  # noqa: PLC0415 - likewise

        return svg_of(self, laid_out(self.traced, columns=columns, qubits=qubits), width=width)

    def text(self, *, columns: int = SHOWN_COLUMNS, qubits: int = SHOWN_QUBITS, width: int = TEXT_WIDTH) -> str:
        """The picture and its figures in characters; the arguments are those of `svg`, ``width`` in characters."""
        from qirjit_magic.display.circuit.layout import laid_out  # noqa: PLC0415 - a session may draw none
        from qirjit_magic.display.circuit.text import text_of  # noqa: PLC0415 - likewise

        return text_of(self, laid_out(self.traced, columns=columns, qubits=qubits), width=width)

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the signature is IPython's
        exclude: object = None,  # noqa: ARG002 - likewise
    ) -> dict[str, str]:
        from qirjit_magic.display.circuit.page import page_of  # noqa: PLC0415 - a session may draw none

        text = self.text()
        page = page_of(self, columns=SHOWN_COLUMNS, qubits=SHOWN_QUBITS, width=SVG_WIDTH, text=text)
        return {"text/plain": text, "text/html": page}
