"""The fuzzer finds what it is to find: each kind of misbehaviour, made on purpose."""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from collections.abc import Callable, Iterator

import psutil
import pytest

from qirjit_magic.errors import QirNotice, SourceError, WorkerCrashedError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.fuzzing.campaign import Campaign
from tests.fuzzing.mutations import Mutation
from tests.fuzzing.report import Report
from tests.fuzzing.trial import Outcome, Trial

MUTATION = Mutation(3, "coins", ("flip_bytes",), program("coins"))


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with Trial() as made:
        yield made


def carried_out(trial: Trial, monkeypatch: pytest.MonkeyPatch, instead: Callable[[], object]) -> Outcome:
    with monkeypatch.context() as patch:
        patch.setattr(Session, "add", lambda *_: instead())
        return trial.carry_out(MUTATION)


def test_a_program_that_runs_is_a_result_and_no_finding(trial: Trial) -> None:
    outcome = trial.carry_out(MUTATION)
    assert (outcome.index, outcome.kind, outcome.finding, outcome.death) == (3, "result", "", "")
    assert trial.check() == ""


def test_an_exception_that_is_none_of_ours_is_a_finding(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = carried_out(trial, monkeypatch, lambda: int("many"))
    assert outcome.kind == "ValueError"
    assert "many" in outcome.finding


@pytest.mark.parametrize(("category", "found"), [(UserWarning, True), (QirNotice, False)])
def test_a_warning_is_a_finding_and_a_notice_is_none(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, category: type[Warning], *, found: bool
) -> None:
    def warn() -> None:
        warnings.warn("odd", category, stacklevel=1)
        raise SourceError("refused")

    outcome = carried_out(trial, monkeypatch, warn)
    assert outcome.finding == ("warned in compile: odd" if found else "")


@pytest.mark.parametrize(("words", "finding"), [("ValueError: digits", True), ("MemoryError", False)])
def test_an_exception_of_ours_that_ends_the_engine_is_a_finding(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, words: str, *, finding: bool
) -> None:
    def crash() -> None:
        raise WorkerCrashedError("exit status 1", "", f"Traceback (most recent call last):\n{words}\n")

    outcome = carried_out(trial, monkeypatch, crash)
    assert outcome.death.startswith("compile: exit status 1: ")
    assert bool(outcome.finding) == finding


def test_a_descriptor_that_stays_open_is_a_finding(trial: Trial) -> None:
    descriptor = os.dup(0)
    try:
        assert "descriptors and processes" in trial.check()
    finally:
        os.close(descriptor)
    assert trial.check() == ""


def test_a_wild_program_is_a_death_and_no_finding(trial: Trial) -> None:
    outcome = trial.carry_out(Mutation(4, "store_at_16", (), program("store_at_16")))
    assert (outcome.death, outcome.finding) == ("run: SIGSEGV: a program that runs wild", "")
    report = Report(1)
    report.take(outcome)
    assert "1  run: SIGSEGV: a program that runs wild  (--only 4)" in str(report)


def test_llvm_s_last_words_are_what_a_death_is_counted_by(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "python: /x/lib/IR/Value.cpp:12: void f(int): Assertion `a &&\n b' failed.": "assertion in Value.cpp: a && b",
        "LLVM ERROR: Cannot select: t5: i64 = X 0x12": "LLVM ERROR: Cannot select: …: i… = X …",
        "thread 'x' panicked at src/lib.rs:3:4:\nno qubit 7\n": "panicked at src/lib.rs:…:…: no qubit …",
    }
    for words, counted in said.items():

        def crash(words: str = words) -> None:
            raise WorkerCrashedError("SIGABRT", "", words)

        assert carried_out(trial, monkeypatch, crash).death == f"compile: SIGABRT: {counted}"


def test_a_kernel_that_dies_is_a_finding_and_the_rest_goes_on() -> None:
    report = Report(1)

    def take(outcome: Outcome) -> None:
        report.take(outcome)
        if len(report.outcomes) == 1 and not report.findings:
            for child in psutil.Process().children():
                with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
                    if "tests.fuzzing.worker" in child.cmdline():
                        child.send_signal(signal.SIGKILL)

    Campaign(count=30).carry_out(take)
    assert sum(report.outcomes.values()) == 30
    (finding,) = report.findings
    assert finding.kind == "the kernel's process ended"
    assert "exit status -9" in finding.finding
