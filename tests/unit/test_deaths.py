from __future__ import annotations

import pytest

from qirjit_magic.session import limits
from qirjit_magic.session.deaths import crash
from qirjit_magic.session.streams import Stream

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
    error = crash(cause, "main", stream(said), memory_limit=1536 * _MIB)
    assert error.reason == "out of memory: the limit is 1,536 MiB"
    assert (error.signal_name, error.entry, error.stderr_tail) == (cause, "main", said)
    assert f"died of {cause} (out of memory: the limit is 1,536 MiB) while it ran 'main'" in str(error)


def test_out_of_memory_without_a_limit_names_none() -> None:
    cause, said = OUT_OF_MEMORY[0]
    assert crash(cause, "main", stream(said), memory_limit=0).reason == "out of memory"


@pytest.mark.parametrize(("cause", "said"), SOMETHING_ELSE)
def test_other_deaths_have_no_reason_of_their_own(cause: str, said: str) -> None:
    error = crash(cause, "", stream(said), memory_limit=_MIB)
    assert error.reason == ""
    assert f"died of {cause} while" in str(error)


def test_the_memory_limit_is_three_quarters_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert limits.default_memory_limit() == 750 * 4096


def test_there_is_no_limit_where_the_system_does_not_tell_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> int:
        raise ValueError

    monkeypatch.setattr("os.sysconf", unknown)
    assert limits.default_memory_limit() == 0
