"""The circuits that are measured, as lists of steps that belong to no library."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import pi

DEPTH = 10  # layers of a dense circuit
_ROTATIONS = ("rx", "ry", "rz")


@dataclass(frozen=True, slots=True)
class Step:
    """A gate, a measurement (``mz``) or a ``reset``.

    Attributes:
        name: QIR's word for it, without prefix: ``h``, ``rx``, ``cx``, …
        qubits: the controls first.
        angle: in radians, None for a gate without one.
        result: where a measurement leaves its result.
        only_if: the result that has to be 1 for this gate to be applied, None for a gate that always is.
    """

    name: str
    qubits: tuple[int, ...]
    angle: float | None = None
    result: int | None = None
    only_if: int | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """Steps on qubits that begin in 0, and the results that are recorded at the end."""

    qubits: int
    results: int
    steps: tuple[Step, ...] = field(repr=False)
    recorded: tuple[int, ...] = field(repr=False)

    @property
    def has_feedback(self) -> bool:
        """Whether what is done depends on a result."""
        return any(step.only_if is not None for step in self.steps)

    @property
    def gates(self) -> tuple[Step, ...]:
        """The steps that are no measurements at the end; a circuit with other measurements has them among these."""
        last = max((at for at, step in enumerate(self.steps) if step.name != "mz"), default=-1)
        return self.steps[: last + 1]

    @property
    def measures_at_the_end_only(self) -> bool:
        """Whether all its measurements come after all its gates, and nothing is reset."""
        return not any(step.name in {"mz", "reset"} for step in self.gates)

    @property
    def is_clifford(self) -> bool:
        """Whether a stabilizer simulator can run it."""
        return not any(step.name in {"t", *_ROTATIONS} for step in self.steps)


def fused_passes(circuit: Circuit) -> int:
    """How many matrices on pairs of qubits the gates come to: each gate on one qubit becomes a part of a neighbour.

    A gate on two qubits joins the one before it where that was the last on both of them.
    """
    last: dict[int, frozenset[int]] = {}
    alone: set[int] = set()
    passes = 0
    for step in circuit.gates:
        pair = frozenset(step.qubits)
        if len(pair) == 1:
            alone |= pair - last.keys()
            continue
        if any(last.get(qubit) != pair for qubit in pair):
            passes += 1
        last.update(dict.fromkeys(pair, pair))
    return passes + (len(alone - last.keys()) + 1) // 2


def _measured(qubits: int, gates: Iterable[Step], measured: int | None = None) -> Circuit:
    count = qubits if measured is None else measured
    measurements = (Step("mz", (qubit,), result=qubit) for qubit in range(count))
    return Circuit(qubits, count, (*gates, *measurements), tuple(range(count)))


def ghz(qubits: int) -> Circuit:
    """All qubits the same, 0 or 1; of two qubits, the Bell pair."""
    return _measured(qubits, (Step("h", (0,)), *(Step("cx", (q, q + 1)) for q in range(qubits - 1))))


def dense(qubits: int, seed: int = 0) -> Circuit:
    """A random circuit that leaves no amplitude at zero: in each layer a gate on each qubit, and cx on pairs."""
    generator = random.Random(seed)  # noqa: S311 - the same circuit each time
    return _measured(qubits, _layers(generator, qubits))


def _layers(generator: random.Random, qubits: int) -> Iterator[Step]:
    for layer in range(DEPTH):
        for qubit in range(qubits):
            name = generator.choice([*_ROTATIONS, "h", "t"])
            yield Step(name, (qubit,), round(generator.uniform(0, 6.28), 6) if name in _ROTATIONS else None)
        for qubit in range(layer % 2, qubits - 1, 2):
            yield Step("cx", (qubit, qubit + 1))


def fourier(qubits: int) -> Circuit:
    """The quantum Fourier transform of the number 1, controlled phases in terms of rz and cx."""
    gates = [Step("x", (0,))]
    for target in reversed(range(qubits)):
        gates.append(Step("h", (target,)))
        for control in reversed(range(target)):
            gates += _controlled_phase(pi / (1 << (target - control)), control, target)
    return _measured(qubits, gates)


def _controlled_phase(angle: float, control: int, target: int) -> Iterator[Step]:
    yield Step("rz", (control,), angle / 2)
    yield Step("cx", (control, target))
    yield Step("rz", (target,), -angle / 2)
    yield Step("cx", (control, target))
    yield Step("rz", (target,), angle / 2)


def bernstein_vazirani(qubits: int) -> Circuit:
    """Finds a hidden word, every second bit of which is 1; the last qubit is the oracle's and is not measured."""
    oracle, rest = qubits - 1, range(qubits - 1)
    opening = (Step("x", (oracle,)), *(Step("h", (q,)) for q in range(qubits)))
    asked = (Step("cx", (q, oracle)) for q in rest if q % 2 == 0)
    return _measured(qubits, (*opening, *asked, *(Step("h", (q,)) for q in rest)), oracle)


def teleportation() -> Circuit:
    """The state of qubit 0, turned by 0.9 about Y, goes to qubit 2 by two measurements that decide what is done there.

    Result 2, the only one that is recorded, is 1 with probability sin²(0.45) = 0.1892.
    """
    return Circuit(
        3,
        3,
        (
            Step("ry", (0,), 0.9),
            Step("h", (1,)),
            Step("cx", (1, 2)),
            Step("cx", (0, 1)),
            Step("h", (0,)),
            Step("mz", (0,), result=0),
            Step("mz", (1,), result=1),
            Step("x", (2,), only_if=1),
            Step("z", (2,), only_if=0),
            Step("mz", (2,), result=2),
        ),
        (2,),
    )


def phase_estimation(bits: int = 4, fair_lock: float = 0.3) -> Circuit:
    """Iterative phase estimation of a phase gate: one qubit asks for each bit in turn, the lowest one first.

    The phase is ``fair_lock`` of a full one; what was found turns the next question back. Result 0 is the highest bit.
    """
    steps = [Step("x", (1,))]
    for bit in reversed(range(bits)):
        steps.append(Step("h", (0,)))
        steps += _controlled_phase(2 * pi * fair_lock * (1 << bit), 0, 1)
        for lower in range(bit + 1, bits):
            steps.append(Step("rz", (0,), -pi / (1 << (lower - bit)), only_if=lower))
        steps += [Step("h", (0,)), Step("mz", (0,), result=bit), Step("reset", (0,))]
    return Circuit(2, bits, tuple(steps), tuple(range(bits)))


def straight_line(gates: int) -> Circuit:
    """This many gates on four qubits: h, cx and rz by turns."""
    return _measured(4, (_turn(turn) for turn in range(gates)))


def _turn(turn: int) -> Step:
    qubit = turn % 4
    match turn % 3:
        case 0:
            return Step("h", (qubit,))
        case 1:
            return Step("cx", (qubit, (qubit + 1) % 4))
        case _:
            return Step("rz", (qubit,), 0.5)
