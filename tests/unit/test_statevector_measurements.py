"""What the state-vector simulator measures, against exact probabilities; and what becomes of measured qubits.

A distribution passes within five standard deviations: chance alone fails one of the 100 circuits in 35,000 sets of
seeds. The seeds are fixed.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.unit.branches import Outcome, Step, deviation, exact
from tests.unit.matrices import H, X, controlled, fixed, ry
from tests.unit.statevector import Compiled
from tests.unit.test_statevector_gates import GATES, PAULIS

_ALLOWED = 5.0
SHOTS = 1500
Random = np.random.Generator


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled()


def random_gate(random: Random, qubits: int, kind: str = "gate", result: int = 0) -> Step:
    name = str(random.choice([name for name, (_, _, count) in GATES.items() if count <= qubits]))
    gate, angles, count = GATES[name]
    given = tuple(random.uniform(-3, 3, angles).tolist())
    at = tuple(int(q) for q in random.permutation(qubits)[:count])
    return Step(kind, at, gate(*given), name, given, result)  # type: ignore[arg-type] # one of the two


def random_circuit(seed: int) -> tuple[list[Step], int, int]:
    """Gates, measurements, conditions, resets, and qubits that are released and allocated again."""
    random = np.random.default_rng(seed)
    qubits, results = int(random.integers(1, 8)), 6
    steps: list[Step] = []
    for result in range(results):
        for _ in range(int(random.integers(1, 3 * qubits))):
            steps.append(random_gate(random, qubits))  # noqa: PERF401 - one after the other
        qubit = (int(random.integers(qubits)),)
        steps.append(Step(random.choice(["mz", "mz", "mresetz"]), qubit, result=result))
        if random.random() < 0.5:
            steps.append(random_gate(random, qubits, "if", int(random.integers(result + 1))))
        if random.random() < 0.4:
            steps.append(Step(random.choice(["reset", "renew"]), (int(random.integers(qubits)),)))
    return steps, qubits, results


def carry_out(compiled: Compiled, step: Step) -> None:
    match step.kind:
        case "gate":
            compiled.call(step.name, *step.angles, *step.qubits)
        case "if":
            if compiled.call("__quantum__rt__read_result", step.result):
                compiled.call(step.name, *step.angles, *step.qubits)
        case "reset":
            compiled.call("reset__body", *step.qubits)
        case "renew":
            compiled.call("__quantum__rt__qubit_release", *step.qubits)
            assert (compiled.call("__quantum__rt__qubit_allocate") or 0) == step.qubits[0]
        case _:
            compiled.call(f"{step.kind}__body", *step.qubits, step.result)


def run_shot(compiled: Compiled, steps: list[Step], shot: int, qubits: int, results: int) -> Outcome:
    compiled.begin_shot(shot)
    for _ in range(qubits):
        compiled.call("__quantum__rt__qubit_allocate")
    for step in steps:
        carry_out(compiled, step)
    return tuple(int(compiled.call("__quantum__rt__read_result", result)) for result in range(results))


@pytest.mark.parametrize("seed", range(100))
def test_a_circuit_with_feedback_and_reuse_has_its_exact_distribution(compiled: Compiled, seed: int) -> None:
    circuit = random_circuit(seed)
    compiled.begin(seed)
    counts = Counter(run_shot(compiled, circuit[0], shot, *circuit[1:]) for shot in range(SHOTS))
    assert deviation(counts, exact(*circuit)) < _ALLOWED


def test_the_comparison_sees_a_wrong_distribution(compiled: Compiled) -> None:
    steps = [Step("gate", (0,), ry(1.5), "ry__body", (1.5,)), Step("mz", (0,))]
    compiled.begin(1)
    counts = Counter(run_shot(compiled, steps, shot, 1, 1) for shot in range(SHOTS))
    wrong = [Step("gate", (0,), ry(1.7), "ry__body", (1.7,)), Step("mz", (0,))]
    assert deviation(counts, exact(steps, 1, 1)) < _ALLOWED < deviation(counts, exact(wrong, 1, 1))


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
def test_a_shot_is_fixed_by_the_seed_and_its_number(compiled: Compiled, seed: int) -> None:
    circuit = random_circuit(17)

    def run(shots: range) -> list[Outcome]:
        compiled.begin(seed)
        return [run_shot(compiled, circuit[0], shot, *circuit[1:]) for shot in shots]

    whole = run(range(200))
    assert len(set(whole)) > 3
    assert run(range(150, 200)) == whole[150:]
    assert [run(range(shot, shot + 1))[0] for shot in (199, 3, 77)] == [whole[199], whole[3], whole[77]]


def test_other_seeds_and_no_seed_draw_other_numbers(compiled: Compiled) -> None:
    def numbers(seed: int | None) -> list[float]:
        compiled.simulator.begin(seed)
        compiled.begin_shot(0)
        return [compiled.call("drawrandomdouble__body", 0.0, 1.0) for _ in range(4)]

    drawn = [tuple(numbers(seed)) for seed in (0, 1, 2**64 - 1, None, None)]
    assert len(set(drawn)) == 5
    assert numbers(1) == list(drawn[1])


def test_beginning_anew_in_a_shot_draws_no_number_twice(compiled: Compiled) -> None:
    compiled.begin(5)
    before = compiled.call("drawrandomdouble__body", 0.0, 1.0)
    compiled.call("__quantum__rt__initialize", None)
    assert compiled.call("drawrandomdouble__body", 0.0, 1.0) != before


@pytest.mark.parametrize("qubits", [2, 5, 8])
def test_a_measurement_projects_the_others(compiled: Compiled, qubits: int) -> None:
    random = np.random.default_rng(qubits)
    steps = [random_gate(random, qubits) for _ in range(40)]
    found = set()
    for shot in range(12):
        compiled.begin(3)
        compiled.begin_shot(shot)
        for step in steps:
            carry_out(compiled, step)
        before = compiled.state(qubits)
        compiled.call("mz__body", 1, 0)
        value = int(compiled.call("__quantum__rt__read_result", 0))
        kept = np.where((np.arange(1 << qubits) >> (qubits - 2) & 1) == value, before, 0)
        assert np.allclose(compiled.state(qubits), kept / np.linalg.norm(kept), atol=1e-12)
        found.add(value)
    assert found == {0, 1}


def test_qubits_that_are_known_take_no_memory(compiled: Compiled) -> None:
    compiled.begin()
    compiled.call("x__body", 40)
    for qubit in range(8):
        compiled.call("h__body", qubit)
    compiled.call("cx__body", 40, 30)
    compiled.call("swap__body", 0, 20)
    compiled.call("mz__body", 3, 0)
    compiled.call("mresetz__body", 4, 1)
    compiled.call("reset__body", 5)
    compiled.call("__quantum__rt__qubit_release", 6)
    assert compiled.positions() == 4


def test_a_program_may_begin_with_a_measurement_that_returns_its_result() -> None:
    new = Compiled()
    assert new.call("m__body", 0) == new.call("__quantum__rt__result_get_zero")


@pytest.mark.parametrize("paulis", [[1], [3], [2, 2], [1, 0, 3], [3, 2, 1], [0, 0]])
def test_a_joint_measurement_finds_the_parity_with_its_probability(compiled: Compiled, paulis: list[int]) -> None:
    random = np.random.default_rng(4)
    qubits = len(paulis) + 1
    steps = [random_gate(random, qubits) for _ in range(30)]
    product = np.eye(1, dtype=complex)
    for pauli in paulis:
        product = np.kron(product, PAULIS[pauli])
    compiled.begin(9)
    ones = 0
    for shot in range(SHOTS):
        compiled.begin_shot(shot)
        for step in steps:
            carry_out(compiled, step)
        given = compiled.array(paulis, 1), compiled.array(range(len(paulis)))
        first = compiled.call("measure__body", *given)
        again = compiled.call("measure__body", *given)
        assert first == again
        ones += first == compiled.call("__quantum__rt__result_get_one")
    compiled.begin_shot(0)
    for step in steps:
        carry_out(compiled, step)
    state = compiled.state(qubits)
    odd = float(np.linalg.norm((np.eye(len(state)) - np.kron(product, np.eye(2))) @ state / 2) ** 2)
    counts: dict[Outcome, int] = {outcome: n for outcome, n in (((1,), ones), ((0,), SHOTS - ones)) if n}
    assert deviation(counts, {(1,): odd, (0,): 1 - odd}) < _ALLOWED


def test_random_integers_are_uniform_and_reach_both_ends(compiled: Compiled) -> None:
    compiled.begin(2)
    counts: Counter[Outcome] = Counter((int(compiled.call("drawrandomint__body", -2, 3)),) for _ in range(SHOTS))
    assert deviation(counts, {(value,): 1 / 6 for value in range(-2, 4)}) < _ALLOWED
    assert compiled.call("drawrandomint__body", 7, 7) == 7
    wide = {compiled.call("drawrandomint__body", -(2**63), 2**63 - 1) for _ in range(100)}
    assert len(wide) == 100
    assert min(wide) < 0 < max(wide)


def test_ids_are_the_lowest_that_are_free(compiled: Compiled) -> None:
    compiled.begin()

    def allocate() -> int:
        return compiled.call("__quantum__rt__qubit_allocate") or 0

    assert [allocate() for _ in range(4)] == [0, 1, 2, 3]
    for qubit in (2, 0, 2):
        compiled.call("__quantum__rt__qubit_release", qubit)
    assert [allocate() for _ in range(3)] == [0, 2, 4]
    compiled.call("h__body", 9)
    assert allocate() == 10


def test_a_released_qubit_comes_back_as_zero(compiled: Compiled) -> None:
    for shot in range(20):
        compiled.begin(1)
        compiled.begin_shot(shot)
        compiled.call("h__body", 0)
        compiled.call("cx__body", 0, 1)
        compiled.call("__quantum__rt__qubit_release", 0)
        assert not compiled.call("__quantum__rt__qubit_allocate")
        compiled.call("mz__body", 0, 5)
        assert not compiled.call("__quantum__rt__read_result", 5)
        assert compiled.positions() == 1  # the other one's


def test_results_are_zero_until_they_are_written_in_each_shot(compiled: Compiled) -> None:
    compiled.begin()
    for result in (0, 3, 70_000, 1 << 24):
        assert not compiled.call("__quantum__rt__read_result", result)
        compiled.call("__quantum__rt__write_result", True, result)  # noqa: FBT003 - as QIR has it
        assert compiled.call("__quantum__rt__read_result", result)
    compiled.begin_shot(1)
    assert not any(compiled.call("__quantum__rt__read_result", result) for result in (0, 3, 70_000, 1 << 24))


def test_a_measurement_that_waits_does_not_overwrite_what_is_written_after_it(compiled: Compiled) -> None:
    compiled.begin()
    compiled.call("x__body", 0)
    compiled.call("mz__body", 0, 0)
    compiled.call("__quantum__rt__write_result", False, 0)  # noqa: FBT003 - likewise
    assert not compiled.call("__quantum__rt__read_result", 0)


def test_a_very_unlikely_outcome_leaves_a_state_of_norm_one(compiled: Compiled) -> None:
    compiled.begin()
    for qubit in range(7):
        compiled.call("ry__body", 1e-6, qubit)
        compiled.call("x__body", qubit)
    compiled.call("h__body", 7)
    for qubit in range(7):
        compiled.call("mz__body", qubit, qubit)
    compiled.call("h__body", 7)
    state = compiled.state(8)
    assert abs(np.linalg.norm(state) - 1) < 1e-12


def test_a_ghz_state_of_many_qubits_agrees_with_itself(compiled: Compiled) -> None:
    steps = [Step("gate", (0,), H, "h__body")]
    steps += [Step("gate", (q, q + 1), controlled(fixed(X))(), "cx__body") for q in range(15)]
    steps += [Step("mz", (q,), result=q) for q in range(16)]
    compiled.begin(8)
    found = Counter(run_shot(compiled, steps, shot, 16, 16) for shot in range(200))
    assert set(found) == {(0,) * 16, (1,) * 16}
    assert abs(found[(0,) * 16] - 100) < 40
