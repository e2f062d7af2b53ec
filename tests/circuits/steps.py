"""What a circuit does, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.unit.matrices import Matrix

Kind = Literal["gate", "measure", "reset", "allocate", "release", "record"]


@dataclass(frozen=True)
class Step:
    """One thing that a circuit does.

    Attributes:
        kind: a gate; a measurement; a reset; an allocation or a release of a qubit or an array; the output of a result.
        qubits: on which, its controls first.
        matrix: the gate's, or what is measured.
        name: the function, without ``__quantum__qis__``; one with ``mreset`` resets its first qubit too.
        angles: the gate's.
        paulis: the numbers of the Pauli operators that the function is given.
        result: where the measurement's outcome goes, or what is output.
        when: the results, and their values, that all must be found; else nothing is done.
    """

    kind: Kind
    qubits: tuple[int, ...] = ()
    matrix: Matrix | None = None
    name: str = ""
    angles: tuple[float, ...] = ()
    paulis: tuple[int, ...] = ()
    result: int = 0
    when: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Circuit:
    """Steps, and what they are about.

    Attributes:
        steps: in their order.
        qubits: how many there are; where they are not allocated all are there from the beginning.
        results: how many there are, all 0 until they are measured.
        allocated: whether its qubits are.
        returned: whether measurements return their results, and are not told where to put them.
    """

    steps: tuple[Step, ...]
    qubits: int
    results: int
    allocated: bool = False
    returned: bool = False
