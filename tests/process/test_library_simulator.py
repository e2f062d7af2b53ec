"""Any shared library with QIR symbols as a simulator."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qirjit_magic.errors import SimulatorError, SimulatorNotFoundError, UnresolvedSymbolError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import make_supervisor

SAY = b"""
@text = internal constant [6 x i8] c"magic\\00"
define void @say() {
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  call void @__quantum__rt__message(ptr %string)
  ret void
}
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
"""


@pytest.fixture
def fresh() -> Iterator[Session]:
    """A session whose engine has loaded no simulator yet, with toy_gates.ll."""
    with Session(engine_client=make_supervisor()) as session:
        session.add(program("toy_gates"), "toy")
        yield session


@pytest.fixture
def qirrunner_path() -> str:
    spec = importlib.util.find_spec("qirrunner._native")
    assert spec is not None
    assert spec.origin is not None
    return spec.origin


def test_a_library_runs_programs(fresh: Session, toy: str) -> None:
    result = fresh.run("flip_and_measure", shots=3, simulator=toy)
    assert result.counts() == {"01": 3}
    assert result.plan.simulator == toy
    assert result.seed is None
    assert fresh.status().simulator == toy


def test_a_library_can_be_the_simulator_of_a_session(toy: str) -> None:
    with Session(toy) as session:
        session.add(program("toy_gates"), "toy")
        assert session.run("flip_and_measure").counts() == {"01": 1}


def test_a_relative_path_is_relative_to_the_current_folder(
    fresh: Session, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(toy).parent)
    assert fresh.run("flip_and_measure", simulator="./toy.so").counts() == {"01": 1}


def test_the_initialiser_is_called_once(fresh: Session, toy: str) -> None:
    first = fresh.run("initialiser_calls", shots=2, simulator=toy)
    second = fresh.run("initialiser_calls", simulator=toy)
    assert first.returns + second.returns == [1, 1, 1]
    assert (first.stdout, second.stdout) == ("toy simulator, call 1\n", "")
    assert fresh.status().simulator_loads == 1


@pytest.mark.parametrize(
    ("initialiser", "symbol", "calls"),
    [("CreateFullstateSimulatorC", "", 1), ("wake_up", ":wake_up", 1), ("wake_up", "", 0)],
)
def test_an_initialiser_of_another_name_is_named(
    fresh: Session, compile_toy: Callable[..., Path], initialiser: str, symbol: str, calls: int
) -> None:
    library = compile_toy(f"-DINITIALISER={initialiser}")
    assert fresh.run("initialiser_calls", simulator=f"{library}{symbol}").returns == [calls]


def test_an_initialiser_that_is_not_there_is_told(fresh: Session, toy: str) -> None:
    with pytest.raises(SimulatorError, match="no symbol 'wake_up'"):
        fresh.run("flip_and_measure", simulator=f"{toy}:wake_up")


def test_the_engine_that_takes_over_initialises_again(fresh: Session, toy: str) -> None:
    fresh.run("initialiser_calls", simulator=toy)
    fresh.reset()
    fresh.add(program("toy_gates"), "toy")
    assert fresh.run("initialiser_calls", simulator=toy).returns == [1]


def test_a_gate_that_the_library_lacks_is_unresolved(fresh: Session, toy: str) -> None:
    gate = "__quantum__qis__rxx__body"
    fresh.add(
        f"declare void @{gate}(double, ptr, ptr)\ndefine void @f() {{\n"
        f"  call void @{gate}(double 0.5, ptr null, ptr null)\n  ret void\n}}"
    )
    with pytest.raises(UnresolvedSymbolError) as caught:
        fresh.run("f", simulator=toy)
    assert caught.value.symbols == (gate,)
    assert caught.value.simulator == toy
    fresh.run("f", simulator="sparse")


def test_what_is_no_qir_function_of_the_library_is_out_of_reach(fresh: Session, toy: str) -> None:
    fresh.add("declare void @InitQIRSim()\ndefine void @f() {\n  call void @InitQIRSim()\n  ret void\n}")
    with pytest.raises(UnresolvedSymbolError):
        fresh.run("f", simulator=toy)


def test_strings_come_from_the_runtime_library(fresh: Session, toy: str) -> None:
    fresh.add(SAY)
    assert fresh.run("say", simulator=toy).messages == ["magic"]


def test_a_seed_is_refused(fresh: Session, toy: str) -> None:
    with pytest.raises(SimulatorError, match="takes no seed"):
        fresh.run("flip_and_measure", simulator=toy, seed=7)
    assert fresh.run("flip_and_measure", simulator=toy).counts() == {"01": 1}


def test_a_library_that_reads_no_results_is_refused(fresh: Session, compile_toy: Callable[..., Path]) -> None:
    with pytest.raises(SimulatorError, match="lacks __quantum__rt__read_result"):
        fresh.run("print", simulator=str(compile_toy("-DWITHOUT_READING")))


def test_what_is_no_library_is_refused(fresh: Session, tmp_path: Path) -> None:
    file = tmp_path / "simulator.so"
    file.write_text("not a library")
    with pytest.raises(SimulatorError, match="cannot be loaded") as caught:
        fresh.run("print", simulator=str(file))
    assert str(file) in str(caught.value)


def test_an_unknown_name_is_told_with_the_known_ones(fresh: Session) -> None:
    with pytest.raises(SimulatorNotFoundError) as caught:
        fresh.run("print", simulator="dense")
    assert caught.value.name == "dense"
    assert {"auto", "sparse"} <= set(caught.value.known)


def test_programs_move_between_simulators(fresh: Session, toy: str) -> None:
    for _ in range(2):
        assert fresh.run("flip_and_measure", simulator=toy).counts() == {"01": 1}
        assert fresh.run("flip_and_measure", simulator="sparse").counts() == {"01": 1}
    status = fresh.status()
    assert (status.simulator, status.simulator_loads, status.compilations) == ("sparse", 2, 1)


def test_qirrunners_library_works_by_its_path(fresh: Session, qirrunner_path: str) -> None:
    fresh.add(program("coins"), "coins")
    counts = fresh.run("coins", shots=200, simulator=qirrunner_path).counts()
    assert sum(counts.values()) == 200
    assert len(counts) > 1
    assert fresh.status().simulator_loads == 1
    known = fresh.run("coins", shots=50, seed=7, simulator="sparse").counts()
    assert fresh.run("coins", shots=50, seed=7, simulator=qirrunner_path).counts() == known
    assert fresh.run("coins", shots=50, seed=7, simulator="sparse", method="live").counts() == known
    assert fresh.status().simulator_loads == 2


def test_a_library_is_attached_once_however_its_path_is_written(
    fresh: Session, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(toy).parent)
    for path in (toy, "toy.so", "./toy.so", f"../{Path(toy).parent.name}/toy.so"):
        assert fresh.run("initialiser_calls", simulator=path).returns == [1]
    assert fresh.status().simulator_loads == 1


def test_state_dumps_of_qirrunner_by_its_path_do_not_depend_on_what_ran_before(qirrunner_path: str) -> None:
    with Session(engine_client=make_supervisor()) as session:
        session.add(program("dumps"), "dumps")
        first = session.run("only_dumps", simulator=qirrunner_path).messages
        session.run("only_dumps", simulator="sparse", seed=1)
        again = session.run("only_dumps", simulator=qirrunner_path).messages
    assert len(first) == len(again) == 3
    assert all("STATE: " in message for message in first + again)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fence that keeps files from being read.")
def test_a_library_that_needs_one_from_elsewhere_says_how_to_name_its_folder(
    compile_toy: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "libelsewhere.so"
    shutil.copy(compile_toy(f"-Wl,-soname,{elsewhere.name}"), elsewhere)
    needing = str(compile_toy(f"-L{tmp_path}", "-Wl,--no-as-needed", "-lelsewhere", f"-Wl,-rpath,{tmp_path}"))
    for folders, works in (("", False), (f"/nowhere:{tmp_path}", True)):
        monkeypatch.setenv("QIRJIT_READABLE", folders)
        with Session(needing) as session:
            session.add(program("toy_gates"), "toy")
            if "no Landlock" in session.status().fence:
                pytest.skip("this kernel lets files be read.")
            if works:
                assert session.run("flip_and_measure").counts() == {"01": 1}
            else:
                with pytest.raises(SimulatorError, match="environment variable QIRJIT_READABLE"):
                    session.run("flip_and_measure")


def test_a_library_named_by_a_run_costs_a_process_once_and_the_modules_stay(fresh: Session, toy: str) -> None:
    assert fresh.run("flip_and_measure", simulator=toy).counts() == {"01": 1}
    pid = fresh.status().pid
    assert fresh.run("flip_and_measure", simulator=toy).counts() == {"01": 1}
    assert (fresh.status().pid, fresh.status().restarts) == (pid, 0)
    assert fresh.status().modules == ("toy",)
