"""Each limit of a session, passed by a real program: an error with its facts, or a count; and the next run is right."""

from __future__ import annotations

import math
import time

import pytest

from qirjit_magic.errors import RunTimeoutError
from qirjit_magic.limits import LimitError, Limits
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, number

BUSY = program("busy")


@pytest.fixture
def limited(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session whose limits end with the test."""
    monkeypatch.setattr(session, "limits", session.limits)
    return session


def partial(caught: pytest.ExceptionInfo[LimitError]) -> RunResult:
    """The finished shots."""
    result = caught.value.partial
    assert isinstance(result, RunResult)
    return result


def goes_on(session: Session) -> bool:
    """Whether the session still runs programs."""
    session.add(number(7), "seven")
    return session.run("number", module="seven").returns == [7]


def test_a_module_that_is_too_long_changes_nothing(limited: Session) -> None:
    limited.limits = Limits(source_bytes=1000)
    with pytest.raises(LimitError, match="source_bytes"):
        limited.add(number(1).ljust(1001), "long")
    assert limited.modules == ()
    assert goes_on(limited)


def test_a_module_whose_nesting_would_overflow_llvm_s_stack_never_gets_there(limited: Session) -> None:
    pid = limited.status().pid
    began = time.monotonic()
    with pytest.raises(LimitError) as caught:
        limited.add(b"@deep = global " + b"[1 x " * 200_000 + b"i8" + b"]" * 200_000 + b" undef")
    assert (caught.value.limit, caught.value.value, caught.value.allowed) == ("nesting", 200_000, 1_000)
    assert time.monotonic() - began < LIVENESS_S
    assert limited.status().pid == pid


def test_a_module_as_deep_as_it_may_be_is_compiled(limited: Session) -> None:
    kind = b"[1 x " * 999 + b"i8" + b"]" * 999
    limited.add(b"@deep = global " + kind + b" zeroinitializer\n" + number(7), "deep")
    assert limited.run("number").returns == [7]


def test_one_module_more_than_there_may_be_is_refused_and_one_in_place_of_another_is_not(limited: Session) -> None:
    limited.limits = Limits(modules=2)
    limited.add(b"define void @a() { ret void }", "a")
    limited.add(b"define void @b() { ret void }", "b")
    limited.add(b"define i64 @a() { ret i64 1 }", "a")
    with pytest.raises(LimitError, match="3 modules"):
        limited.add(b"define void @c() { ret void }", "c")
    assert [module.name for module in limited.modules] == ["b", "a"]
    limited.remove("b")
    limited.add(b"define void @c() { ret void }", "c")


def test_records_beyond_those_of_a_shot_are_counted_and_told(limited: Session) -> None:
    limited.add(program("floods"), "floods")
    limited.limits = Limits(records_per_shot=100)
    result = limited.run("numbers", args=[130], shots=3)
    assert [len(shot.records) for shot in result.shots] == [100] * 3
    assert result.table.values.tolist() == list(range(100)) * 3
    assert result.dropped == 90
    assert "90 records and texts found no room: a shot may have 100" in str(result.notices[0])
    limited.limits = Limits()
    assert len(limited.run("numbers", args=[130]).shots[0].records) == 130


def test_output_beyond_what_is_kept_is_counted_and_told(limited: Session, toy: str) -> None:
    limited.add(program("toy_gates"), "toy")
    limited.limits = Limits(output_bytes=1000)
    result = limited.run("flood", simulator=toy)
    assert result.unkept > 100_000
    assert max(len(result.stdout), len(result.stderr)) < 1100
    assert result.stdout.endswith("the last of stdout\n")
    assert "1,000 bytes of stdout" in str(result.notices[0])
    assert limited.run("flip_and_measure", simulator=toy).unkept == 0


def test_a_run_that_records_too_much_ends_with_its_finished_shots(limited: Session) -> None:
    limited.add(program("floods"), "floods")
    limited.limits = Limits(kept_bytes=100 << 20)
    with pytest.raises(LimitError) as caught:
        limited.run("numbers", args=[1_000_000], shots=1_000_000, method="live")
    assert (caught.value.limit, caught.value.allowed) == ("kept_bytes", 100 << 20)
    assert 100 << 20 < caught.value.value < 250 << 20
    result = partial(caught)
    assert 6 < len(result.shots) < 20
    assert result is limited.last
    assert result.shots[-1].records[-1].value == 999_999
    assert goes_on(limited)


def test_a_run_that_just_fits_is_whole(limited: Session) -> None:
    limited.add(program("floods"), "floods")
    limited.limits = Limits(kept_bytes=1)
    assert not limited.run("numbers", args=[1000], shots=3).partial


@pytest.mark.parametrize("entry", ["endless", "slow_shots"])
def test_a_run_that_computes_too_long_ends_with_its_finished_shots(limited: Session, entry: str) -> None:
    limited.add(BUSY, "busy")
    limited.limits = Limits(cpu_seconds=0.3)
    with pytest.raises(LimitError) as caught:
        limited.run(entry, shots=10**9)
    assert (caught.value.limit, caught.value.allowed) == ("cpu_seconds", 0.3)
    assert 0.3 < caught.value.value < LIVENESS_S
    assert (len(partial(caught).shots) > 0) == (entry == "slow_shots")
    assert goes_on(limited)
    assert not limited.run("slow_shots", module="busy").partial  # each run has its own time


def test_a_run_that_sleeps_uses_no_processor_time(limited: Session) -> None:
    limited.define("sleep", "void ()", lambda: time.sleep(0.05))
    limited.add(b"declare void @sleep()\ndefine void @sleeps() {\n  call void @sleep()\n  ret void\n}\n", "sleeper")
    limited.limits = Limits(cpu_seconds=2)
    with pytest.raises(RunTimeoutError):
        limited.run("sleeps", shots=10**6, timeout=2.5)
    limited.undefine("sleep")


def test_a_limit_of_none_lets_a_run_go_on(limited: Session) -> None:
    limited.add(BUSY, "busy")
    with pytest.raises(RunTimeoutError):
        limited.run("endless", timeout=0.5)
    assert math.isclose(limited.limits.cpu_seconds, 0)
