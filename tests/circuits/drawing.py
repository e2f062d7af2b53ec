"""Random circuits by family; a seed always gives the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.circuits.gates import CLIFFORD, EVERY_GATE, Random, random_gate
from tests.circuits.steps import Circuit, Step
from tests.unit.matrices import MEASUREMENTS, OWN, OWN_MEASUREMENTS, product, width

_RESULTS = 4  # fewer than measurements: results are overwritten
_PUT = tuple(name for name, matrix in MEASUREMENTS.items() if "returning" not in name and width(matrix) <= 2)
_RETURNED = ("m__body", "measure__body", *(name for name in MEASUREMENTS if "__body/returning" in name))
_OWN_PUT, _OWN_RETURNED = ("mz__body", "mresetz__body"), ("m__body",)


@dataclass(frozen=True)
class Family:
    """What circuits are drawn from.

    Attributes:
        number: sets its seeds apart.
        gates: the names of its gates, each as likely as another.
        feedback: how often results decide whether a thing is done; where never, shots may be drawn from one state.
        own: whether it measures with a simulator's own functions alone.
        qubits: how many there are at the least and at the most.
        rounds: how many measurements there are.
        gates_before: how many gates there are before a measurement at the most, for each qubit.
        resets: after how many of a round's gates a qubit is reset, or released and allocated anew.
        quarters: whether rotations are by quarter turns.
        pure: whether what is recorded fixes the state: each measurement has a result of its own, and no qubit is reset
            or allocated.
    """

    number: int
    gates: Sequence[str]
    feedback: float = 0.3
    own: bool = False
    qubits: tuple[int, int] = (1, 5)
    rounds: int = 6
    gates_before: int = 3
    resets: float = 0.05
    quarters: bool = False
    pure: bool = False


_MOSTLY_OWN = (*(name for name in OWN for _ in range(8)), *(name for name in EVERY_GATE if "/" not in name))
ADAPTIVE = Family(1, _MOSTLY_OWN)
ADAPTIVE_CLIFFORD = Family(2, CLIFFORD, own=True, quarters=True)
STRAIGHT = Family(3, tuple(OWN), feedback=0, own=True)
# Each reset is a wire more where shots are drawn: many are for a stabilizer simulator.
STRAIGHT_CLIFFORD = Family(4, CLIFFORD, feedback=0, own=True, qubits=(3, 5), gates_before=8, resets=0.15, quarters=True)
DEEP = Family(7, _MOSTLY_OWN, feedback=0.7, rounds=10, gates_before=2, resets=0.3)
COLLAPSING = Family(6, _MOSTLY_OWN, pure=True, resets=0.0)


@dataclass
class _Drawing:
    family: Family
    random: Random
    qubits: int
    allocated: bool
    returned: bool
    steps: list[Step] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    arrays: list[tuple[int, ...]] = field(default_factory=list)  # of the live ones those that were allocated together
    measured: set[int] = field(default_factory=set)  # and not reset since
    written: set[int] = field(default_factory=set)

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def some(self, count: int = 1) -> tuple[int, ...]:
        return tuple(int(q) for q in self.random.permutation(np.array(self.live))[:count])

    def when(self) -> tuple[tuple[int, int], ...]:
        if not self.family.feedback or not self.written or not self.chance(self.family.feedback):
            return ()
        count = min(len(self.written), int(self.random.integers(1, 3)))
        results = self.random.permutation(np.array(sorted(self.written)))[:count]
        return tuple((int(result), int(self.random.integers(2))) for result in results)

    def gate(self) -> None:
        fixed = frozenset() if self.family.feedback else frozenset(self.measured)
        step = random_gate(self.random, self.family.gates, self.live, fixed, quarters=self.family.quarters)
        self.add(step, self.when())

    def add(self, step: Step, when: tuple[tuple[int, int], ...] = ()) -> None:
        self.steps.append(_conditional(step, when))

    def promote(self) -> None:
        """A reset, or a release and an allocation, of which others may come in between."""
        qubits, when = self.some(), self.when()
        together = next((array for array in self.arrays if qubits[0] in array), qubits)
        if not self.allocated or len(self.live) == len(together) or self.chance(0.3):
            self.measured.difference_update(qubits)
            self.add(Step("reset", qubits), when)
        elif together is qubits and (when or self.chance(0.3)):
            self.measured.difference_update(qubits)
            self.add(Step("release", qubits), when)
            self.add(Step("allocate", qubits), when)
        else:
            self.release(together)

    def release(self, qubits: tuple[int, ...]) -> None:
        self.add(Step("release", qubits))
        self.measured.difference_update(qubits)
        self.live = [qubit for qubit in self.live if qubit not in qubits]
        self.arrays = [array for array in self.arrays if array != qubits]

    def allocate(self) -> None:
        """A qubit or an array of them, where some are missing."""
        missing = [qubit for qubit in range(self.qubits) if qubit not in self.live]
        if missing:
            count = 1 if self.chance(0.5) else min(len(missing), int(self.random.integers(2, 4)))
            qubits = tuple(int(qubit) for qubit in self.random.permutation(np.array(missing))[:count])
            self.add(Step("allocate", qubits))
            self.live += qubits
            if count > 1:
                self.arrays.append(qubits)

    def measure(self) -> None:
        result = len(self.written) if self.family.pure else int(self.random.integers(_RESULTS))
        when = self.when()
        own = self.family.own or self.chance(0.6)
        names = (_OWN_RETURNED if own else _RETURNED) if self.returned else (_OWN_PUT if own else _PUT)
        step = self.measurement(str(self.random.choice(names)), result)
        self.add(step, when)
        self.written.add(result)
        if "mreset" in step.name:
            self.measured.discard(step.qubits[0])
        else:
            self.measured.update(step.qubits)
        if self.chance(0.3):
            self.add(Step("record", result=result))

    def measurement(self, name: str, result: int) -> Step:
        if name == "measure__body":
            qubits = self.some(3)
            paulis = tuple(self.random.integers(0, 4, len(qubits)).tolist())
            return Step("measure", qubits, product(paulis), name, paulis=paulis, result=result)
        matrix = OWN_MEASUREMENTS[name] if name in OWN_MEASUREMENTS else MEASUREMENTS[name]
        if width(matrix) > len(self.live):
            return self.measurement("mz__body", result)
        return Step("measure", self.some(width(matrix)), matrix, name, result=result)


def _conditional(step: Step, when: tuple[tuple[int, int], ...]) -> Step:
    return Step(step.kind, step.qubits, step.matrix, step.name, step.angles, step.paulis, step.result, when)


def random_circuit(family: Family, seed: int) -> Circuit:
    """Gates, measurements, conditions, resets, and qubits that are released and allocated again."""
    random = np.random.default_rng([family.number, seed])
    qubits = int(random.integers(family.qubits[0], family.qubits[1] + 1))
    allocated, returned = random.random(2) < (0.0 if family.pure else 0.5)
    drawing = _Drawing(family, random, qubits, bool(allocated), bool(returned))
    if drawing.allocated:
        for _ in range(int(random.integers(1, qubits + 1))):
            drawing.allocate()
    else:
        drawing.live = list(range(qubits))
    for _ in range(family.rounds):
        for _ in range(int(random.integers(1, family.gates_before * qubits + 2))):
            drawing.gate()
            if drawing.chance(family.resets):
                drawing.promote()
            if drawing.chance(0.2):
                drawing.allocate()
        drawing.measure()
    results = family.rounds if family.pure else _RESULTS
    for result in range(results):
        drawing.add(Step("record", result=result))
    while drawing.allocated and drawing.live:
        drawing.release(drawing.arrays[0] if drawing.arrays else (drawing.live[0],))
    return Circuit(tuple(drawing.steps), qubits, results, drawing.allocated, drawing.returned)
