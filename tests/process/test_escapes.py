"""What a hostile program tries once it is run: the fence contains it where nothing in its text gave it away.

What is refused by its text is in ``test_trust.py``; floods, forged replies and hostile text are in
``test_hostile_programs.py``, memory in ``test_memory_limit.py``, the fence's rules one by one in ``test_fence.py``.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import children, descriptors, make_supervisor, number

BY_ADDRESS = program("escapes_by_address")
BY_NAME = program("escapes")
_LIBRARY = re.compile(r"^([0-9a-f]+)-\S+ \S+ 0{8} .*/libc\.so\.6$", re.MULTILINE)
_KILL, _ATTACH, _INTERNET, _UNIX, _STREAM = signal.SIGUSR1, 16, 2, 1, 1
_FAILED = (-1, 127 << 8)  # of `system`: there was no shell

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not _LIBRARY.search(Path("/proc/self/maps").read_text("ascii")),
    reason="the fence is Linux's, and the addresses are those of GNU's C library: run this on such a system.",
)


@pytest.fixture
def fenced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session whose engine stands in an empty folder; where the kernel has no fence, nothing here holds."""
    monkeypatch.chdir(tmp_path)
    with Session(engine_client=make_supervisor()) as session:
        status = session.status()
        if "seccomp" not in status.fence or "Landlock" not in status.fence:
            pytest.skip(f"the fence is incomplete ({status.fence}): run this on a kernel that has both parts.")
        session.add(BY_ADDRESS, "hostile")
        session.add(number(7), "friend")
        yield session


def _address(session: Session, function: str) -> int:
    offset = ctypes.cast(getattr(ctypes.CDLL(None), function), ctypes.c_void_p).value or 0
    return offset - _base(os.getpid()) + _base(session.status().pid)


def _base(pid: int) -> int:
    found = _LIBRARY.search(Path(f"/proc/{pid}/maps").read_text("ascii"))
    assert found is not None
    return int(found[1], 16)


@pytest.mark.parametrize(
    ("function", "entry", "arguments"),
    [
        ("system", "runs_a_command", ()),
        ("open", "opens_for_writing", ()),
        ("mkdir", "changes_a_folder", ()),
        ("execve", "becomes_a_shell", ()),
        ("memfd_create", "makes_a_file_of_memory", ()),
        ("socket", "calls", (_INTERNET, _STREAM, 0)),
        ("socket", "calls", (_UNIX, _STREAM, 0)),
        ("fork", "calls", (0, 0, 0)),
        ("vfork", "calls", (0, 0, 0)),
        ("kill", "calls", ("kernel", _KILL, 0)),
        ("ptrace", "calls", (_ATTACH, "kernel", 0)),
        ("process_vm_readv", "reads_another_process", ("kernel", "its memory")),
    ],
)
def test_an_escape_comes_to_nothing_and_the_engine_goes_on(
    fenced: Session, tmp_path: Path, function: str, entry: str, arguments: tuple[int | str, ...]
) -> None:
    before = fenced.status()
    secret = ctypes.c_int64(42)
    known = {"kernel": os.getpid(), "its memory": ctypes.addressof(secret)}
    words = [known[argument] if isinstance(argument, str) else int(argument) for argument in arguments]
    others, files = children(), descriptors()
    (returned,) = fenced.run(entry, args=[_address(fenced, function), *words]).returns
    assert returned in _FAILED
    assert list(tmp_path.iterdir()) == []
    assert (children(), descriptors()) == (others, files)
    assert fenced.status().pid == before.pid
    assert fenced.run("number").returns == [7]


def test_a_file_that_is_there_is_not_removed(fenced: Session, tmp_path: Path) -> None:
    (tmp_path / "escaped.txt").write_text("still here")
    assert fenced.run(
        "changes_a_folder",
        args=[
            _address(fenced, "unlink"),
        ],
    ).returns == [-1]
    assert (tmp_path / "escaped.txt").read_text() == "still here"


@pytest.mark.parametrize("entry", ["calls_system", "calls_open"])
def test_trust_lets_it_do_what_it_says(fenced: Session, tmp_path: Path, entry: str) -> None:
    fenced.add(BY_NAME, "trusted", trust=True)
    (returned,) = fenced.run(entry).returns
    assert isinstance(returned, int)
    assert returned >= 0
    assert (tmp_path / "escaped.txt").exists()


def test_trusting_one_cell_opens_nothing_to_another(fenced: Session, tmp_path: Path) -> None:
    fenced.add(BY_NAME.replace(b"calls_system", b"trusted_calls_system"), "trusted", trust=True)
    fenced.run("trusted_calls_system")
    (tmp_path / "escaped.txt").unlink()
    assert fenced.run("runs_a_command", args=[_address(fenced, "system")]).returns[0] in _FAILED
    assert list(tmp_path.iterdir()) == []
