"""Random circuits with feedback, resets and reuse record what they should, as often as they should.

Each circuit is QIR, run by a session on each simulator, and sampled where that is possible. How often each string of
results came is compared with exact probabilities. A right simulator fails this file once in a million sets of seeds
(`_FALSE_ALARM`, which all comparisons share); the seeds are fixed. A wrong one is found by a single circuit in 999 of
1000 cases where the probability of some event is off by `_SEEN`, with 10,000 shots and up to 32 strings. The p-values
of Pearson's chi-square test for all circuits must be uniform together: there a small error in many circuits is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from qirjit_magic.session.session import Session
from tests.circuits.chances import most_probable, p_value, uniformity
from tests.circuits.drawing import random_circuit
from tests.circuits.outcomes import distance, exact
from tests.circuits.running import FAMILIES, SAMPLED, WAYS, Counted, Way, count, load
from tests.circuits.steps import Circuit, Step
from tests.process.support import make_supervisor
from tests.unit.matrices import OWN

_MANY = {"adaptive": 150, "adaptive-clifford": 150, "straight": 60, "straight-clifford": 60}
_CASES = [(name, way) for name, family in FAMILIES.items() for way in WAYS if way.takes(family)]
_FALSE_ALARM = 1e-6
_LEAST = _FALSE_ALARM / sum(_MANY[name] for name, _ in _CASES)
_SEEN = 0.08
_UNIFORM = 1e-6
pytestmark = pytest.mark.timeout(600)  # for machines that do other things too
cases = pytest.mark.parametrize(("family", "way"), _CASES, ids=str)


@dataclass(frozen=True)
class Drawn:
    """The circuits of a family, where they are, and what they should record."""

    circuits: dict[str, Circuit]
    modules: dict[str, str]
    expected: dict[str, dict[str, float]]


class Runs:
    """Families and their runs, each made when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.drawn: Callable[[str], Drawn] = cache(self._draw)
        self.counted: Callable[[str, Way], dict[str, Counted]] = cache(self._count)

    def _draw(self, family: str) -> Drawn:
        # A function's name has its family's: two modules would be bound to each other otherwise.
        prefix = family.replace("-", "_")
        circuits = {f"{prefix}_{seed}": random_circuit(FAMILIES[family], seed) for seed in range(_MANY[family])}
        expected = {name: exact(circuit) for name, circuit in circuits.items()}
        return Drawn(circuits, load(self._session, circuits), expected)

    def _count(self, family: str, way: Way) -> dict[str, Counted]:
        modules = self.drawn(family).modules
        numbered = enumerate(modules.items())
        return {name: count(self._session, name, module, way, seed) for seed, (name, module) in numbered}

    def p_values(self, family: str, way: Way) -> dict[str, float]:
        expected = self.drawn(family).expected
        return {name: p_value(found.counts, expected[name]) for name, found in self.counted(family, way).items()}


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Session(engine_client=make_supervisor()) as session:
        yield Runs(session)


@cases
def test_circuits_record_what_they_should_as_often_as_they_should(runs: Runs, family: str, way: Way) -> None:
    expected, counted = runs.drawn(family).expected, runs.counted(family, way)
    found = {name: most_probable(run.counts, expected[name]) for name, run in counted.items()}
    assert {name: p for name, p in found.items() if p < _LEAST} == {}
    assert {sum(run.counts.values()) for run in counted.values()} == {way.shots}


def test_the_deviations_of_all_circuits_together_are_those_of_chance(runs: Runs) -> None:
    found = [p for family, way in _CASES for p in runs.p_values(family, way).values() if p < 1]
    assert len(found) > 0.8 * sum(_MANY[family] for family, _ in _CASES)
    assert uniformity(found) > _UNIFORM


def test_both_simulators_that_can_sample_have_sampled(runs: Runs) -> None:
    cases = [(name, way) for name, family in FAMILIES.items() for way in SAMPLED if way.takes(family)]
    used = [counted.simulator for name, way in cases for counted in runs.counted(name, way).values()]
    assert min(used.count("statevector"), used.count("stabilizer")) > 10


# -- what the comparison sees --------------------------------------------------------------------------------------


def _with_other_angles(step: Step) -> Step:
    if step.kind != "gate" or not step.angles or step.paulis or step.name not in OWN:
        return step
    angles = (step.angles[0] + 0.5, *step.angles[1:])
    return replace(step, angles=angles, matrix=OWN[step.name](*angles))


def _with_targets_for_controls(step: Step) -> Step:
    return replace(step, qubits=step.qubits[::-1]) if step.name in {"cx__body", "ccx__body"} else step


def _without_resets(step: Step) -> Step | None:
    return None if step.kind == "reset" else step


def _whatever_was_measured(step: Step) -> Step:
    return replace(step, when=())


def _where_the_other_value_was_measured(step: Step) -> Step:
    return replace(step, when=tuple((result, 1 - value) for result, value in step.when))


def _with_the_adjoint(step: Step) -> Step:
    if step.name in {"s__body", "t__body", "sx__body"}:
        assert step.matrix is not None
        return replace(step, matrix=step.matrix.conj().T)
    return step


_FAULTS = (
    _with_other_angles,
    _with_targets_for_controls,
    _without_resets,
    _whatever_was_measured,
    _where_the_other_value_was_measured,
    _with_the_adjoint,
)


@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_the_comparison_sees_a_fault(runs: Runs, fault: Callable[[Step], Step | None]) -> None:
    way = next(way for way in WAYS if way.simulator == "statevector")
    drawn, counted = runs.drawn("adaptive"), runs.counted("adaptive", way)
    seen = {}
    for name, circuit in drawn.circuits.items():
        steps = tuple(step for step in map(fault, circuit.steps) if step)
        wrong = exact(replace(circuit, steps=steps))
        if distance(wrong, drawn.expected[name]) >= _SEEN:
            seen[name] = most_probable(counted[name].counts, wrong)
    assert len(seen) > 10
    assert {name: p for name, p in seen.items() if p >= _LEAST} == {}


def test_a_small_error_of_all_circuits_is_seen_by_all_together(runs: Runs) -> None:
    way = next(way for way in WAYS if way.simulator == "statevector")
    found, bounds = [], []
    for name, counted in runs.counted("adaptive", way).items():
        expected = runs.drawn("adaptive").expected[name]
        # One shot in fifty reads whatever is possible.
        wrong = {key: 0.98 * p + 0.02 / len(expected) for key, p in expected.items()}
        found.append(p_value(counted.counts, wrong))
        bounds.append(most_probable(counted.counts, wrong))
    assert uniformity(p for p in found if p < 1) < _UNIFORM
    assert np.median(bounds) > _LEAST
