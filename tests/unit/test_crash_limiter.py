"""`CrashLimiter`: how many deaths are too many, and what makes up for them."""

from __future__ import annotations

import contextlib

import pytest

from qirjit_magic.errors import EngineStartError, QuarantineError, WorkerCrashedError, WorkerRestartLimitError
from qirjit_magic.session.registry import DEATHS_IN_A_ROW, MODULE_DEATHS, CrashLimiter

SEGV = WorkerCrashedError("SIGSEGV", "main")
KILLED = WorkerCrashedError("SIGKILL", "main")


def _compile(crash_limiter: CrashLimiter, digest: str, error: Exception | None = None) -> None:
    with contextlib.suppress(WorkerCrashedError, EngineStartError), crash_limiter.watch("name", digest):
        if error:
            raise error


def test_a_module_that_ended_three_processes_is_not_tried_again() -> None:
    crash_limiter = CrashLimiter()
    for _ in range(MODULE_DEATHS):
        _compile(crash_limiter, "bad", SEGV)
    with pytest.raises(QuarantineError) as caught:
        _compile(crash_limiter, "bad")
    assert (caught.value.name, caught.value.causes) == ("name", ("SIGSEGV",) * MODULE_DEATHS)
    assert "%qir_reset name" in str(caught.value)
    _compile(crash_limiter, "good")


def test_runs_count_as_compilations_do() -> None:
    crash_limiter = CrashLimiter()
    for _ in range(MODULE_DEATHS):
        crash_limiter.note_run("bad", SEGV, ended=False)
    with pytest.raises(QuarantineError):
        _compile(crash_limiter, "bad")


def test_a_run_that_came_to_its_end_makes_up_for_all_before() -> None:
    crash_limiter = CrashLimiter()
    for _ in range(3 * DEATHS_IN_A_ROW):
        crash_limiter.note_run("flaky", SEGV, ended=False)
        crash_limiter.note_run("flaky", None, ended=True)
    _compile(crash_limiter, "flaky")


def test_a_run_that_was_stopped_or_had_to_be_killed_makes_up_for_nothing() -> None:
    crash_limiter = CrashLimiter()
    for _ in range(MODULE_DEATHS):
        crash_limiter.note_run("bad", SEGV, ended=False)
        crash_limiter.note_run("bad", None, ended=False)
    with pytest.raises(QuarantineError):
        _compile(crash_limiter, "bad")


def test_after_five_deaths_of_different_modules_nothing_is_started() -> None:
    crash_limiter = CrashLimiter()
    for number in range(DEATHS_IN_A_ROW - 1):
        _compile(crash_limiter, str(number), SEGV)
    _compile(crash_limiter, "last", EngineStartError("it died", signal_name="SIGABRT"))
    with pytest.raises(WorkerRestartLimitError) as caught:
        _compile(crash_limiter, "other")
    assert caught.value.limit == DEATHS_IN_A_ROW
    crash_limiter.clear()
    _compile(crash_limiter, "other")


def test_what_was_killed_counts_for_its_module_and_for_nobody_else() -> None:
    crash_limiter = CrashLimiter()
    for number in range(3 * DEATHS_IN_A_ROW):
        _compile(crash_limiter, str(number), KILLED)
        _compile(crash_limiter, "m", EngineStartError("it died", signal_name="SIGKILL"))
        _compile(crash_limiter, "m", EngineStartError("the system refused"))
    for _ in range(MODULE_DEATHS):
        _compile(crash_limiter, "slow", KILLED)
    with pytest.raises(QuarantineError):
        _compile(crash_limiter, "slow")
    _compile(crash_limiter, "m")


def test_a_module_that_is_released_is_tried_again() -> None:
    crash_limiter = CrashLimiter()
    for _ in range(MODULE_DEATHS):
        _compile(crash_limiter, "bad", SEGV)
    crash_limiter.release("bad")
    _compile(crash_limiter, "bad")
