"""What an engine process can no longer do, and what it still can; `escapes` is where it is tried."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import make_supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fence.")

# Attempt, how the whole fence refuses it, and how Landlock alone does; seccomp alone refuses as the whole does,
# where that is not Landlock's EACCES.
FILES = [
    ("write a file", "EPERM", "EACCES"),
    ("append to a file", "EPERM", "EACCES"),
    ("create a file", "EPERM", "EACCES"),
    ("truncate a file", "EPERM", "EACCES"),
    ("rename a file", "EPERM", "EACCES"),
    ("link a file", "EPERM", "EACCES"),
    ("make a symbolic link", "EPERM", "EACCES"),
    ("make a folder", "EPERM", "EACCES"),
    ("make a pipe with a name", "EPERM", "EACCES"),
    ("make a temporary file", "EPERM", "EACCES"),
    ("remove a file", "EPERM", "EACCES"),
    ("remove a folder", "EPERM", "EACCES"),
    ("write to its own memory's file", "EPERM", "EACCES"),
    ("change how likely it is killed", "EPERM", "EACCES"),
    ("change a file's mode", "EPERM", ""),
    ("change a file's owner", "EPERM", ""),
    ("change a file's times", "EPERM", ""),
]
READING = [
    (name, "EACCES", "EACCES")
    for name in (
        "read another process's command line",
        "read a file of the user's",
        "list a folder of the user's",
        "list the home directory",
        "list the root directory",
        "read who has an account",
        "open a terminal",
        "open a pipe with a name",
        "list the devices",
        "open a device",
    )
]
PROCESSES = [
    ("start a program", "EPERM", "EACCES"),
    ("system", "exit status 127", "exit status 127"),
    ("fork", "EPERM", ""),
    ("vfork", "EPERM", ""),
    ("clone as a process", "EPERM", ""),
    ("clone as a process with the same memory", "EPERM", ""),
    ("clone as a thread in a new mount namespace", "EPERM", ""),
    ("clone3", "ENOSYS", ""),
    ("execve", "EPERM", ""),
    ("execveat", "EPERM", ""),
    ("kill the parent", "EPERM", ""),  # by Landlock too, since its ABI 6
    ("kill the parent's thread", "EPERM", ""),
    ("kill everybody", "EPERM", ""),
    ("let the parent get a descriptor's signals", "EPERM", ""),
    ("change the parent's priority", "EPERM", ""),
    ("change the parent's processors", "EPERM", ""),
    ("stay when the kernel ends", "EPERM", ""),
    ("set a limit", "EPERM", ""),
    ("pidfd_open", "EPERM", ""),
    ("pidfd_getfd", "EPERM", ""),
    ("ptrace", "EPERM", "EPERM"),
    ("process_vm_readv", "EPERM", ""),
    ("process_vm_writev", "EPERM", ""),
    ("read the parent's memory", "EACCES", "EACCES"),
    ("read the parent's environment", "EACCES", "EACCES"),
    ("read the parent's memory map", "EACCES", "EACCES"),
    ("open what the parent has open", "EACCES", "EACCES"),
]
SYSTEM = [
    ("open a TCP socket", "EPERM", ""),
    ("open a Unix socket", "EPERM", ""),
    ("open a netlink socket", "EPERM", ""),
    ("make a pair of sockets", "EPERM", ""),
    ("memfd_create", "EPERM", ""),
    ("io_uring_setup", "EPERM", ""),
    ("userfaultfd", "EPERM", ""),
    ("bpf", "EPERM", ""),
    ("perf_event_open", "EPERM", ""),
    ("keyctl", "EPERM", ""),
    ("mount", "EPERM", ""),
    ("unshare", "EPERM", ""),
    ("setns", "EPERM", ""),
    ("open_by_handle_at", "EPERM", ""),
    ("seccomp", "EPERM", ""),
    ("openat2", "ENOSYS", ""),
    ("x32's getpid", "EPERM", ""),
    ("a call of the future", "ENOSYS", ""),
]
# What gets memory that the limit of memory does not see.
MEMORY = [
    ("map a stack that grows", "EPERM", ""),
    ("map huge pages", "EPERM", ""),
    ("map what may be dropped", "EPERM", ""),
    ("map shared memory", "EPERM", ""),
    ("mremap", "EPERM", ""),
    ("remap_file_pages", "EPERM", ""),
    ("shmget", "EPERM", ""),
    ("memfd_secret", "EPERM", ""),
    ("pipe2", "EPERM", ""),
    ("map_shadow_stack", "ENOSYS", ""),
]
TABLE = [*FILES, *READING, *PROCESSES, *SYSTEM, *MEMORY]
DUTIES = [
    "read a file",
    "list a folder",
    "read how much memory there is",
    "read how much it has itself",
    "read random bytes from a device",
    "import a module",
    "import NumPy",
    "start a thread",
    "make memory executable",
    "compile and run with LLVM",
    "load and seed the simulator",
    "sleep",
    "wait for input",
    "ask for random bytes",
    "print",
    "signal itself",
    "handle a signal",
    "ask for a limit",
]
_OLD_X86 = {"vfork", "x32's getpid"}

Outcomes = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def terminal() -> Iterator[int]:
    """Somebody's terminal."""
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory, terminal: int) -> Outcomes:
    """What each attempt comes to without these rights; skips where the kernel leaves them."""

    @cache
    def tried(rights: str) -> tuple[str, dict[str, str]]:
        folder = tmp_path_factory.mktemp(rights)
        (folder / "there").write_bytes(b"something")
        (folder / "empty").mkdir()
        os.mkfifo(folder / "fifo")
        (folder / "terminal").symlink_to(os.ttyname(terminal))
        command = [sys.executable, "-m", "tests.process.escapes", rights, str(folder)]
        said, outcomes = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return said, outcomes

    def outcomes_without(rights: str) -> dict[str, str]:
        said, outcomes = tried(rights)
        skip_half_a_fence(said)
        return outcomes

    return outcomes_without


def skip_half_a_fence(said: str) -> None:
    if any(missing in said for missing in ("no Landlock", "no seccomp", "kept", "possible")):
        pytest.skip(f"this kernel offers no whole fence: {said}.")


def skip_what_is_not_here(attempt: str, outcomes: dict[str, str]) -> None:
    if attempt in _OLD_X86 and outcomes[attempt] == "ENOSYS":
        pytest.skip("this processor has no such call.")


@pytest.mark.parametrize(("attempt", "refusal", "by_landlock"), TABLE)
def test_the_fence_refuses(outcomes: Outcomes, attempt: str, refusal: str, by_landlock: str) -> None:
    del by_landlock
    found = outcomes("everything")
    skip_what_is_not_here(attempt, found)
    assert found[attempt] == refusal


@pytest.mark.parametrize(("attempt", "refusal"), [row[:2] for row in TABLE if row[1] != "EACCES"])
def test_seccomp_refuses_by_itself(outcomes: Outcomes, attempt: str, refusal: str) -> None:
    found = outcomes("seccomp")
    skip_what_is_not_here(attempt, found)
    assert found[attempt] == refusal


@pytest.mark.parametrize(("attempt", "refusal"), [(row[0], row[2]) for row in TABLE if row[2]])
def test_landlock_refuses_by_itself(outcomes: Outcomes, attempt: str, refusal: str) -> None:
    assert outcomes("landlock")[attempt] == refusal


@pytest.mark.parametrize(
    "attempt", [row[0] for row in (*FILES, *READING)] + ["start a program", "system", "fork", "set a limit"]
)
def test_without_the_fence_the_same_attempt_is_a_real_one(outcomes: Outcomes, attempt: str) -> None:
    assert outcomes("nothing")[attempt] == "done"


@pytest.mark.parametrize("duty", DUTIES)
def test_behind_the_fence_an_engine_still_can(outcomes: Outcomes, duty: str) -> None:
    assert outcomes("everything")[duty] == "done"


def test_every_attempt_is_in_a_table(outcomes: Outcomes) -> None:
    assert set(outcomes("everything")) == {*DUTIES, *(row[0] for row in TABLE)}


def test_a_session_runs_bell_behind_the_fence() -> None:
    with Session(engine_client=make_supervisor("linux")) as session:
        session.add(program("Bell"), "bell")
        counts = session.run(module="bell", shots=1000, seed=7).counts()
        assert set(counts) == {"00", "11"}
        assert sum(counts.values()) == 1000
        fence = session.status().fence
        skip_half_a_fence(fence)
        assert re.fullmatch(r"no capabilities.*, no new privileges, Landlock \(ABI \d+\), seccomp", fence)


def test_the_fence_reads_on_where_proc_was_forgotten() -> None:
    # What /proc drops when memory is short is another file afterwards, which no rule names.
    try:
        forget = Path("/proc/sys/vm/drop_caches").open("w")  # noqa: SIM115 - closed below
    except OSError:
        pytest.skip("only root makes a kernel forget names.")
    with forget, Session(engine_client=make_supervisor("linux")) as session:
        session.add(program("Bell"), "bell")
        session.status()
        forget.write("2")
        forget.flush()
        assert session.run(module="bell", shots=10, seed=7).shots
        assert session.status().memory > 0


def test_an_engine_without_a_fence_says_so() -> None:
    with Session(engine_client=make_supervisor("linux", sandboxed=False)) as session:
        assert session.status().fence == "none: this engine was started without one"


def test_the_portable_platform_has_no_fence_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIRJIT_PLATFORM", "portable")
    with Session(engine_client=make_supervisor()) as session:
        assert session.status().fence == "none: only the platform 'linux' has one"
