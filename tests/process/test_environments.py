"""Where a user really is: old kernels, strict containers, daemons without descriptors, odd paths, little memory."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, REPOSITORY
from tests.process.support import make_supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is about what Linux and its containers refuse.")

_BELL = str(REPOSITORY / "notebooks" / "programs" / "Bell.ll")
# What a kernel's process does; it leaves what came of it in a file, as it may have no descriptor to say it with.
_SESSION = """
import json, os, sys, warnings
import qirjit_magic
said = []
warnings.showwarning = lambda message, *_: said.append(str(message))
with qirjit_magic.Session() as session:
    session.add(sys.argv[2], "bell")
    counts = session.run(module="bell", shots=20).counts()
    fence = session.status().fence
with open(sys.argv[1], "w") as file:
    json.dump([counts, fence, said], file)
"""


def run(
    folder: Path, *before: str, after: str = "", environment: Mapping[str, str] | None = None
) -> tuple[dict[str, int], str, list[str]]:
    """What comes of a Bell pair, the words about its fence and the notices, in a process of its own.

    Args:
        folder: for what it says.
        before: the command that is to start it.
        after: what a shell is to do with its descriptors, or before it.
        environment: variables beside those of this process.
    """
    answer = folder / "answer"
    command = [*before, sys.executable, "-c", _SESSION, str(answer), _BELL]
    if after:
        command = ["sh", "-c", f"{after.replace('CMD', chr(34) + '$@' + chr(34))}", "sh", *command]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=120,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    assert answer.exists(), done.stderr
    counts, fence, said = json.loads(answer.read_text())
    assert set(counts) <= {"00", "11"}
    assert sum(counts.values()) == 20
    return counts, fence, said


_OLD = ["pidfd_open", "clone3", "openat2", "faccessat2", "landlock_create_ruleset"]  # Linux 4.18, of RHEL 8
_STRICT = ["memfd_create", "pidfd_open", "prctl", "sigaltstack", "sched_getaffinity", "prlimit64", "getrlimit"]
_NO_FENCE = ["landlock_create_ruleset", "seccomp", "capset"]
# The error, the calls, and what the status says then.
REFUSALS = [
    ("ENOSYS", _OLD, ["no Landlock (this kernel has none)"]),
    ("EPERM", _STRICT, ["new privileges possible", "shared memory without seals", "no notes of faults"]),
    ("ENOSYS", _STRICT, ["new privileges possible", "shared memory without seals", "no notes of faults"]),
    ("EPERM", _NO_FENCE, ["no Landlock (something around", "no seccomp (something around", "capabilities kept"]),
    ("ENOSYS", ["pidfd_open"], ["no new privileges"]),
]


@pytest.mark.parametrize(("error", "calls", "words"), REFUSALS)
def test_it_runs_where_calls_are_refused_and_says_what_is_missing(
    tmp_path: Path, error: str, calls: list[str], words: list[str]
) -> None:
    before = (sys.executable, "-m", "tests.process.refusing", error, ",".join(calls))
    _, fence, _ = run(tmp_path, *before)
    assert [word for word in words if word not in fence] == []


def test_it_runs_where_there_is_no_proc(tmp_path: Path) -> None:
    hidden = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not hide /proc: it takes root, and `unshare`.")
    _, fence, _ = run(tmp_path, *hidden)
    assert "no Landlock" in fence or "there is no /proc" in fence


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_runs_where_standard_descriptors_are_closed(tmp_path: Path, closed: str) -> None:
    run(tmp_path, after=f"CMD {closed}")


def test_paths_need_not_be_text(tmp_path: Path) -> None:
    home = os.fsdecode(os.fsencode(tmp_path) + b"/h\xff")
    cache = os.fsdecode(os.fsencode(tmp_path) + b"/c\xfe")
    run(tmp_path, environment={"HOME": home, "QIRJIT_CACHE": cache, "QIRJIT_CACHE_MIB": ""})
    assert any(Path(cache).rglob("*"))


def test_a_cache_that_cannot_be_written_is_one_notice(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, _, said = run(tmp_path, environment={"QIRJIT_CACHE": str(tmp_path / "file" / "cache")})
    assert len(said) == 1
    assert "Set the environment variable QIRJIT_CACHE" in said[0]


def test_behind_the_fence_there_are_no_secrets_and_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIRJIT_ENVIRONMENT", "LICENSE_KEY")
    for name in ("MY_TOKEN", "AWS_SECRET_ACCESS_KEY", "LICENSE_KEY", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "3")
    with Session(engine_client=make_supervisor("linux")) as fenced:
        environment = psutil.Process(fenced.status().pid).environ()
    assert {"LICENSE_KEY", "OMP_NUM_THREADS", "PATH"} <= set(environment)
    assert not {"MY_TOKEN", "AWS_SECRET_ACCESS_KEY"} & set(environment)
    with Session(engine_client=make_supervisor("linux", sandboxed=False)) as opened:
        assert "MY_TOKEN" in psutil.Process(opened.status().pid).environ()


@pytest.mark.parametrize("gibibytes", [32, 8, 1])
def test_it_runs_where_addresses_are_limited(tmp_path: Path, gibibytes: int) -> None:
    run(tmp_path, after=f"ulimit -v {gibibytes << 20} && CMD")


_WIDE = """
import sys
import qirjit_magic
with qirjit_magic.Session() as session:
    session.add(sys.argv[1], "wide")
    result = session.run(module="wide", shots=2, method="live")
    print(result.plan)
"""


def test_a_state_without_addresses_goes_to_the_sparse_simulator_and_the_plan_says_so(tmp_path: Path) -> None:
    source = tmp_path / "wide.ll"
    source.write_text((PROGRAMS / "wide_and_declared.ll").read_text())
    command = ["sh", "-c", 'ulimit -v 1000000 && "$@"', "sh", sys.executable, "-c", _WIDE, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=120, check=True)
    assert re.search(r"'sparse': it wants 26 qubits, and there is memory for the amplitudes of \d\d", done.stdout)


def test_where_even_llvm_has_no_addresses_the_error_names_the_limit() -> None:
    command = ["sh", "-c", 'ulimit -v 300000 && "$@"', "sh", sys.executable, "-m", "qirjit_magic", _BELL]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=120, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "RLIMIT_AS" in done.stderr


@pytest.mark.parametrize("files", [64, 24])
def test_it_runs_where_few_files_may_be_open(tmp_path: Path, files: int) -> None:
    run(tmp_path, after=f"ulimit -n {files} && CMD")


@pytest.mark.parametrize("files", [21, 10])
def test_where_too_few_files_may_be_open_the_error_names_the_limit(files: int) -> None:
    command = ["sh", "-c", f'ulimit -n {files} && "$@"', "sh", sys.executable, "-m", "qirjit_magic", _BELL]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=120, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert f"may have {files} files open" in done.stderr
    assert "RLIMIT_NOFILE" in done.stderr
