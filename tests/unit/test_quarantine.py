"""`Quarantine`: how many deaths are too many, and what makes up for them."""

from __future__ import annotations

import contextlib

import pytest

from qirjit_magic.errors import EngineStartError, QuarantineError, WorkerCrashedError, WorkerRestartLimitError
from qirjit_magic.session.quarantine import DEATHS_IN_A_ROW, MODULE_DEATHS, Quarantine

SEGV = WorkerCrashedError("SIGSEGV", "main")
KILLED = WorkerCrashedError("SIGKILL", "main")


def _compile(quarantine: Quarantine, digest: str, error: Exception | None = None) -> None:
    with contextlib.suppress(WorkerCrashedError, EngineStartError), quarantine.watch("name", digest):
        if error:
            raise error


def test_a_module_that_ended_three_processes_is_not_tried_again() -> None:
    quarantine = Quarantine()
    for _ in range(MODULE_DEATHS):
        _compile(quarantine, "bad", SEGV)
    with pytest.raises(QuarantineError) as caught:
        _compile(quarantine, "bad")
    assert (caught.value.name, caught.value.causes) == ("name", ("SIGSEGV",) * MODULE_DEATHS)
    assert "%qir_reset name" in str(caught.value)
    _compile(quarantine, "good")


def test_runs_count_as_compilations_do() -> None:
    quarantine = Quarantine()
    for _ in range(MODULE_DEATHS):
        quarantine.note_run("bad", SEGV, ended=False)
    with pytest.raises(QuarantineError):
        _compile(quarantine, "bad")


def test_a_run_that_came_to_its_end_makes_up_for_all_before() -> None:
    quarantine = Quarantine()
    for _ in range(3 * DEATHS_IN_A_ROW):
        quarantine.note_run("flaky", SEGV, ended=False)
        quarantine.note_run("flaky", None, ended=True)
    _compile(quarantine, "flaky")


def test_a_run_that_was_stopped_or_had_to_be_killed_makes_up_for_nothing() -> None:
    quarantine = Quarantine()
    for _ in range(MODULE_DEATHS):
        quarantine.note_run("bad", SEGV, ended=False)
        quarantine.note_run("bad", None, ended=False)
    with pytest.raises(QuarantineError):
        _compile(quarantine, "bad")


def test_after_five_deaths_of_different_modules_nothing_is_started() -> None:
    quarantine = Quarantine()
    for number in range(DEATHS_IN_A_ROW - 1):
        _compile(quarantine, str(number), SEGV)
    _compile(quarantine, "last", EngineStartError("it died", signal_name="SIGABRT"))
    with pytest.raises(WorkerRestartLimitError) as caught:
        _compile(quarantine, "other")
    assert caught.value.limit == DEATHS_IN_A_ROW
    quarantine.clear()
    _compile(quarantine, "other")


def test_what_was_killed_counts_for_its_module_and_for_nobody_else() -> None:
    quarantine = Quarantine()
    for number in range(3 * DEATHS_IN_A_ROW):
        _compile(quarantine, str(number), KILLED)
        _compile(quarantine, "m", EngineStartError("it died", signal_name="SIGKILL"))
        _compile(quarantine, "m", EngineStartError("the system refused"))
    for _ in range(MODULE_DEATHS):
        _compile(quarantine, "slow", KILLED)
    with pytest.raises(QuarantineError):
        _compile(quarantine, "slow")
    _compile(quarantine, "m")


def test_a_module_that_is_released_is_tried_again() -> None:
    quarantine = Quarantine()
    for _ in range(MODULE_DEATHS):
        _compile(quarantine, "bad", SEGV)
    quarantine.release("bad")
    _compile(quarantine, "bad")
