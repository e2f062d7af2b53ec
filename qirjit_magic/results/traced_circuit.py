"""`TracedCircuit`: what one shot of a program asks a simulator for, with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from qirjit_magic.protocol.messages import CircuitReply
from qirjit_magic.protocol.operations import NOT_COUNTED, SHAPES, Operation, TraceEnd


@dataclass(frozen=True, slots=True)
class TracedCircuit:
    """The operations of one shot of an entry point on qubits, until it reads a result.

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
        """The number of operations that are not in `operations`."""
        return self.traced.left_out

    @property
    def gate_counts(self) -> dict[str, int]:
        """The number of each gate, measurement and reset by its QIR name; the most frequent first."""
        counted = {name: count for name, count in self.traced.counts.items() if name not in NOT_COUNTED}
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    @property
    def depth(self) -> int:
        """The number of gates, measurements and resets on the longest way through the circuit."""
        return self.traced.depth

    @property
    def two_qubit_count(self) -> int:
        """The number of gates on two qubits."""
        return sum(count for name, count in self.gate_counts.items() if SHAPES[name].qubits == 2)  # noqa: PLR2004 - as said

    @property
    def width(self) -> int:
        """The number of qubits that anything is done on."""
        return self.traced.width

    @property
    def end(self) -> TraceEnd | None:
        """Why it ends before the program does; None where it does not."""
        return self.traced.end
