"""Public programs of many frontends: each runs, or is refused with the error that its kind calls for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.errors import EntryPointError, QirError, UnresolvedSymbolError
from qirjit_magic.session.session import Session
from tests.files import corpus
from tests.process.qirrunner_outputs import outputs
from tests.process.support import make_supervisor

TIMEOUT_S = 30.0
RUNNING_SHARE = 0.98
# Functions of the program's user, which nobody else can define: in WebAssembly, in C, or in a simulator of theirs.
OF_USERS = {
    "pyqir/pyqir/tests/resources/test_trunc.ll": {"random_int"},
    "pytket-qir/test_pytket_qir_wasm_2-QIRProfile.ADAPTIVE.ll": {
        *("multi", "add_one", "no_return", "init", "no_parameters"),
    },
    "pytket-qir/test_pytket_qir_wasm_3-QIRProfile.ADAPTIVE_CREGSIZE.ll": {"add_something"},
    "pytket-qir/test_pytket_qir_wasm_4-QIRProfile.ADAPTIVE.ll": {"add_something"},
    "pytket-qir/test_pytket_qir_wasm_4-QIRProfile.ADAPTIVE_CREGSIZE.ll": {"add_something"},
    "pytket-qir/test_pytket_qir_wasm_5-QIRProfile.PYTKET.ll": {"add_one"},
    "qir-runner/missing-intrinsic.bc": {"__quantum__qis__mycustomintrinsic__body"},
}
NO_SINGLE_ENTRY = {
    "qat/demos/SmallSeparation/input.ll": "its only entry point takes a number",
    "qat/qir-tests/scenario_tests/scenario11/library.input.ll": "a library: its only function takes a pointer",
    "qat/qir-tests/scenario_tests/scenario2/library.input.ll": "a library: its only function takes a pointer",
    "qir-runner/cji.bc": "it has 22 entry points",
    "qir-runner/full-qir.bc": "it has two entry points",
}
# qirrunner prints old one-argument records by themselves; the specification's text has OUTPUT before them.
OTHER_TEXT = {"qat/qir-tests/comparison_tests/result-comparison.ll"}


@pytest.fixture(scope="module")
def folder() -> Path:
    found = corpus()
    if found is None:
        pytest.skip("the public programs are not beside this repository: put them into shared/corpus next to it.")
    return found


@pytest.fixture(scope="module")
def tried() -> Iterator[Session]:
    with Session(engine_client=make_supervisor()) as session:
        yield session


def programs(folder: Path) -> dict[str, Path]:
    return {str(file.relative_to(folder)): file for file in sorted(folder.rglob("*.[lb][lc]"))}


def outcome(session: Session, file: Path) -> str | QirError:
    try:
        info = session.add(file, "program")
        session.run(module=info.name, seed=42, timeout=TIMEOUT_S)
    except QirError as error:
        return error
    return "ran"


def test_public_programs_run_or_are_refused_for_their_reason(
    folder: Path, tried: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = {name: outcome(tried, file) for name, file in programs(folder).items()}
    table = Counter(str(found) if found == "ran" else type(found).__name__ for found in outcomes.values())
    with capsys.disabled():
        print("\n" + "\n".join(f"{count:5} {what}" for what, count in table.most_common()))  # noqa: T201 - the table
    able = [name for name in outcomes if name not in {*OF_USERS, *NO_SINGLE_ENTRY}]
    failed = {name: str(outcomes[name]) for name in able if outcomes[name] != "ran"}
    assert len(failed) <= (1 - RUNNING_SHARE) * len(able), failed
    for name, symbols in OF_USERS.items():
        error = outcomes[name]
        assert isinstance(error, UnresolvedSymbolError), name
        assert set(error.symbols) == symbols
    for name in NO_SINGLE_ENTRY:
        assert isinstance(outcomes[name], EntryPointError), name
    assert tried.status().restarts == 0


def test_what_qirrunner_runs_too_gives_the_same_text(folder: Path, tried: Session) -> None:
    files = programs(folder)
    theirs = outputs(list(files.values()), shots=5, seed=1)
    assert len(theirs) > len(files) // 2
    other = {name for name, file in files.items() if file in theirs and ours(tried, file) != theirs[file]}
    assert other == OTHER_TEXT


def ours(session: Session, file: Path) -> str:
    session.add(file, "program")
    result = session.run(module="program", shots=5, seed=1, simulator="sparse", method="live")
    lines = result.to_text("labeled").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("HEADER\t"))


def test_an_old_record_has_the_value_that_qirrunner_gives_it(folder: Path, tried: Session) -> None:
    for name in OTHER_TEXT:
        file = folder / name
        theirs = outputs([file], shots=5, seed=1)[file]
        assert ours(tried, file).replace("OUTPUT\tRESULT", "RESULT") == theirs
