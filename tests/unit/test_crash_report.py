from __future__ import annotations

import signal

import pytest

from qirjit_magic.protocol.shared_memory import RecordMemory, Word
from qirjit_magic.session.client.crash_report import crash_error, default_memory_limit
from qirjit_magic.session.client.process import UNKNOWN, Limit, Stream, is_over

_MIB = 1 << 20
OUT_OF_MEMORY = [
    ("exit status 1", "Traceback (most recent call last):\n  …\nMemoryError\n"),
    ("exit status 1", "MemoryError: bad allocation\n"),
    ("SIGABRT", "memory allocation of 8388608 bytes failed\nnote: run with\n"),
    ("SIGABRT", "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"),
    ("SIGABRT", "LLVM ERROR: out of memory\nAllocation failed\n"),
]
SOMETHING_ELSE = [
    ("SIGSEGV", "memory allocation of 8388608 bytes failed\n"),
    ("SIGKILL", ""),
    ("exit status 3", "MemoryError\n"),
    ("exit status 1", "ValueError: no MemoryError\n"),
    ("SIGABRT", "capacity overflow\n"),
    ("SIGABRT", "terminate called after throwing an instance of 'std::bad_cast'\n"),
]


def stream(text: str) -> Stream:
    errors = Stream()
    errors.feed(text.encode())
    return errors


@pytest.mark.parametrize(("cause", "said"), OUT_OF_MEMORY)
def test_out_of_memory_is_told_with_the_limit(cause: str, said: str) -> None:
    error = crash_error(cause, "main", stream(said), memory_limit=1536 * _MIB)
    assert error.reason == "out of memory: the limit is 1,536 MiB"
    assert (error.signal_name, error.entry, error.stderr_tail) == (cause, "main", said)
    assert f"died of {cause} (out of memory: the limit is 1,536 MiB) while it ran 'main'" in str(error)


def test_out_of_memory_without_a_limit_names_none() -> None:
    cause, said = OUT_OF_MEMORY[0]
    assert crash_error(cause, "main", stream(said), memory_limit=0).reason == "out of memory"


@pytest.mark.parametrize(("cause", "said"), SOMETHING_ELSE)
def test_other_deaths_are_not_taken_for_it(cause: str, said: str) -> None:
    error = crash_error(cause, "", stream(said), memory_limit=_MIB)
    assert "out of memory" not in error.reason
    assert f"died of {cause} ({error.reason}) while" in str(error)


def test_a_death_takes_the_note_and_names_the_shot(memory: RecordMemory) -> None:
    for word, value in ((Word.SHOT, 7), (Word.RUNNING, 1), (Word.FAULT_SIGNAL, signal.SIGFPE), (Word.FAULT_CODE, 1)):
        memory.put_word(word, value)
    error = crash_error("SIGFPE", "main", stream(""), memory_limit=0, memory=memory)
    assert error.reason == "division by zero, or of the smallest integer by -1"
    assert error.shot == 7
    assert memory.take_fault() is None


def test_a_death_outside_a_run_names_no_shot(memory: RecordMemory) -> None:
    memory.put_word(Word.RUNNING, 1)  # of a run before
    error = crash_error("SIGABRT", "", stream("LLVM ERROR: oh\n"), memory_limit=0, memory=memory, module="m")
    assert (error.shot, error.module) == (None, "m")
    assert error.cause == "SIGABRT (LLVM gave up while it compiled: oh)"


def test_a_compiler_that_took_too_long_is_told_with_its_limit() -> None:
    error = crash_error("SIGKILL", "", stream(""), memory_limit=0, module="m", late=Limit(2.5, "the compiler"))
    assert error.reason == "the compiler had not ended after 2.5 s"


def test_a_moment_is_over_once_it_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    assert [is_over(moment) for moment in (None, 99.9, 100.0, 100.1)] == [False, True, False, False]


def test_the_memory_limit_is_three_quarters_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qirjit_magic.system_memory.control_groups", tuple)
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert default_memory_limit() == 750 * 4096


def test_there_is_no_limit_where_the_system_does_not_tell_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> int:
        raise ValueError

    monkeypatch.setattr("qirjit_magic.system_memory.control_groups", tuple)
    monkeypatch.setattr("os.sysconf", unknown)
    assert default_memory_limit() == 0


@pytest.mark.parametrize(
    ("late", "stopped", "reason"),
    [
        ("the trace", False, "the trace had not ended after 20 s"),
        (
            "the trace",
            True,
            "the trace had not ended after 20 s: it was stopped by a signal: SIGSTOP, or one of a terminal",
        ),
        ("", True, "for 20 s it was stopped by a signal: SIGSTOP, or one of a terminal"),
    ],
)
def test_who_is_killed_because_of_the_time_says_what_took_it(late: str, stopped: bool, reason: str) -> None:  # noqa: FBT001 - a table
    error = crash_error("SIGKILL", "main", stream(""), memory_limit=0, late=Limit(20, late), stopped=stopped)
    assert (error.reason, error.limit_s, error.stopped) == (reason, 20, stopped)


def test_a_lost_status_is_told_by_the_note_of_the_fault(memory: RecordMemory) -> None:
    for word, value in ((Word.FAULT_SIGNAL, signal.SIGFPE), (Word.FAULT_CODE, 1)):
        memory.put_word(word, value)
    error = crash_error(UNKNOWN, "main", stream(""), memory_limit=0, memory=memory)
    assert (error.signal_name, error.reason) == ("SIGFPE", "division by zero, or of the smallest integer by -1")
    error = crash_error(UNKNOWN, "main", stream(""), memory_limit=0, memory=memory)
    assert error.signal_name == UNKNOWN
    assert "its exit status is lost" in error.reason


def test_a_note_of_no_signal_tells_nothing(memory: RecordMemory) -> None:
    memory.put_word(Word.FAULT_SIGNAL, 1 << 40)
    assert crash_error(UNKNOWN, "main", stream(""), memory_limit=0, memory=memory).signal_name == UNKNOWN
