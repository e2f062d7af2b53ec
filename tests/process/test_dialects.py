"""What other frontends call: registers, random numbers, older output functions, qubits and results at run time."""

from __future__ import annotations

import pytest

from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.options import CompileOptions
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.protocol.simulator_specs import find_simulator
from qirjit_magic.results.records import Failure, RunRecords, Value
from tests.files import program
from tests.process.support import refusal, returned, run

WORD = 1 << 64
FACTOR = 6364136223846793005


def recorded(engine: Engine, name: str, entry: str, *arguments: int, shots: int = 1, seed: int = 1) -> RunRecords:
    engine.add(name, program(f"dialects/{name}"))
    request = RunRequest(name, entry, shots=shots, arguments=arguments, seed=seed)
    reply, recording = run(engine, request)
    assert reply.outcome == "done", recording.failure
    return recording


def values(recording: RunRecords, shot: int = 0) -> list[Value]:
    return [record.value for record in recording.finished.shot(shot)]


def tree(recording: RunRecords) -> list[tuple[str, Value]]:
    return [(record.kind.name, record.value) for record in recording.finished.shot(0)]


# -- registers ---------------------------------------------------------------------------------------------------


def test_bits_of_registers_are_those_of_their_integers(engine: Engine) -> None:
    assert values(recorded(engine, "registers", "bits")) == [10, -2, False, True, 15]


def test_outside_of_a_register_nothing_is_read_or_overwritten(engine: Engine) -> None:
    assert values(recorded(engine, "registers", "outside")) == [False, 0]


def test_qubits_are_measured_into_registers(engine: Engine) -> None:
    recording = recorded(engine, "registers", "measured", shots=3)
    assert [values(recording, shot) for shot in range(3)] == [[2, 1]] * 3


def test_a_register_that_is_too_long_fails_the_program(engine: Engine) -> None:
    engine.add("registers", program("dialects/registers"))
    reply, recording = run(engine, RunRequest("registers", "too_long"))
    assert reply.outcome == "failed"
    assert recording.failure is not None
    assert "more than a million bits" in recording.failure.message


def test_many_shots_use_the_same_memory_for_their_registers(engine: Engine) -> None:
    recording = recorded(engine, "registers", "bits", shots=20_000)
    assert values(recording, 19_999) == [10, -2, False, True, 15]


# -- random numbers and the shot -----------------------------------------------------------------------------------


def pcg32(state: int) -> int:
    mixed = (((state >> 18) ^ state) >> 27) & 0xFFFFFFFF
    turn = state >> 59
    return (mixed >> turn | mixed << (32 - turn)) & 0xFFFFFFFF


def states(seed: int, count: int) -> list[int]:
    found = [((seed + 1) * FACTOR + 1) % WORD]
    for _ in range(count):
        found.append((found[-1] * FACTOR + 1) % WORD)
    return found


@pytest.mark.parametrize("seed", [0, 11, WORD - 1])
def test_the_stream_is_pcg32_and_can_be_moved_along(engine: Engine, seed: int) -> None:
    word = seed - WORD if seed >= WORD // 2 else seed
    stream = states(seed, 1_000_010)
    expected = [stream[index] for index in (0, 1, 2, 1, 1_000_002, 1)]
    assert values(recorded(engine, "random", "stream", word)) == [pcg32(state) for state in expected]


def test_bounded_numbers_and_parts_of_one_are_within_their_bounds(engine: Engine) -> None:
    recording = recorded(engine, "random", "bounds", shots=600)
    shots = [values(recording, shot) for shot in range(600)]
    assert {die for die, _ in shots} == set(range(6))
    assert all(0 <= float(part) < 1 for _, part in shots)
    assert len({part for _, part in shots}) == 600


def test_without_a_seed_of_its_own_a_program_follows_that_of_the_run(engine: Engine) -> None:
    first, again, other = (
        [values(recorded(engine, "random", "bounds", shots=20, seed=seed), shot) for shot in range(20)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_program_is_told_which_shot_it_is(engine: Engine) -> None:
    assert recorded(engine, "random", "shot", shots=4).finished.returned.tolist() == [0, 1, 2, 3]


# -- older output functions ----------------------------------------------------------------------------------------


def test_output_functions_without_labels_record_the_same(engine: Engine) -> None:
    recording = recorded(engine, "records", "unlabeled")
    assert tree(recording) == [
        ("TUPLE", 4),
        ("RESULT", 0),
        ("BOOL", True),
        ("INT", -5),
        ("DOUBLE", 2.5),
        ("ARRAY", 0),
    ]
    assert {record.label for record in recording.finished.shot(0)} == {None}
    (record,) = recorded(engine, "records", "floats_and_words").finished.shot(0)
    assert (record.kind, record.value, record.label) == (RecordKind.DOUBLE, 0.5, "a")


def test_containers_between_start_and_end_know_how_many_items_they_have(engine: Engine) -> None:
    assert tree(recorded(engine, "records", "nested")) == [
        ("TUPLE", 3),
        ("INT", 1),
        ("ARRAY", 3),
        ("INT", 2),
        ("TUPLE", 0),
        ("INT", 3),
        ("INT", 4),
        ("INT", 5),
    ]


def test_ends_without_a_start_and_starts_without_an_end_harm_nobody(engine: Engine) -> None:
    recording = recorded(engine, "records", "unbalanced", shots=3)
    assert [values(recording, shot) for shot in range(3)] == [[0, 1, 0]] * 3
    assert values(recorded(engine, "records", "deep", 100)) == [1] * 63 + [36] + [0] * 36


# -- qubits and results at run time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 7, 64])
def test_arrays_of_qubits_and_results_are_allocated_and_recorded(engine: Engine, count: int) -> None:
    recording = recorded(engine, "resources", "arrays", count, shots=2)
    for shot in range(2):
        (record,) = recording.finished.shot(shot)
        assert (record.kind.name, record.value, record.label) == ("RESULT_ARRAY", ("01" * count)[:count], "bits")


def test_results_are_written_and_a_new_one_is_zero_in_every_shot(engine: Engine) -> None:
    recording = recorded(engine, "resources", "written", shots=3)
    assert [values(recording, shot) for shot in range(3)] == [[0, 1, False]] * 3
    assert recording.finished.returned.tolist() == [0, 0, 0]


@pytest.mark.parametrize("qubits", [0, 1])
@pytest.mark.parametrize("count", [-1, -(2**63), 2**20 + 1, 2**62])
def test_an_allocation_that_cannot_be_tells_who_asks_and_ends_the_shot_of_who_does_not(
    engine: Engine, count: int, qubits: int
) -> None:
    engine.add("m", program("dialects/resources"))
    assert returned(engine, "m", "refused", count, 1, qubits) == 1
    reply, recording = run(engine, RunRequest("m", "refused", arguments=(count, 0, qubits), shots=2))
    assert reply.outcome == "failed"
    assert recording.failure == Failure("allocation failed: an array of qubits or results has 0 to 1048576 items", 1)


def test_a_shot_that_has_all_results_is_told_and_the_next_one_has_them_again(engine: Engine) -> None:
    recording = recorded(engine, "resources", "all_results", shots=2)
    assert recording.finished.returned.tolist() == [2**24] * 2


def test_ranges_are_handed_to_the_library_as_it_expects_them(engine: Engine) -> None:
    for level in range(4):
        engine.add("m", program("dialects/ranges"), CompileOptions(level))
        assert returned(engine, "m", "backwards") == 210
        assert returned(engine, "m", "by_address") == 210


# -- other simulators ------------------------------------------------------------------------------------------------


def test_what_a_simulator_cannot_support_is_missing_by_its_own_name(engine: Engine, toy: str) -> None:
    spec = find_simulator(f"{toy}:InitQIRSim")
    engine.add("random", program("dialects/random"))
    assert run(engine, RunRequest("random", "shot", shots=2, simulator=spec))[0].outcome == "done"
    text = """
        declare void @__quantum__qis__phasedx__body(double, double, ptr)
        define void @f() {
          call void @__quantum__qis__phasedx__body(double 1.0, double 1.0, ptr null)
          ret void
        }"""
    engine.add("gate", text.encode())
    error = refusal(UnresolvedSymbolError, engine.run, RunRequest("gate", "f", simulator=spec))
    assert error.symbols == ("__quantum__qis__phasedx__body",)
    assert run(engine, RunRequest("gate", "f"))[0].outcome == "done"


def test_a_result_is_written_beside_static_qubits(engine: Engine) -> None:
    engine.add("m", program("dialects/written_beside_static_qubits"))
    _, recording = run(engine, RunRequest("m", "main", shots=2))
    assert [values(recording, shot) for shot in range(2)] == [[1, 1]] * 2
