"""Shots that take known ways: they give what they would give if everything was computed anew, bit by bit."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from qirjit_magic.engine.simulators.statevector.compiled import MachineWord, _kernels, _make
from qirjit_magic.engine.simulators.statevector.simulator import BRANCH_WORDS, BRANCHES
from tests.circuits.drawing import random_circuit
from tests.unit.matrices import Matrix
from tests.unit.statevector import Compiled
from tests.unit.test_statevector_measurements import FAMILY, prepare, random_gates, run_shot

Outcome = tuple[int, ...]
Shot = Callable[[Compiled, int], object]


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled()


@pytest.fixture
def words(compiled: Compiled) -> Iterator[dict[str, Callable[[], int]]]:
    def reader(word: MachineWord) -> Callable[[], int]:
        return lambda: int(compiled.simulator._words[word])

    yield {word.name: reader(word) for word in MachineWord}
    compiled.simulator.end()


def shots(compiled: Compiled, shot: Shot, count: int, *, known: bool = True, seed: int = 3) -> list[object]:
    """What each shot gives, with known ways or with everything computed anew."""
    compiled.begin(seed)
    if not known:
        compiled.simulator._words[MachineWord.KEEPING] = 0
    return [shot(compiled, number) for number in range(count)]


def measured(compiled: Compiled, *qubits: int) -> Outcome:
    for qubit in qubits:
        compiled.call("mz__body", qubit, qubit)
    return tuple(int(compiled.call("__quantum__rt__read_result", qubit)) for qubit in qubits)


def dumped(compiled: Compiled) -> list[str]:
    compiled.call("dumpmachine__body", None)
    return compiled.simulator.take_dumps()


@pytest.mark.parametrize("seed", range(40))
def test_results_and_amplitudes_are_the_same_bits_as_without_known_ways(compiled: Compiled, seed: int) -> None:
    circuit = random_circuit(FAMILY, seed)

    def shot(compiled: Compiled, number: int) -> tuple[str, list[str]]:
        return run_shot(compiled, circuit, number), dumped(compiled)

    known = shots(compiled, shot, 150)
    assert compiled.simulator._words[MachineWord.BRANCHES] > 1
    assert known == shots(compiled, shot, 150, known=False)


@pytest.mark.parametrize("qubits", [9, 11, 12])
def test_larger_states_are_the_same_bits_too(compiled: Compiled, qubits: int) -> None:
    random = np.random.default_rng(qubits)
    first, second = (random_gates(random, qubits, 60) for _ in range(2))

    def shot(compiled: Compiled, number: int) -> tuple[Outcome, bytes]:
        compiled.begin_shot(number)
        prepare(compiled, first)
        before = measured(compiled, 3, 1)
        prepare(compiled, second)
        return before + measured(compiled, 0, 2), compiled.state(qubits).tobytes()

    assert shots(compiled, shot, 20) == shots(compiled, shot, 20, known=False)


def test_a_large_state_is_kept_when_it_comes_again(compiled: Compiled, words: dict[str, Callable[[], int]]) -> None:
    places = []
    compiled.begin(1)
    for number in range(4):
        compiled.begin_shot(number)
        for qubit in range(14):
            compiled.call("ry__body", 0.3 + qubit, qubit)
        measured(compiled, 0)
        places.append(words["RE"]() == words["OWN_RE"]())
    assert places == [True, True, False, False]


def test_what_a_shot_does_to_its_copy_leaves_the_known_state_as_it_is(compiled: Compiled) -> None:
    def shot(compiled: Compiled, number: int) -> tuple[Outcome, bytes]:
        compiled.begin_shot(number)
        compiled.call("ry__body", 1.1, 0)
        compiled.call("cx__body", 0, 1)
        compiled.call("h__body", 2)
        found = measured(compiled, 2)
        compiled.call("rx__body", 0.1 * number, 0)  # another angle each time: this way is never known
        return found, compiled.state(3).tobytes()

    assert shots(compiled, shot, 50) == shots(compiled, shot, 50, known=False)


def test_angles_that_vary_from_shot_to_shot_are_seen(compiled: Compiled) -> None:
    def shot(compiled: Compiled, number: int) -> Matrix:
        compiled.begin_shot(number)
        compiled.call("ry__body", 0.2 * (number % 3), 0)
        measured(compiled, 1)
        return compiled.state(1)

    for number, state in enumerate(shots(compiled, shot, 9)):
        angle = 0.1 * (number % 3)
        assert np.allclose(state, [np.cos(angle), np.sin(angle)], atol=1e-14)  # type: ignore[arg-type] # a state


def test_whether_a_measured_qubit_was_reset_is_seen(compiled: Compiled) -> None:
    def shot(compiled: Compiled, number: int) -> Outcome:
        compiled.begin_shot(number)
        compiled.call("h__body", 0)
        compiled.call("mresetz__body" if number % 2 else "mz__body", 0, 7)
        one = compiled.call("__quantum__rt__read_result", 7)
        compiled.call("cx__body", 0, 1)
        return one, *measured(compiled, 1)

    found = shots(compiled, shot, 100)
    assert set(found[::2]) == {(0, 0), (1, 1)}
    assert set(found[1::2]) == {(0, 0), (1, 0)}


def test_gates_that_are_carried_out_in_two_parts_are_another_way(compiled: Compiled) -> None:
    random = np.random.default_rng(0)
    first, second = (random_gates(random, 9, 120) for _ in range(2))

    def shot(compiled: Compiled, number: int) -> bytes:
        compiled.begin_shot(number)
        prepare(compiled, first)
        if number % 2 == 0:
            compiled.state(9)  # carries out what is queued
        prepare(compiled, second)
        return compiled.state(9).tobytes()

    found = shots(compiled, shot, 4)
    assert found[0] != found[1]  # as rounding goes
    assert found == shots(compiled, shot, 4, known=False)


def test_a_dump_between_measurement_and_gates_changes_nothing(compiled: Compiled) -> None:
    def shot(compiled: Compiled, number: int) -> Outcome:
        compiled.begin_shot(number)
        compiled.call("h__body", 0)
        compiled.call("cx__body", 0, 1)
        compiled.call("ry__body", 0.7, 2)
        first = measured(compiled, 0)
        if number % 3 == 0:
            compiled.state(3)
        compiled.call("cx__body", 2, 1)
        return first + measured(compiled, 1, 2)

    assert shots(compiled, shot, 60) == shots(compiled, shot, 60, known=False)


def test_there_are_no_more_known_ways_than_there_is_room_for(
    compiled: Compiled, words: dict[str, Callable[[], int]]
) -> None:
    def shot(compiled: Compiled, number: int) -> Outcome:
        compiled.begin_shot(number)
        found: Outcome = ()
        for _ in range(12):
            compiled.call("h__body", 0)
            found += measured(compiled, 0)
        return found

    known = shots(compiled, shot, 400)
    assert BRANCHES // 2 < words["BRANCHES"]() <= BRANCHES
    assert known == shots(compiled, shot, 400, known=False)


def test_the_next_run_begins_without_known_ways(compiled: Compiled, words: dict[str, Callable[[], int]]) -> None:
    compiled.begin(1)
    compiled.call("h__body", 0)
    measured(compiled, 0)
    assert words["BRANCHES"]() == 2
    compiled.simulator.end()
    assert words["BRANCHES"]() == 1


# -- where ways want the same slots of the table ---------------------------------------------------------------------

_TARGET, _SPARE = 3, 4
_SLOT_BITS, _FEW_BITS, _STEP = 11, 3, 0x9E3779B97F4A7C15


@pytest.fixture(scope="module")
def crowded() -> Iterator[Compiled]:
    """A simulator whose table of known ways has eight slots and the three behind them: many want the same."""
    text, changed = re.subn(
        rf"(lshr i64 %\S+), {64 - _SLOT_BITS}$", rf"\1, {64 - _FEW_BITS}", _kernels(), flags=re.MULTILINE
    )
    assert changed == 2  # where a way is looked for, and where it gets its slot
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qirjit_magic.engine.simulators.statevector.compiled._kernels", lambda: text)
        patch.setattr("qirjit_magic.engine.simulators.statevector.simulator.statevector_object", _make)
        made = Compiled()
    yield made
    made.simulator.end()


def toss(compiled: Compiled, coins: range) -> None:
    """Have coins turn the target, each by another part of a turn, and measure and reset them."""
    for coin in coins:
        compiled.call("h__body", coin)
        compiled.call("ry__body", 2.0**-coin, _TARGET)
        compiled.call("cx__body", coin, _TARGET)
        compiled.call("ry__body", -(2.0**-coin), _TARGET)
        compiled.call("cx__body", coin, _TARGET)
    for coin in coins:
        compiled.call("mresetz__body", coin, coin)


def all_but_taken(compiled: Compiled, differs: str) -> int:
    """How many known ways stand behind one, but for the first, that differs from them in nothing but this."""
    words = compiled.simulator._words
    ways = {}
    for index in range(1, words[MachineWord.BRANCHES]):
        at = words[MachineWord.BRANCH_TABLE] + 8 * BRANCH_WORDS * index
        read = (ctypes.c_int64.from_address(at + 8 * word).value for word in range(3))
        ways[index] = dict(zip(("parent", "mask", "bits"), read, strict=True))
    count = 0
    for index, way in ways.items():
        mixed = (way["parent"] + (way["mask"] << 9) + (way["bits"] << 20)) * _STEP % (1 << 64) >> (64 - _FEW_BITS)
        for slot in range(mixed, mixed + 4):
            found = ctypes.c_int64.from_address(words[MachineWord.BRANCH_SLOTS] + 8 * slot).value
            if found == index:
                break
            count += found > 1 and {name for name in way if ways[found][name] != way[name]} == {differs}
    return count


@pytest.mark.parametrize("seed", range(30))
def test_ways_that_want_the_same_slots_are_told_apart(crowded: Compiled, seed: int) -> None:
    circuit = random_circuit(FAMILY, seed)

    def shot(compiled: Compiled, number: int) -> tuple[str, list[str]]:
        return run_shot(compiled, circuit, number), dumped(compiled)

    assert shots(crowded, shot, 60) == shots(crowded, shot, 60, known=False)


def test_they_are_told_apart_by_what_was_measured(crowded: Compiled) -> None:
    # The qubits that were measured are all zero again: nothing but the bits says which state was left.
    def shot(compiled: Compiled, number: int) -> bytes:
        compiled.begin_shot(number)
        toss(compiled, range(2))
        compiled.call("h__body", _TARGET)
        return compiled.state(_SPARE + 1).tobytes()

    known = shots(crowded, shot, 60)
    assert all_but_taken(crowded, "bits") > 0
    assert len(set(known)) == 4
    assert known == shots(crowded, shot, 60, known=False)


def test_they_are_told_apart_by_where_they_come_from(crowded: Compiled) -> None:
    # Behind the first measurement all shots do the same, and measure the same again and again.
    def shot(compiled: Compiled, number: int) -> bytes:
        compiled.begin_shot(number)
        toss(compiled, range(1))
        for _ in range(4):
            compiled.call("h__body", _TARGET)
            compiled.call("mresetz__body", _SPARE, _SPARE)
        compiled.call("h__body", _TARGET)
        return compiled.state(_SPARE + 1).tobytes()

    known = shots(crowded, shot, 60)
    assert all_but_taken(crowded, "parent") > 0
    assert len(set(known)) == 2
    assert known == shots(crowded, shot, 60, known=False)
