"""The state-vector simulator in an engine process, behind its fence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from qirjit_magic.errors import EntryPointError, ProgramFailedError, QirError, RunTimeoutError, UnresolvedSymbolError
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.session import Session
from tests.files import corpus, program
from tests.process.support import PLATFORMS, make_supervisor

# Two-sided, of a binomial distribution: chance alone fails one comparison in 300,000.
_DEVIATIONS = 5.0


@pytest.fixture(scope="module", params=PLATFORMS)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    with Session(simulator="statevector", engine_client=make_supervisor(request.param)) as made:
        yield made


def run(session: Session, name: str, entry: str | None = None, *, shots: int = 1, **options: object) -> RunResult:
    info = session.add(program(name), "tried")
    return session.run(entry, module=info.name, shots=shots, **options)  # type: ignore[arg-type] # options of runs


def test_the_plan_says_which_simulator_it_was(session: Session) -> None:
    assert run(session, "coins").plan.simulator == "statevector"
    assert session.status().simulator == "statevector"


def test_coins_fall_as_often_as_they_should(session: Session) -> None:
    shots = 100_000
    counts = run(session, "coins", shots=shots, seed=3).counts()
    outcomes = len(counts)
    assert outcomes & (outcomes - 1) == 0
    for count in counts.values():
        mean = shots / outcomes
        assert abs(count - mean) < _DEVIATIONS * (mean * (1 - 1 / outcomes)) ** 0.5


def test_the_first_shots_are_the_same_however_many_follow(session: Session) -> None:
    many = run(session, "coins", shots=2_000, seed=11)
    few = run(session, "coins", shots=137, seed=11)
    assert [shot.records for shot in few.shots] == [shot.records for shot in many.shots][:137]
    assert run(session, "coins", shots=137, seed=12).counts() != few.counts()


@pytest.mark.parametrize("simulator", ["statevector", "sparse"])
def test_what_m_returns_is_what_was_found_on_each_simulator(session: Session, simulator: str) -> None:
    result = run(session, "values_of_m", shots=2, simulator=simulator)
    for shot in result.shots:
        assert [record.value for record in shot.outputs] == [1, 0, 1, True, True, False]
    assert result.messages == ["One", "One"]


def test_dumps_have_the_text_of_the_sparse_simulator(session: Session) -> None:
    ours = run(session, "dumps", "dumps", shots=40, seed=7).to_text("labeled")
    theirs = run(session, "dumps", "dumps", shots=40, seed=7, simulator="sparse").to_text("labeled")
    assert set(_rounded(ours).split("START\n")) == set(_rounded(theirs).split("START\n"))


def _rounded(text: str) -> str:
    # qirrunner's rounding errors are others: 1.0000000000000002
    return re.sub(r"\d\.\d+", lambda found: f"{float(found[0]):.12g}", text)


@pytest.mark.parametrize(("entry", "qubits"), [("static", 40), ("allocated", 33), ("static", 5_000)])
def test_a_state_that_does_not_fit_is_refused_before_it_is_made(session: Session, entry: str, qubits: int) -> None:
    with pytest.raises(ProgramFailedError, match=r"a state of \d+ or more qubits takes \d+ MiB .*, and \d+ MiB are"):
        run(session, "wide", entry, args=[qubits])
    assert run(session, "wide", "static", args=[3], seed=1).counts()
    assert session.status().restarts == 0


def test_the_limit_of_the_process_is_a_limit_of_the_state() -> None:
    engine_client = make_supervisor(memory_limit=512 << 20)
    with Session(simulator="statevector", engine_client=engine_client) as session:
        with pytest.raises(ProgramFailedError, match="a state of 26 or more qubits takes 1024 MiB"):
            run(session, "wide", "static", args=[26])
        assert run(session, "wide", "static", args=[20]).counts()
        assert session.status().restarts == 0


def test_a_large_state_takes_little_more_than_its_size_and_is_given_back(session: Session) -> None:
    run(session, "wide", "static", args=[3])
    process = psutil.Process(session.status().pid)
    before = process.memory_info().rss
    run(session, "wide", "static", args=[23])
    assert _max_memory(process) < before + 1.3 * (16 << 23) + (64 << 20)
    assert process.memory_info().rss < before + (32 << 20)


def _max_memory(process: psutil.Process) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


def test_released_qubits_make_room(session: Session) -> None:
    assert run(session, "wide", "released", args=[500], seed=1).counts()


@pytest.mark.parametrize(
    ("qubit", "result", "message"),
    [
        (1 << 20, 0, "there is no qubit 1048576"),
        (-1, 0, "there is no qubit -1"),
        (0, 1 << 25, "there is no result 33554432"),
        (0, -(1 << 63), "there is no result -9223372036854775808"),
    ],
)
def test_ids_that_nothing_can_have_fail_the_program(session: Session, qubit: int, result: int, message: str) -> None:
    with pytest.raises(ProgramFailedError, match=message):
        run(session, "wide", "ids", args=[qubit, result])


def test_a_gate_with_the_same_qubit_twice_fails_the_program(session: Session) -> None:
    with pytest.raises(ProgramFailedError, match="one of them twice"):
        run(session, "wide", "twice")
    assert run(session, "coins", shots=10).shots


def test_public_programs_end_as_they_do_on_the_sparse_simulator(session: Session) -> None:
    folder = corpus()
    if folder is None:
        pytest.skip("the public programs are not beside this repository: put them into shared/corpus next to it.")
    files = sorted(folder.rglob("*.[lb][lc]"))
    ended = {str(file): (_ending(session, file, "statevector"), _ending(session, file, "sparse")) for file in files}
    assert {name: both for name, both in ended.items() if not _agree(*both)} == {}
    assert len([one for one, _ in ended.values() if isinstance(one, set)]) > len(files) * 0.9
    assert session.status().restarts == 0


def _ending(session: Session, file: Path, simulator: str) -> set[str] | str:
    # The texts of the shots, or the error: without the name of the simulator, which it mentions.
    try:
        session.add(file, "tried")
        result = session.run(module="tried", shots=20, seed=42, timeout=30.0, simulator=simulator)
    except (EntryPointError, UnresolvedSymbolError) as error:
        return str(error).replace(simulator, "")
    except QirError as error:
        return repr(error)
    return set(result.to_text("labeled").split("START\n")[1:])


def _agree(one: set[str] | str, other: set[str] | str) -> bool:
    # What is always the same is the same on both; the rest may fall otherwise.
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one == other or len(one) > 1 or len(other) > 1


@pytest.mark.parametrize(("entry", "expected"), [("parity", 0.0), ("flips", 0.0), ("turns", 1.0), ("single", 0.5)])
def test_an_assertion_holds_or_fails_the_program(session: Session, entry: str, expected: float) -> None:
    assert len(run(session, "asserts", entry, args=[expected], shots=3).shots) == 3
    with pytest.raises(ProgramFailedError, match="ZZ is as it is not"):
        run(session, "asserts", entry, args=[expected + 1e-9])


def test_what_is_teleported_is_found_as_often_as_it_should(session: Session) -> None:
    shots, probability = 100_000, math.sin(0.45) ** 2
    ones = run(session, "teleport", shots=shots, seed=5).counts()["1"]
    assert abs(ones - shots * probability) < _DEVIATIONS * (shots * probability * (1 - probability)) ** 0.5


def test_a_run_can_be_stopped_while_shots_go_on(session: Session) -> None:
    with pytest.raises(RunTimeoutError) as caught:
        run(session, "teleport", shots=1_000_000_000, timeout=0.3)
    assert caught.value.partial is not None
    assert len(caught.value.partial.shots) > 1_000
    assert session.status().restarts == 0
