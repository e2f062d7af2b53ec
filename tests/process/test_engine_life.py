"""When an engine process begins and ends: with its session, with its parent, and not at all."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from qirjit_magic.errors import EngineStartError
from qirjit_magic.session.session import Session
from qirjit_magic.version import __version__
from tests.files import PROGRAMS, REPOSITORY
from tests.process.support import PLATFORMS, children, descriptors, eventually, is_gone, make_supervisor

GONE_WITHIN_S = 2.0
# A process with a session, which says its engine's process id and then does one of several things.
PARENT = """
import sys
import threading
from qirjit_magic.session.session import Session

def start():
    global session
    session = Session()

if sys.argv[1] == "from a thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
if sys.argv[1] == "starting":
    print(session._engine.restarter.process.pid, flush=True)
elif sys.argv[1] == "starting the open one":
    print(session._engines._opened().restarter.process.pid, flush=True)
elif sys.argv[1] == "idling with both":
    session.add(sys.argv[2], trust=True)
    session.run("quick")
    print(session.status().open_pid, flush=True)
elif sys.argv[1] == "running with a worker":
    from qirjit_magic.session.runs import sharded_run
    sharded_run.CHECK_INTERVAL_S = sharded_run.MIN_REMAINING_S = 0.0
    session.add(sys.argv[2].replace("slow_shots", "shared_shots"))
    def tell(_):
        for worker in session._engines._workers._workers:
            print(worker.engine.restarter.process.pid, flush=True)
    arguments = [200_000, 100, -1, -1, -1]
    session.run("numbered", args=arguments, shots=10**9, jobs=2, simulator="statevector", show=tell)
else:
    print(session.status().pid, flush=True)
if sys.argv[1] == "running":
    session.add(sys.argv[2])
    session.run("endless", show=lambda text: print(text, end="", flush=True))
sys.stdin.read()
"""


@contextlib.contextmanager
def parent(platform: str, doing: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process with an engine, and the engine's process id."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, doing, str(PROGRAMS / "slow_shots.ll")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "QIRJIT_PLATFORM": platform},
    ) as process:
        assert process.stdout is not None
        try:
            pid = int(process.stdout.readline())
            if doing == "running":
                assert process.stdout.readline() == "running\n"
            yield process, pid
        finally:
            process.kill()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "doing",
    [
        "starting",
        "idling",
        "running",
        "from a thread",
        "starting the open one",
        "idling with both",
        "running with a worker",
    ],
)
def test_an_engine_dies_with_its_killed_parent(platform: str, doing: str) -> None:
    with parent(platform, doing) as (process, engine):
        engines = {child.pid for child in psutil.Process(process.pid).children()}
        assert engine in engines
        assert len(engines) == (2 if {"open", "both", "worker"} & set(doing.split()) else 1)
        process.kill()
        assert eventually(lambda: all(map(is_gone, engines)), GONE_WITHIN_S)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_engine_dies_with_a_parent_that_ends_by_itself(platform: str) -> None:
    with parent(platform, "idling") as (process, engine):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
        assert eventually(partial(is_gone, engine), GONE_WITHIN_S)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_engine_outlives_the_thread_that_started_it(platform: str) -> None:
    started: list[Session] = []
    thread = threading.Thread(target=lambda: started.append(Session(engine_client=make_supervisor(platform))))
    thread.start()
    thread.join()
    with started[0] as session:
        session.add(b"define i64 @f() { ret i64 1 }")
        assert session.run("f").returns == [1]
        assert session.status().restarts == 0


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("ready", [True, False])
def test_closing_ends_the_engine_and_leaves_nothing(platform: str, ready: bool) -> None:  # noqa: FBT001 - a table
    kept, others = descriptors(), children()
    for _ in range(3):
        with Session(engine_client=make_supervisor(platform)) as session:
            if ready:
                session.status()
            assert len(children() - others) == 1
    assert eventually(lambda: (descriptors(), children()) == (kept, others))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_closing_twice_is_closing_once(platform: str) -> None:
    session = Session(engine_client=make_supervisor(platform))
    session.close()
    session.close()


def test_an_engine_reads_nothing_of_what_a_person_types() -> None:
    with Session() as session:
        assert Path(f"/proc/{session.status().pid}/fd/0").readlink() == Path(os.devnull)


# -- it does not start -------------------------------------------------------------------------------------------


def executable(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_a_missing_python_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(EngineStartError, match=r"/nonexistent/python cannot be run: .*No such file"):
        Session()


def test_a_failed_start_leaves_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    kept = descriptors()
    for _ in range(3):
        with pytest.raises(EngineStartError):
            Session()
    assert descriptors() <= kept


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_supervisor_whose_start_failed_can_be_closed_or_tried_again(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = descriptors()
    engine_client = make_supervisor(platform)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nonexistent/python")
        with pytest.raises(EngineStartError):
            engine_client.start()
    assert engine_client.status().pid > 0
    engine_client.close()
    assert eventually(lambda: descriptors() <= kept), sorted(descriptors() - kept)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_child_that_ends_at_once_is_told_with_its_last_words(
    platform: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = executable(tmp_path / "python", "#!/bin/sh\necho 'no LLVM today' >&2\nexit 3\n")
    monkeypatch.setattr(sys, "executable", broken)
    with Session(engine_client=make_supervisor(platform)) as session:
        with pytest.raises(EngineStartError) as caught:
            session.status()
        assert "exit status 3" in str(caught.value)
        assert caught.value.stderr_tail == "no LLVM today\n"
        monkeypatch.undo()
        assert session.status().pid > 0


# Starts engine processes while its process group is interrupted all the time.
INTERRUPTED = r"""
import os, signal, subprocess, sys
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.client.process import EngineProcess

signal.signal(signal.SIGINT, lambda *_: None)
platform = get_platform()
memory = RecordMemory(platform.create_region(SIZE))
interrupts = f"import os, signal\nwhile True: os.killpg({os.getpid()}, signal.SIGINT)"
with subprocess.Popen([sys.executable, "-S", "-c", interrupts], start_new_session=True) as interrupting:
    signal.pause()
    processes = [EngineProcess(memory, platform, sandboxed=False, memory_limit=0) for _ in range(8)]
    interrupting.kill()
for process in processes:
    print(process.exchange(None, lambda: False).message.version, flush=True)
"""


def test_an_interrupt_of_the_kernel_never_ends_an_engine_that_starts() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    ended = subprocess.run(command, start_new_session=True, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (ended.stderr, ended.stdout) == ("", f"{__version__}\n" * 8)


def test_a_json_py_beside_the_notebook_is_not_imported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("json", "socket", "ctypes", "msgspec", "numpy", "llvmlite", "qirjit_magic"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module was imported')\n")
    monkeypatch.chdir(tmp_path)
    with Session() as session:
        assert session.status().pid > 0
