"""Something else in the process closes descriptors, or takes exit statuses, that are not its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, REPOSITORY, program
from tests.process.support import PLATFORMS, Once, descriptors, eventually, make_supervisor, number

# A platform whose mappings have no descriptor of their own.
MAPPED = PLATFORMS if sys.version_info >= (3, 13) else ("linux",)


def ours(session: Session) -> list[int]:
    """The descriptors of a session's process and memory."""
    process = session._engine.restarter.process
    assert process is not None
    held = [each.fileno() for each in process._open]
    return [*held, process._death.fileno(), session._engine.memory.region.handle]


@pytest.fixture(params=PLATFORMS)
def counting(request: pytest.FixtureRequest) -> Iterator[Session]:
    with Session(engine_client=make_supervisor(request.param)) as session:
        session.add(number(7), "seven")
        session.add(program("slow_shots"), "slow")
        session.run("number")
        yield session


def test_a_session_whose_descriptors_were_closed_gets_new_ones(counting: Session) -> None:
    *process, _ = ours(counting)
    for place in range(len(process)):
        before = counting.status()
        os.close(ours(counting)[place])
        assert counting.run("number").returns == [7]
        assert counting.status().restarts == before.restarts + 1
    os.close(ours(counting)[-1])  # of its memory: only the next process needs it
    assert counting.run("number").returns == [7]
    os.kill(counting.status().pid, signal.SIGKILL)
    assert eventually(lambda: not counting._engine.restarter.has_process)
    assert counting.run("number").returns == [7]


def test_a_run_whose_descriptors_are_closed_ends_with_the_reason(counting: Session) -> None:
    def close() -> None:
        for descriptor in ours(counting):
            os.close(descriptor)

    with pytest.raises(WorkerCrashedError, match=r"closed descriptors .*os\.closerange") as caught:
        counting.run("slow", shots=10**6, show=Once(close))
    assert caught.value.partial is not None
    assert counting.run("number").returns == [7]


@pytest.mark.parametrize("platform", MAPPED)
@pytest.mark.parametrize("close", [True, False])
def test_a_number_that_is_somebody_else_s_now_is_left_alone(platform: str, close: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a table
    session = Session(engine_client=make_supervisor(platform))
    session.add(number(7))
    session.run("number")
    theirs = {}
    for place, descriptor in enumerate(ours(session)):
        os.close(descriptor)
        file = tmp_path / str(place)
        opened = os.open(file, os.O_RDWR | os.O_CREAT)
        if opened != descriptor:
            os.dup2(opened, descriptor)
            os.close(opened)
        os.write(descriptor, b"theirs")
        theirs[descriptor] = file
    if close:
        session.close()
    else:
        assert session.run("number").returns == [7]
        session.close()
    for descriptor, file in theirs.items():
        assert os.path.samestat(os.fstat(descriptor), file.stat())
        assert file.read_bytes() == b"theirs"
        os.close(descriptor)


@pytest.mark.parametrize("platform", MAPPED)
def test_memory_has_one_descriptor(platform: str) -> None:
    engine_client = make_supervisor(platform)
    kept = descriptors()
    other = make_supervisor(platform)
    assert len(descriptors() - kept) == 1
    engine_client.close()
    other.close()


def test_closing_everything_costs_an_engine_process() -> None:
    script = """
import os, sys
from qirjit_magic.session.session import Session
session = Session()
session.add("define i64 @number() { ret i64 7 }", "m")
session.run("number")
os.closerange(3, 256)
print(session.run("number").returns, session.status().restarts)
os.closerange(3, 256)
session.close()
print("closed")
"""
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=REPOSITORY)
    assert (ended.stdout, ended.stderr) == ("[7] 1\nclosed\n", "")


# -- exit statuses -------------------------------------------------------------------------------------------------

STATUS = """
import ctypes, os, signal, sys, threading, time
from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.session import Session

how, what = sys.argv[1:3]
if how == "ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
session = Session()
session.add("define i64 @number() { ret i64 7 }", "m")
session.run("number")
if how == "taken":
    def take():
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                time.sleep(0.001)
    threading.Thread(target=take, daemon=True).start()
try:
    if what == "a fault":
        session.add(sys.argv[3], "crashes")
        session.run(module="crashes")
    else:
        session.add(sys.argv[3], "endless")
        pid = session.status().pid
        threading.Timer(0.5, os.kill, (pid, signal.SIGTERM)).start()
        session.run(module="endless")
except WorkerCrashedError as error:
    print(error.signal_name, "|", error.reason)
print(session.run("number", module="m").returns)
session.close()
"""


@pytest.mark.parametrize(
    ("how", "what", "platform"),
    [
        ("ignored", "a fault", "linux"),
        ("ignored", "a signal", "linux"),
        ("ignored", "a fault", "portable"),
        ("taken", "a fault", "linux"),
        ("taken", "a signal", "linux"),
    ],
)
def test_a_status_that_is_lost_is_not_taken_for_an_exit(how: str, what: str, platform: str) -> None:
    file = PROGRAMS / ("store_at_16.ll" if what == "a fault" else "endless.ll")
    environment = {**os.environ, "QIRJIT_PLATFORM": platform}
    command = [sys.executable, "-c", STATUS, how, what, str(file)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, env=environment)
    said, after = ended.stdout.splitlines()
    lost = "an unknown cause | its exit status is lost: this process ignores SIGCHLD, or something in it waits"
    noted = what == "a fault" and platform == "linux"
    ends = {"a fault": "SIGSEGV", "a signal": "SIGTERM"}[what]
    assert said.startswith(("SIGSEGV | a write",) if noted else (lost, ends) if how == "taken" else (lost,))
    assert (after, ended.stderr) == ("[7]", "")
