"""A forked process: it has an engine process of its own, and nothing of its parent's is read, closed or ended by it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psutil
import pytest

from qirjit_magic.errors import ForkedError, QirError
from qirjit_magic.session.client.kernel_process import follow_forks, notice_fork
from qirjit_magic.session.session import Session
from tests.files import PROGRAMS, REPOSITORY, program
from tests.process.shared_runs import be_eager, everything, run, session_on
from tests.process.support import (
    LIVENESS_S,
    PLATFORMS,
    Once,
    children,
    descriptors,
    eventually,
    is_gone,
    long_program,
    make_supervisor,
    number,
)

# Python says of each fork in a process with threads that it may be deadly. That is what is tried here.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

MANY = 1_000_000
GONE_WITHIN_S = 3.0


def forked(action: Callable[[], object], fork: Callable[[], int] = os.fork) -> Any:
    """What the action gives, or its error, in a forked process."""
    reading, writing = os.pipe()
    pid = fork()
    if not pid:
        signal.alarm(60)
        try:
            said: object = action()
        except BaseException as error:  # noqa: BLE001 - it is told
            said = error if isinstance(error, QirError) else repr(error)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(said))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    assert os.waitpid(pid, 0)[1] == 0, "the fork did not come to its end"
    return pickle.loads(said)  # noqa: S301 - of this very program


@pytest.fixture(params=PLATFORMS)
def counting(request: pytest.FixtureRequest, sessions: Callable[[str], Session]) -> Iterator[Session]:
    """A session with a counter that stands at 1, and other modules; its process is the same afterwards."""
    session = sessions(request.param)
    session.add(program("counter"), "counter")
    session.add(number(7), "seven")
    session.add(program("slow_shots"), "slow")
    session.run("increment")
    before = session.status()
    yield session
    assert session.run("increment").returns == [2]
    after = session.status()
    assert (after.pid, after.restarts) == (before.pid, before.restarts)
    for info in session.modules:
        session.remove(info.name)


def test_a_fork_has_the_modules_of_its_parent_and_variables_of_its_own(counting: Session) -> None:
    def use() -> object:
        counted = [counting.run("increment").returns, counting.run("increment").returns]
        counting.add(number(8), "eight")
        return counted, counting.run("number", shots=2).returns, [info.name for info in counting.modules]

    assert forked(use) == ([[1], [2]], [8, 8], ["counter", "seven", "slow", "eight"])
    assert [info.name for info in counting.modules] == ["counter", "seven", "slow"]


def test_a_fork_has_another_engine_process(counting: Session) -> None:
    assert forked(lambda: counting.status().pid) not in {counting.status().pid, 0}


def test_a_fork_that_closes_or_resets_the_session_ends_nothing_of_its_parent(counting: Session) -> None:
    assert forked(counting.close) is None
    assert forked(counting.reset) == ()
    assert forked(counting._end) is None


def test_a_fork_that_does_nothing_has_nothing_open(counting: Session) -> None:
    del counting
    ours = len(descriptors())
    theirs = forked(lambda: len(descriptors()))
    assert theirs < ours


def test_a_fork_of_a_fork_has_its_own(counting: Session) -> None:
    assert forked(lambda: forked(lambda: counting.run("increment").returns)) == [1]


def test_a_fork_by_native_code_is_noticed(counting: Session) -> None:
    native = ctypes.PyDLL(None).fork
    assert forked(lambda: counting.run("increment").returns, native) == [1]
    assert forked(counting.close, native) is None


def test_a_fork_in_a_thread_while_another_runs(counting: Session) -> None:
    going, ended = threading.Event(), list[object]()
    running = threading.Thread(
        target=lambda: (
            ended.append(counting.run("slow", shots=MANY, timeout=1, show=lambda _: going.set()).partial)
            if not going.is_set()
            else None
        )
    )

    def fork() -> None:
        ended.append(forked(lambda: (counting.run("increment").returns, counting.run("number").returns)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda _: None)  # its time is over
        running.start()
        assert going.wait(LIVENESS_S)
        forking_thread = threading.Thread(target=fork)
        forking_thread.start()
        forking_thread.join(LIVENESS_S)
        running.join(LIVENESS_S)
    assert ended == [([1], [7])]


def test_a_fork_while_another_thread_compiles(counting: Session) -> None:
    adding = threading.Thread(target=counting.add, args=(long_program(), "long"))
    adding.start()
    assert eventually(lambda: counting._engine.restarter.exchanging)
    assert forked(lambda: [info.name for info in counting.modules if info.name != "long"]) == [
        "counter",
        "seven",
        "slow",
    ]
    assert forked(lambda: counting.run("number").returns) == [7]
    adding.join(LIVENESS_S)
    assert counting.module("long").name == "long"


def test_a_fork_of_a_half_changed_session_says_so_until_it_is_reset(counting: Session) -> None:
    changing, go_on = threading.Event(), threading.Event()

    def change() -> None:
        changing.set()
        go_on.wait(LIVENESS_S)

    def use() -> object:
        counting.on_change.clear()
        with pytest.raises(ForkedError, match="reset") as caught:
            counting.run("number")
        counting.reset()
        counting.add(number(3))
        return caught.value.whole, caught.value.parent, counting.run("number").returns

    counting.on_change.append(change)
    thread = threading.Thread(target=counting.remove, args=("slow",))
    thread.start()
    assert changing.wait(LIVENESS_S)
    try:
        assert forked(use) == (False, os.getpid(), [3])
    finally:
        go_on.set()
        thread.join(LIVENESS_S)
        counting.on_change.clear()


def test_a_run_that_forks_goes_on_in_the_parent_only(counting: Session) -> None:
    said: list[object] = []
    ours = os.getpid()

    def fork() -> None:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            with os.fdopen(reading, "rb") as pipe:
                said.append(pickle.loads(pipe.read()))  # noqa: S301 - see above
            os.waitpid(pid, 0)
        else:
            said.append(writing)

    try:
        result = counting.run("slow", shots=20, show=Once(fork))
    except BaseException as error:  # noqa: BLE001 - in the fork
        assert os.getpid() != ours
        (pipe,) = said
        assert isinstance(pipe, int)
        os.write(pipe, pickle.dumps((type(error).__name__, str(error), counting.run("increment").returns)))
        os._exit(0)
    assert len(result.shots) == 20
    assert said == [("ForkedError", said[0][1], [1])]  # type: ignore[index]  # what the fork has said
    assert f"was forked from process {ours} while the session ran 'slow'" in said[0][1]  # type: ignore[index]


def test_an_interrupt_of_a_fork_is_one_again(counting: Session) -> None:
    def fork() -> None:
        answers.append(forked(lambda: signal.getsignal(signal.SIGINT) is signal.default_int_handler))

    answers: list[bool] = []
    thread = threading.Thread(target=fork)
    counting.run("slow", shots=5, show=Once(thread.start))
    thread.join(LIVENESS_S)
    assert answers == [True]


def test_workers_are_the_parents_too(monkeypatch: pytest.MonkeyPatch) -> None:
    be_eager(monkeypatch)
    others = children()
    with session_on("linux") as session:
        expected = everything(run(session))
        engines = children()
        assert len(engines - others) == 2
        assert forked(lambda: everything(run(session)) == expected) is True
        assert forked(session.close) is None
        assert children() == engines
        assert everything(run(session)) == expected
        assert children() == engines


def work(session: Session, value: int) -> list[Any]:
    """What a worker of `multiprocessing` does."""
    session.add(number(value), f"m{value}")
    return session.run("number", module=f"m{value}", shots=2).returns


_shared: list[Session] = []


def pool_work(value: int) -> list[Any]:
    """The same, with the session that the worker has from its parent."""
    return work(_shared[0], value)


def test_workers_that_are_forks_each_get_their_own_answers() -> None:
    with Session(engine_client=make_supervisor()) as session:
        work(session, 1)
        _shared[:] = [session]
        try:
            with multiprocessing.get_context("fork").Pool(3) as pool:
                assert pool.map_async(pool_work, range(9), 1).get(60) == [[value, value] for value in range(9)]
        finally:
            _shared.clear()
        assert work(session, 2) == [2, 2]
        assert session.status().restarts == 0


# -- with a process of their own -----------------------------------------------------------------------------------

SCRIPT = """
import os, sys, threading, time
from qirjit_magic.session.session import Session

def begin():
    global session
    session = Session()
    session.add("define i64 @number() { ret i64 7 }", "m")
    session.run("number")
    print(session.status().pid, flush=True)

how = sys.argv[1]
if "thread" in how:
    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
else:
    begin()
if how == "exits":
    pid = os.fork()
    if not pid:
        sys.exit(0)
    os.waitpid(pid, 0)
elif how == "runs another program":
    pid = os.fork()
    if not pid:
        os.execvp(sys.executable, [sys.executable, "-c", "import os; os.closerange(3, 256)"])
    os.waitpid(pid, 0)
elif how == "becomes a daemon":
    pid = os.fork()
    if not pid:
        os.setsid()
        if os.fork():
            os._exit(0)
        say = int(sys.argv[2])
        os.closerange(0, say)
        os.closerange(say + 1, 256)
        for _ in range(3):
            os.open(os.devnull, os.O_RDWR)
        os.write(say, b"%d\\n" % session.run("number").returns[0])
        os._exit(0)
    os.waitpid(pid, 0)
elif how.startswith("is killed"):
    import ctypes
    fork = ctypes.PyDLL(None).fork if "native" in how else os.fork
    if not fork():
        os.setsid()
        print("there", flush=True)
        time.sleep(30)
        os._exit(0)
    sys.stdin.read()
print(session.run("number").returns, session.status().restarts, session.status().pid, flush=True)
"""


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("how", ["exits", "runs another program"])
def test_a_parent_is_unharmed_where_its_fork(how: str, platform: str) -> None:
    environment = {**os.environ, "QIRJIT_PLATFORM": platform}
    command = [sys.executable, "-c", SCRIPT, how]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, env=environment)
    engine, after = ended.stdout.splitlines()
    assert (after, ended.stderr) == (f"[7] 0 {engine}", "")


def test_a_daemon_that_closes_everything_has_its_own() -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-c", SCRIPT, "becomes a daemon", str(writing)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as said:
        assert said.read() == "7\n"
    engine, after = ended.stdout.splitlines()
    assert after == f"[7] 0 {engine}"


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("how", ["", ", from a thread", ", with a native fork", ", with a native fork, from a thread"])
def test_no_engine_outlives_its_kernel_because_of_a_fork(how: str, platform: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, f"is killed{how}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "QIRJIT_PLATFORM": platform},
    ) as parent:
        assert parent.stdout is not None
        engine = int(parent.stdout.readline())
        assert parent.stdout.readline() == "there\n"
        (fork,) = (child for child in psutil.Process(parent.pid).children() if child.pid != engine)
        try:
            parent.kill()
            parent.wait()
            assert eventually(partial(is_gone, engine), GONE_WITHIN_S)
            assert not is_gone(fork.pid)
        finally:
            fork.kill()


def test_what_is_told_of_a_fork_waits_for_nothing() -> None:
    # A thread that has a session's turn, and a lock of it, is not there in the fork.
    with Session(engine_client=make_supervisor()) as session:
        held, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            with session._lock, session._engines._workers._lock:
                held.set()
                go_on.wait(LIVENESS_S)

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(LIVENESS_S)
        began = time.monotonic()
        assert forked(lambda: (session.add(PROGRAMS / "counter.ll").name, session.run("increment").returns)) == (
            "counter",
            [1],
        )
        assert time.monotonic() - began < LIVENESS_S
        go_on.set()
        thread.join()


def test_a_process_that_is_no_fork_notices_none() -> None:
    told: list[int] = []

    class Told:
        def after_fork(self) -> None:
            told.append(os.getpid())

    something = Told()
    follow_forks(something)
    notice_fork()
    assert told == []
    assert forked(lambda: told) != []
