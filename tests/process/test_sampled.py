"""Sampled runs: the same results as live ones, where that is exact, and live ones where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from qirjit_magic.errors import NotSampleableError, ProgramFailedError, SimulatorError, UnresolvedSymbolError
from qirjit_magic.options import Method
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, REPOSITORY, program
from tests.process.support import number

BELL = (REPOSITORY / "notebooks" / "programs" / "Bell.ll").read_bytes()
SHOTS = 4000
_BY_POINTER = "'m' may tell what was measured by the pointer that @__quantum__qis__m__body returns"


def test_many_shots_are_sampled_and_few_are_run(session: Session) -> None:
    session.add(BELL)
    assert session.run(shots=999).plan.method == "live"
    plan = session.run(shots=1000).plan
    assert (plan.method, plan.simulator) == ("sampled", "statevector")
    assert "until their results are recorded" in str(plan)
    assert session.run(shots=1000, simulator="sparse").plan.method == "live"


def test_a_sampled_result_looks_like_a_live_one(session: Session) -> None:
    session.add(BELL)
    live = session.run(shots=SHOTS, method="live", seed=1)
    drawn = session.run(shots=SHOTS, method="sampled", seed=1)
    assert drawn.counts().keys() == live.counts().keys() == {"00", "11"}
    assert abs(drawn.counts()["00"] - SHOTS / 2) < 300  # once in 10**20 runs
    assert sum(drawn.counts().values()) == len(drawn.shots) == SHOTS
    one, other = live.shots[0], drawn.shots[0]
    assert [(r.kind, r.label) for r in one.records] == [(r.kind, r.label) for r in other.records]
    assert (one.returned, one.exit_code) == (other.returned, other.exit_code)
    counted = [sum(shot.records[1].value == 1 for shot in drawn.shots), drawn.counts()["11"]]
    assert counted[0] == counted[1]
    assert [line.split("\t")[0] for line in drawn.to_text().splitlines()[:9]] == [
        line.split("\t")[0] for line in live.to_text().splitlines()[:9]
    ]
    assert list(drawn.records)[:5] == [[shot.records[1].value, shot.records[2].value] for shot in drawn.shots[:5]]


def test_one_seed_gives_one_result(session: Session) -> None:
    session.add(BELL)
    once, again = (session.run(shots=SHOTS, seed=5).to_text() for _ in range(2))
    assert once == again != session.run(shots=SHOTS, seed=6).to_text()
    drawn = session.run(shots=SHOTS)
    assert drawn.seed is not None
    assert session.run(shots=SHOTS, seed=drawn.seed).counts() == drawn.counts()


@pytest.mark.parametrize(
    ("name", "entry", "instruction", "place"),
    [
        ("sampling/feedback", "feedback", "read_result of result 0", 3),
        ("sampling/after_a_measurement", "turned", "h on qubit 0 after its measurement", 3),
        ("dialects/random", "shot", "get_current_shot", 1),
        ("dumps", "only_dumps", "dumpmachine", 2),
        ("sampling/untraced", "on_a_product", "exp", 1),
        ("sampling/untraced", "with_controls", "x__ctl on qubit 2", 2),
        ("sampling/untraced", "draws_an_integer", "drawrandomint", 1),
        ("sampling/untraced", "draws_a_double", "drawrandomdouble", 1),
        ("sampling/ids", "begun_again", "initialize after the beginning", 2),
        ("sampling/ids", "begun_again_with_a_qubit", "initialize after the beginning", 1),
        ("sampling/ids", "begun_again_with_a_result", "initialize after the beginning", 2),
        ("sampling/ids", "reads_what_m_returned", "read_result of the result of operation 2", 3),
    ],
)
def test_the_instruction_that_cannot_be_sampled_is_named(
    session: Session, name: str, entry: str, instruction: str, place: int
) -> None:
    session.add(program(name), "m")
    with pytest.raises(NotSampleableError) as caught:
        session.run(entry, shots=20, method="sampled", simulator="statevector")
    assert (caught.value.instruction, caught.value.place) == (instruction, place)
    assert f"its operation {place} is {instruction}" in str(caught.value)
    assert "--method live" in str(caught.value)
    assert session.run(entry, shots=1).plan.method == "live"


@pytest.mark.parametrize(
    ("name", "entry", "why"),
    [
        ("counter", "increment", "'m' has the global variable @count, which a later shot could read"),
        ("returns", "measured", "'measured' returns ptr, which may be a result"),
        ("sampling/fails", "fails", "it fails"),
        (
            "sampling/pointers",
            "compared",
            f"{_BY_POINTER}: '%is.one = icmp eq ptr %result, %one'",
        ),
        ("sampling/ids", "no_qubit", "it has a qubit with an id above 1,048,575"),
        ("sampling/ids", "no_other_qubit", "it has a qubit with an id above 1,048,575"),
        ("sampling/ids", "no_measured_result", "it has a result with an id above 33,554,431"),
        ("sampling/ids", "no_written_result", "it has a result with an id above 33,554,431"),
        ("sampling/ids", "no_recorded_result", "it has a result with an id above 33,554,431"),
    ],
)
def test_what_is_not_exact_is_run_and_where_it_must_be_sampled_refused(
    session: Session, name: str, entry: str, why: str
) -> None:
    session.add(program(name), "m")
    with pytest.raises(NotSampleableError) as caught:
        session.run(entry, shots=20, method="sampled")
    assert (caught.value.reason, caught.value.instruction, caught.value.place) == (why, "", 0)
    assert "--method live" in str(caught.value)


def test_a_run_that_is_not_sampled_says_why(session: Session) -> None:
    session.add(program("sampling/feedback"), "m")
    plan = session.run("feedback", shots=1000).plan
    assert (plan.method, plan.why) == ("live", "each of them reads a result")


@pytest.mark.parametrize("entry", ["infinite", "no_number"])
@pytest.mark.parametrize("options", [{"shots": 1}, {"shots": 1000}, {"shots": 1000, "method": "live"}])
def test_an_angle_that_is_none_fails_the_program(session: Session, entry: str, options: dict[str, Any]) -> None:
    session.add(program("sampling/angles"), "m")
    with pytest.raises(ProgramFailedError, match="an angle is infinite or is not a number"):
        session.run(entry, **options)
    assert session.status().restarts == 0


@pytest.mark.parametrize(("name", "entry"), [("records/every_record", "main"), ("sampling/says", "says")])
def test_what_is_the_same_in_all_shots_is_sampled_as_it_is_run(session: Session, name: str, entry: str) -> None:
    session.add(program(name), "m")
    shown: dict[str, list[str]] = {"sampled": [], "live": []}
    drawn, live = (
        session.run(entry, shots=30, method=method, show=shown[method].append) for method in ("sampled", "live")
    )
    assert drawn.plan.method == "sampled"
    for form in ("labeled", "ordered", "json", "counts"):
        assert drawn.to_text(form) == live.to_text(form)
    assert drawn.messages == live.messages
    assert "".join(shown["sampled"]) == "".join(shown["live"])
    assert [list(map(str, outputs)) for outputs in drawn.records] == [
        list(map(str, outputs)) for outputs in live.records
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "allocated_is_static", "above_static_ones", "above_all_kinds_of_use", "released_and_allocated",
        "released_twice", "released_unused", "in_arrays", "as_an_index", "as_text", "begun_twice",
    ],
)  # fmt: skip
def test_qubits_have_the_ids_of_live_shots(session: Session, entry: str) -> None:
    session.add(program("sampling/ids"), "m")
    live = session.run(entry, shots=20, method="live", simulator="statevector")
    drawn = session.run(entry, shots=20, method="sampled", simulator="statevector")
    assert drawn.to_text() == live.to_text()
    assert drawn.messages == live.messages
    assert session.run(entry, shots=1000).plan.method == "sampled"


def test_a_program_that_begins_anew_is_run(session: Session) -> None:
    session.add(program("sampling/ids"), "m")
    result = session.run("begun_again", shots=1000)
    assert (result.plan.method, result.counts()) == ("live", {"0": 1000})


def test_results_in_arrays_are_sampled_as_columns(session: Session) -> None:
    session.add(program("sampling/exact_arrays"), "m")
    drawn = session.run(shots=SHOTS, method="sampled", seed=1)
    live = session.run(shots=SHOTS, method="live", seed=1)
    assert drawn.counts().keys() == live.counts().keys() == {"00110", "11000"}
    assert all(abs(drawn.counts()[key] - SHOTS / 2) < 300 for key in drawn.counts())
    for shot in drawn.shots[:50]:
        _, before, pair, after = shot.outputs
        assert (pair.kind, pair.label) == (RecordKind.RESULT_ARRAY, "pair")
        assert (before.value, pair.value, after.value) in {(0, "011", 0), (1, "100", 0)}
    whole = drawn.table.whole  # type: ignore[union-attr]  # it was sampled
    assert whole.counts() == drawn.counts()
    assert whole.shot(7) == drawn.table.shot(7)


@pytest.mark.parametrize("name", ["Bell", "feedback", "turned", "tilted"])
@pytest.mark.parametrize("method", ["auto", "sampled"])
def test_stim_runs_clifford_programs_that_read_no_result(session: Session, name: str, method: Method) -> None:
    session.add(BELL)
    for file in ("sampling/feedback", "sampling/after_a_measurement", "sampling/tilted"):
        session.add(program(file))
    refused = {
        "feedback": "read_result of result 0",
        "tilted": "t on qubit 0, which is no Clifford gate",
    }
    if name not in refused:
        result = session.run(name, shots=1, simulator="stabilizer", method=method)
        assert (result.plan.method, result.plan.simulator, len(result.shots)) == ("sampled", "stabilizer", 1)
        return
    with pytest.raises(NotSampleableError) as caught:
        session.run(name, shots=1, simulator="stabilizer", method=method)
    assert caught.value.instruction == refused[name]
    assert str(caught.value).endswith("Leave --simulator stabilizer away.")


def test_stim_runs_no_live_shots(session: Session) -> None:
    session.add(BELL)
    with pytest.raises(SimulatorError, match="--method live"):
        session.run(shots=10, simulator="stabilizer", method="live")


def test_what_nobody_defines_is_missing_for_stim_too(session: Session) -> None:
    session.add(program("calls_nobody"))
    with pytest.raises(UnresolvedSymbolError) as caught:
        session.run(simulator="stabilizer")
    assert caught.value.simulator == "stabilizer"


def test_one_seed_gives_one_result_of_stim(session: Session) -> None:
    session.add(BELL)
    once, again, other = (session.run(shots=999, seed=s, simulator="stabilizer").to_text() for s in (5, 5, 6))
    assert once == again != other


def test_a_trace_disturbs_no_variable_and_a_changed_module_is_traced_anew(session: Session) -> None:
    session.add(program("counter"), "counter")
    session.add(BELL, "bell")
    assert session.run("increment", shots=3).returns == [1, 2, 3]
    session.run(module="bell", shots=100)
    assert session.run("increment", shots=20).returns == list(range(4, 24))
    session.add(number(7), "n")
    assert session.run("number", shots=30).returns == [7] * 30
    session.add(number(8), "n")
    assert session.run("number", shots=30).returns == [8] * 30


def test_a_sampled_program_with_nothing_to_record_has_its_shots(session: Session) -> None:
    session.add(number(7))
    result = session.run(shots=1000)
    assert result.plan.method == "sampled"
    assert (result.counts(), len(result.shots), result.returns[-1]) == ({}, 1000, 7)


@pytest.mark.parametrize("path", sorted((PROGRAMS / "sampling").glob("exact_*.ll")), ids=lambda path: path.stem)
def test_exact_programs_have_the_distribution_of_their_live_shots(session: Session, path: object) -> None:
    session.add(path, "m")  # type: ignore[arg-type]  # what glob gives is a Path
    drawn = session.run(module="m", shots=SHOTS, method="sampled", seed=3).counts()
    live = session.run(module="m", shots=SHOTS, method="live", seed=3).counts()
    for key in drawn.keys() | live.keys():
        assert abs(drawn.get(key, 0) - live.get(key, 0)) < 400  # nine standard deviations at the most


NEIGHBOURS = {
    "measured_twice": "01 10",
    "reset_and_used_again": "00 10",
    "same_result_again": "00 10",
    "overwritten": "00 11",
    "released_entangled": "00 01",
    "qubits_compared": "01 11",
    "own_seed": "0 1",
    "read_one": "10 11",
    "handed_down": "0 1",
    "swapped_when_measured": "000 110",
    "written": "01 11",
    "in_registers": "01 11",
    "parity_of_two": "000 011 101 110",
    "measured_and_reset": "01 11",
    "allocated_results": "00 10",
}


@pytest.mark.parametrize("entry", NEIGHBOURS)
def test_what_is_nearly_feedback_is_sampled_and_right(session: Session, entry: str) -> None:
    session.add(program("sampling/neighbours"), "m")
    keys = NEIGHBOURS[entry].split()
    assert session.run(entry, shots=SHOTS, seed=1).plan.method == "sampled"
    for options in ({}, {"method": "live"}, {"simulator": "stabilizer"}, {"simulator": "sparse"}):
        counts = session.run(entry, shots=SHOTS, seed=1, **options).counts()  # type: ignore[arg-type] # of one run
        assert counts.keys() == set(keys)
        assert all(abs(counts[key] - SHOTS / len(keys)) < 300 for key in keys)  # nine standard deviations
