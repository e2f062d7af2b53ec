"""Every known gate is its matrix in the whole engine, and states are exact to 1e-12, also after measurements.

What is compared are the amplitudes of state dumps, but for a phase of them all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

from qirjit_magic.session.session import Session
from tests.circuits.drawing import COLLAPSING, random_circuit
from tests.circuits.gates import EVERY_GATE, INVERTIBLE, Random, gate_step, inverse, random_gate
from tests.circuits.outcomes import states
from tests.circuits.running import LIVE, difference, dumps, load
from tests.circuits.steps import Circuit, Step
from tests.process.support import make_supervisor
from tests.unit.matrices import OWN, Matrix, X, Z, controlled, fixed, ry, rz

_EXACT = 1e-12
_QUBITS = 6
simulators = pytest.mark.parametrize("simulator", LIVE)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as opened:
        yield opened


def entangled(random: Random, qubits: int) -> list[Step]:
    """A state that no gate leaves alone, by functions that have one type each."""
    steps = []
    for qubit in range(qubits):
        angles = random.uniform(-3, 3, 2).tolist()
        for angle, gate, name in zip(angles, (ry, rz), ("ry__adj", "rz__adj"), strict=True):
            steps.append(Step("gate", (qubit,), gate(-angle), name, (angle,)))
        if qubit:
            steps.append(Step("gate", (qubit - 1, qubit), controlled(fixed(X))(), "cx__body"))
    return steps


def trial(name: str) -> Circuit:
    """A gate on qubits, and with controls, as chance has it, four times over."""
    random = np.random.default_rng(list(name.encode()))
    drawn = [gate_step(random, name, range(_QUBITS)) for _ in range(4)]
    return Circuit((*entangled(random, _QUBITS), *(step for step in drawn if step)), _QUBITS, 0)


def identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def final(circuit: Circuit) -> Matrix:
    (state,) = states(circuit).values()
    return state


@pytest.fixture(scope="module")
def gates(session: Session) -> dict[str, str]:
    """The modules with all gates. A declared name has one type in a module: those with others are in other ones."""
    by_type: dict[str, dict[str, Circuit]] = defaultdict(dict)
    for name in EVERY_GATE:
        by_type[name.partition("/")[2]][identifier(name)] = trial(name)
    return {name: module for some in by_type.values() for name, module in load(session, some, dumped=True).items()}


@simulators
def test_every_gate_is_its_matrix(session: Session, gates: dict[str, str], simulator: str) -> None:
    differences = {}
    for name in EVERY_GATE:
        own = identifier(name)
        ((_, state),) = dumps(session, own, gates[own], simulator, qubits=_QUBITS)
        differences[name] = difference(state, final(trial(name)))
    assert len(differences) > 250
    assert {name: found for name, found in differences.items() if not found < _EXACT} == {}


def random_unitary(seed: int, qubits: int, gates: int, names: tuple[str, ...]) -> Circuit:
    random = np.random.default_rng([7, seed])
    return Circuit(tuple(random_gate(random, names, range(qubits), frozenset()) for _ in range(gates)), qubits, 0)


@simulators
def test_circuits_of_all_gates_have_the_amplitudes_that_numpy_finds(session: Session, simulator: str) -> None:
    names = tuple(name for name in EVERY_GATE if "/" not in name)
    circuits = {f"mixed_{seed}": random_unitary(seed, 1 + seed % 8, 100, names) for seed in range(32)}
    for name, module in load(session, circuits, dumped=True).items():
        ((_, state),) = dumps(session, name, module, simulator, qubits=circuits[name].qubits)
        assert difference(state, final(circuits[name])) < _EXACT, name


@simulators
def test_a_dense_state_of_many_qubits_has_the_amplitudes_that_numpy_finds(session: Session, simulator: str) -> None:
    wide = random_unitary(0, 13, 200, tuple(OWN))
    (module,) = load(session, {"wide": wide}, dumped=True).values()
    ((_, state),) = dumps(session, "wide", module, simulator, qubits=13)
    assert difference(state, final(wide)) < _EXACT


@pytest.mark.parametrize("qubits", [17, 22])
def test_a_circuit_and_its_inverse_leave_nothing_of_a_large_state(session: Session, qubits: int) -> None:
    random = np.random.default_rng(qubits)
    drawn = (gate_step(random, str(random.choice(INVERTIBLE)), range(qubits)) for _ in range(150))
    steps = [*entangled(random, qubits), *(step for step in drawn if step)]
    ends = [Step("measure", (q,), Z, "mz__body", result=q) for q in range(qubits)]
    ends += [Step("record", result=q) for q in range(qubits)]
    undone = [inverse(step) for step in reversed(steps)]
    some_missing = [*undone[:70], *undone[80:]]
    whole, short = (Circuit((*steps, *some, *ends), qubits, qubits) for some in (undone, some_missing))
    for name, module in load(session, {"whole": whole, "short": short}).items():
        counts = session.run(name, module=module, simulator="statevector", shots=1, seed=qubits).counts()
        assert (counts == {"0" * qubits: 1}) == (name == "whole")


@simulators
def test_measurements_leave_the_states_that_their_results_say(session: Session, simulator: str) -> None:
    circuits = {f"collapsing_{seed}": random_circuit(COLLAPSING, seed) for seed in range(60)}
    seen = 0
    for name, module in load(session, circuits, dumped=True).items():
        expected = states(circuits[name])
        for bits, state in dumps(session, name, module, simulator, qubits=circuits[name].qubits, shots=20):
            assert difference(state, expected[bits]) < _EXACT, (name, bits)
            seen += len(expected) > 1
    assert seen > 500


def test_the_comparison_of_amplitudes_sees_a_small_error(session: Session) -> None:
    angle = Step("gate", (0,), ry(1.0), "ry__body", (1.0,))
    (module,) = load(session, {"turned": Circuit((angle,), 1, 0)}, dumped=True).values()
    ((_, state),) = dumps(session, "turned", module, "statevector", qubits=1)
    assert difference(state, ry(1.0)[:, 0]) < 1e-15
    assert difference(state, ry(1.0 + 1e-11)[:, 0]) > _EXACT
