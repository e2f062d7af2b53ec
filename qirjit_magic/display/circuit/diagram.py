"""`CircuitDiagram`: what one shot of a program does, as SVG and text, with its figures."""

from __future__ import annotations

from qirjit_magic.results.traced_circuit import TracedCircuit

SHOWN_COLUMNS = 200
SHOWN_QUBITS = 40
TEXT_WIDTH = 100
SVG_WIDTH = 800  # what most notebooks have beside their prompts


class CircuitDiagram(TracedCircuit):
    """A diagram of what one shot of an entry point does to qubits, until it reads a result; a notebook shows it.

    Example:
        >>> diagram = session.circuit("bell")
        >>> diagram.width, diagram.depth, diagram.two_qubit_count
        (2, 3, 1)
        >>> diagram.svg().startswith("<svg")
        True
    """

    __slots__ = ()

    def svg(self, *, columns: int = SHOWN_COLUMNS, qubits: int = SHOWN_QUBITS, width: int = SVG_WIDTH) -> str:
        """Draw the circuit as an SVG document, which can be written to a file.

        Args:
            columns: the number of columns that are drawn; of a longer circuit the first three quarters and the last
                quarter.
            qubits: the number of qubits that have a line.
            width: the pixels after which the circuit goes on in the next row.
        """
        from qirjit_magic.display.circuit.layout import lay_out  # noqa: PLC0415 - a session may draw none
        from qirjit_magic.display.circuit.svg import svg_of  # noqa: PLC0415 - likewise

        return svg_of(self, lay_out(self.traced, columns=columns, qubits=qubits), width=width)

    def text(self, *, columns: int = SHOWN_COLUMNS, qubits: int = SHOWN_QUBITS, width: int = TEXT_WIDTH) -> str:
        """Draw the circuit in characters, with its figures.

        Args:
            columns: the number of columns that are drawn; of a longer circuit the first three quarters and the last
                quarter.
            qubits: the number of qubits that have a line.
            width: the characters after which the circuit goes on in the next row.
        """
        from qirjit_magic.display.circuit.layout import lay_out  # noqa: PLC0415 - a session may draw none
        from qirjit_magic.display.circuit.text import text_of  # noqa: PLC0415 - likewise

        return text_of(self, lay_out(self.traced, columns=columns, qubits=qubits), width=width)

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - the signature is IPython's
        exclude: object = None,  # noqa: ARG002 - likewise
    ) -> dict[str, str]:
        from qirjit_magic.display.circuit.svg import circuit_html  # noqa: PLC0415 - a session may draw none

        text = self.text()
        page = circuit_html(self, columns=SHOWN_COLUMNS, qubits=SHOWN_QUBITS, width=SVG_WIDTH, text=text)
        return {"text/plain": text, "text/html": page}
