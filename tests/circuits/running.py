"""Circuits run by a session: how often each string of results came, and the states at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from qirjit_magic.options import Method
from qirjit_magic.protocol.simulator_specs import AUTO, STABILIZER, simulator_names
from qirjit_magic.session.session import Session
from tests.circuits.drawing import ADAPTIVE, ADAPTIVE_CLIFFORD, STRAIGHT, STRAIGHT_CLIFFORD, Family
from tests.circuits.gates import CLIFFORD
from tests.circuits.steps import Circuit
from tests.circuits.writing import write
from tests.unit.matrices import Matrix

_AMPLITUDE = re.compile(r"\|(\d+)⟩: (-?[\d.]+)([+-][\d.]+)i")
_FEW = {"sparse": 1_000}  # shots where they take long
_SHOTS = 10_000
_TOGETHER = 10  # circuits in a module: in longer ones nobody looks where a returned result goes
FAMILIES = {
    "adaptive": ADAPTIVE,
    "adaptive-clifford": ADAPTIVE_CLIFFORD,
    "straight": STRAIGHT,
    "straight-clifford": STRAIGHT_CLIFFORD,
}
LIVE = tuple(name for name in simulator_names() if name not in {AUTO.name, STABILIZER.name})


@dataclass(frozen=True)
class Way:
    """How circuits are run."""

    simulator: str
    method: Method
    shots: int

    def __str__(self) -> str:
        return f"{self.simulator}-{self.method}"

    def takes(self, family: Family) -> bool:
        """Whether it can run all circuits of a family."""
        clifford = family.gates == CLIFFORD and family.quarters and family.own
        return (clifford or self.simulator != STABILIZER.name) and (self.method == "live" or not family.feedback)


SAMPLED = tuple(Way(spec.name, "sampled", _SHOTS) for spec in (AUTO, STABILIZER))
WAYS = (*(Way(name, "live", _FEW.get(name, _SHOTS)) for name in LIVE), *SAMPLED)


def load(session: Session, circuits: Mapping[str, Circuit], *, dumped: bool = False) -> dict[str, str]:
    """Add modules with these circuits, and say in which each is.

    Args:
        session: where to.
        circuits: by their names, which are those of functions.
        dumped: whether they end with a dump of the state.
    """
    # What returns a result in one circuit may be told where to put it in another: a name has one type in a module.
    modules = {}
    for kind in (False, True):
        some = [name for name, circuit in circuits.items() if circuit.returned is kind]
        for first in range(0, len(some), _TOGETHER):
            names = some[first : first + _TOGETHER]
            info = session.add(write({name: circuits[name] for name in names}, dumped=dumped))
            modules.update(dict.fromkeys(names, info.name))
    return modules


@dataclass(frozen=True)
class Counted:
    """How often each string of results came, and what has found it."""

    counts: Mapping[str, int]
    simulator: str


def count(session: Session, name: str, module: str, way: Way, seed: int) -> Counted:
    """Run a circuit in this way."""
    result = session.run(
        name, module=module, shots=way.shots, seed=seed, simulator=way.simulator, method=way.method, timeout=60
    )
    return Counted(result.counts(), result.plan.simulator)


def dumps(
    session: Session, name: str, module: str, simulator: str, *, qubits: int, shots: int = 1
) -> Iterator[tuple[str, Matrix]]:
    """What some shots of a circuit have recorded, and the state that they have ended with."""
    result = session.run(name, module=module, shots=shots, seed=1, simulator=simulator)
    for shot, text in zip(result.shots, result.messages, strict=True):
        bits = "".join(str(record.value) for record in shot.records if record.kind.name == "RESULT")
        yield bits, _state(text, qubits)


def _state(text: str, qubits: int) -> Matrix:
    # Qubit q is bit q of a dump's number, and the q-th from above of ours.
    state = np.zeros(1 << qubits, dtype=complex)
    for basis, real, imaginary in _AMPLITUDE.findall(text):
        state[int(f"{int(basis):0{qubits}b}"[::-1], 2)] = complex(float(real), float(imaginary))
    return state


def difference(one: Matrix, other: Matrix) -> float:
    """By how much an amplitude differs at the most, but for a phase of all."""
    phase = np.exp(1j * np.angle(np.vdot(one, other)))
    return float(np.max(np.abs(one * phase - other)))
