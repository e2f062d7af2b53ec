"""Shots of one run over several processes: the result is that of one."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import psutil
import pytest

from qirjit_magic.errors import ProgramFailedError, RunTimeoutError, WorkerCrashedError
from qirjit_magic.limits import LimitError
from qirjit_magic.protocol.messages import Progress
from qirjit_magic.protocol.shared_memory import RecordMemory, Word
from qirjit_magic.session.client.process import EngineProcess
from qirjit_magic.session.run_result import RunResult
from qirjit_magic.session.runs import shards, worker_pool
from qirjit_magic.session.runs.sharded_run import ShardedRun
from qirjit_magic.session.runs.watcher import Observer
from qirjit_magic.session.runs.worker_pool import Worker, WorkerPool
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.shared_runs import (
    NEVER,
    SHOTS,
    START_WORKERS,
    TURNS,
    be_eager,
    caught,
    everything,
    numbers,
    run,
    session_on,
)
from tests.process.support import Once, children, eventually, is_gone


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    be_eager(monkeypatch)


@pytest.fixture(scope="module")
def shared() -> Iterator[Session]:
    with session_on("linux") as session:
        yield session


# -- the same as one ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected(shared: Session) -> RunResult:
    result = run(shared, jobs=1)
    assert numbers(result) == list(range(SHOTS))
    assert result.plan.processes == 1
    return result


@pytest.mark.parametrize("part_s", [1e-9, 0.01, 10.0])
def test_the_result_is_that_of_one_process(
    shared: Session, expected: RunResult, monkeypatch: pytest.MonkeyPatch, part_s: float
) -> None:
    monkeypatch.setattr(shards, "SHARD_S", part_s)
    result = run(shared)
    assert (result.plan.processes, result.plan.why) == (2, "")
    assert str(result.plan) == "live shots on the simulator 'statevector' in 2 processes"
    assert everything(result) == everything(expected)


def test_messages_are_shown_in_the_order_of_the_shots(shared: Session, expected: RunResult) -> None:
    shown: list[str] = []
    assert run(shared, show=shown.append).plan.processes == 2
    assert "".join(shown).splitlines() == expected.messages


def test_parts_that_fill_the_memory_are_taken_in_pieces(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_S", 10.0)
    run(shared)  # so that a worker is there already: what follows takes no longer than it takes to start one
    shared.add(program("floods"), "floods")
    user = b"define void @one() {\n  call void @long_message(i64 17)\n  ret void\n}\ndeclare void @long_message(i64)\n"
    shared.add(user, "megabytes")
    result = shared.run("one", module="megabytes", shots=120, jobs=2)
    assert result.plan.processes == 2
    assert [len(message) for message in result.messages] == [1 << 20] * 120


# -- what ends badly ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [2_000, SHOTS - 1])
def test_a_program_that_fails_in_a_shot_ends_as_in_one_process(shared: Session, at: int) -> None:
    told: list[Progress] = []
    show = Observer(progress=told.append)
    one, two = (caught(ProgramFailedError, shared, jobs=jobs, fails=at, show=show) for jobs in (1, 2))
    assert [progress.done for progress in told if progress.ended] == [at, at]
    assert two.partial.plan.processes == 2
    assert (two.shot, str(two)) == (one.shot, str(one)) == (at, str(two))
    assert everything(two.partial) == everything(one.partial)
    assert two.partial.unfinished == one.partial.unfinished


@pytest.mark.parametrize("at", [2_000, SHOTS - 1])
def test_a_process_that_dies_in_a_shot_ends_the_run_there(shared: Session, at: int) -> None:
    error = caught(WorkerCrashedError, shared, dies=at)
    assert (error.signal_name, error.entry, error.shot) == ("SIGILL", "numbered", at)
    assert error.partial.plan.processes == 2
    assert numbers(error.partial) == list(range(at))
    assert numbers(run(shared, shots=10)) == list(range(10))


def worker_of(session: Session) -> int:
    """The process that helps, or has helped."""
    (worker,) = session._engines._workers._workers
    assert worker.engine.restarter.process is not None
    return worker.engine.restarter.process.pid


def killed_at_work(session: Session) -> bool:
    """Kill the process that helps, and say so, where it runs a shot: stopped meanwhile, so that it does not end it."""
    workers = session._engines._workers._workers
    if not workers or workers[0].engine.restarter.process is None:
        return False
    worker = psutil.Process(worker_of(session))
    memory: RecordMemory = workers[0].engine.memory
    worker.suspend()
    assert eventually(lambda: worker.status() == psutil.STATUS_STOPPED)
    at_work = memory.word(Word.RUNNING) == 1
    worker.send_signal(signal.SIGKILL if at_work else signal.SIGCONT)
    return at_work


def test_a_worker_that_is_killed_from_outside_costs_nothing(shared: Session, expected: RunResult) -> None:
    killed = False

    def show(_: str) -> None:
        nonlocal killed
        killed = killed or killed_at_work(shared)

    result = run(shared, show=show)
    assert killed
    assert "died of SIGKILL" in result.plan.why
    assert everything(result) == everything(expected)
    assert run(shared).plan.why == ""


def test_a_worker_that_cannot_be_started_costs_nothing(
    shared: Session, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared._engines._workers.end()
    assert shared.status().pid > 0  # the first process is there, whatever an earlier test did to it

    def refuse(*_: object, **__: object) -> None:
        message = "no more processes"
        raise OSError(message)

    with monkeypatch.context() as patch:
        patch.setattr(EngineProcess, "_spawn", refuse)
        result = run(shared)
    assert "no more processes" in result.plan.why
    assert everything(result) == everything(expected)


def test_whatever_goes_wrong_beside_the_run_costs_nothing(
    shared: Session, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(ShardedRun, "_make_ready", break_off)
        result = run(shared)
    assert result.plan.why == "a process that was to help was of no use: it ended by LookupError"
    assert everything(result) == everything(expected)


def test_workers_that_still_end_the_run_before_are_asked_again(
    shared: Session, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    acquire = WorkerPool.acquire

    def busy_at_first(pool: WorkerPool, processes: int) -> list[Worker]:
        asked.append(processes)
        return acquire(pool, processes) if len(asked) > 1 else []

    monkeypatch.setattr(WorkerPool, "acquire", busy_at_first)
    result = run(shared)
    assert (result.plan.processes, result.plan.why) == (2, "")
    assert everything(result) == everything(expected)


# -- what is ended -----------------------------------------------------------------------------------------------


def check_first_shots(result: RunResult | None, expected: RunResult) -> None:
    assert result is not None
    assert result.plan.processes == 2
    done = len(result.shots)
    assert 0 < done < SHOTS
    assert [shot.records for shot in result.shots] == [shot.records for shot in expected.shots[:done]]
    assert result.messages == [str(number) for number in range(0, done, 100)]


def once_shared(session: Session, act: Any) -> Any:
    """A `show` that acts when some hundred shots have been shown, and another process runs some too."""
    once = Once(act)

    def show(text: str) -> None:
        if int(text) >= 500 and any(worker.busy for worker in session._engines._workers._workers):
            once()

    return show


def test_an_interrupt_keeps_the_first_shots(shared: Session, expected: RunResult) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(shared, show=once_shared(shared, partial(signal.raise_signal, signal.SIGINT)))
    check_first_shots(shared.last, expected)
    assert everything(run(shared)) == everything(expected)


def test_a_stop_keeps_the_first_shots(shared: Session, expected: RunResult) -> None:
    check_first_shots(run(shared, show=once_shared(shared, shared.stop)), expected)


def test_an_observer_who_wants_no_more_keeps_the_first_shots(shared: Session, expected: RunResult) -> None:
    enough = threading.Event()
    told: list[Progress] = []
    result = run(shared, show=Observer(once_shared(shared, enough.set), stopping=enough.is_set, progress=told.append))
    check_first_shots(result, expected)
    assert told[-1].ended
    assert told[-1].done == len(result.shots)


def test_a_stop_keeps_what_has_finished_before_a_shot_that_hangs(shared: Session) -> None:
    hangs, seen = 2_000, []

    def hangs_for_a_while() -> bool:
        helping = [worker.engine for worker in shared._engines._workers._workers]
        if any(engine.memory.running() == hangs for engine in (shared._engine, *helping)):
            seen.append(time.monotonic())
        return bool(seen) and seen[-1] - seen[0] > 0.3  # what others have begun ends meanwhile

    result = run(shared, hangs=hangs, show=Observer(stopping=hangs_for_a_while))
    assert numbers(result) == list(range(hangs))
    assert result.unfinished is not None
    assert result.unfinished[0].value == hangs
    assert numbers(run(shared, shots=10)) == list(range(10))


def test_a_worker_that_hangs_is_ended_even_if_it_has_not_heard_of_the_stop(
    shared: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = 2_000
    monkeypatch.setattr(ShardedRun, "_stop_workers", lambda _: None)

    def hangs_there() -> bool:
        there = [worker.engine.memory.running() for worker in shared._engines._workers._workers]
        return hangs in [*there, shared._engine.memory.running()]

    result = run(shared, hangs=hangs, show=Observer(stopping=hangs_there))
    assert numbers(result) == list(range(len(result.shots)))
    assert len(result.shots) <= hangs


def test_a_time_limit_holds(shared: Session) -> None:
    error = caught(RunTimeoutError, shared, shots=10**9, timeout=1.0)
    assert numbers(error.partial) == list(range(len(error.partial.shots)))


def test_a_limit_is_one_of_all_processes_together(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "FULL_RECORDS", 64 * 100)
    monkeypatch.setattr(shared, "limits", shared.limits.but({"kept_bytes": 64 * 2_000}))
    error = caught(LimitError, shared, shots=20 * SHOTS)  # more than one process brings to its end before others help
    assert error.limit == "kept_bytes"
    assert numbers(error.partial) == list(range(len(error.partial.shots)))
    assert 0 < len(error.partial.shots) < 20 * SHOTS


def test_a_run_that_one_process_brings_to_its_end_is_whole(
    shared: Session, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "limits", shared.limits.but({"kept_bytes": 1}))
    for jobs in (1, 2):
        assert everything(run(shared, jobs=jobs)) == everything(expected)


def test_the_time_of_all_processors_is_limited_together(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "limits", shared.limits.but({"cpu_seconds": 0.5}))
    error = caught(LimitError, shared, shots=10**9)
    assert error.limit == "cpu_seconds"
    assert error.partial.plan.processes == 2
    assert numbers(error.partial) == list(range(len(error.partial.shots)))


def test_a_run_in_another_thread_is_shared_too(shared: Session, expected: RunResult) -> None:
    arguments = [TURNS, 100, NEVER, NEVER, NEVER]
    running = shared.run_async("numbered", module="shared", args=arguments, shots=SHOTS, seed=5, jobs=2)
    result = asyncio.run(running)
    assert result.plan.processes == 2
    assert everything(result) == everything(expected)


def test_an_error_in_show_ends_the_run_and_nothing_else(shared: Session, expected: RunResult) -> None:
    def show(text: str) -> None:
        if int(text) >= 1_000:
            message = "the cell's output is gone"
            raise BrokenPipeError(message)

    with pytest.raises(BrokenPipeError):
        run(shared, show=show)
    assert everything(run(shared)) == everything(expected)


# -- what one process runs ---------------------------------------------------------------------------------------


def test_a_program_whose_later_shots_could_read_a_variable_is_run_by_one(shared: Session) -> None:
    shared.add(program("busy"), "busy")
    result = shared.run("slow_shots", module="busy", shots=300, jobs=2)
    assert result.plan.processes == 1
    assert result.plan.why == "in one process: 'busy' has the global variable @count, which a later shot could read"


def test_trusted_modules_are_run_by_one(shared: Session) -> None:
    shared.add(program("shared_shots"), "trusted", trust=True)
    result = shared.run("numbered", module="trusted", args=[TURNS, 1, -1, -1, -1], shots=300, jobs=2)
    shared.remove("trusted")
    assert result.plan.processes == 1
    assert "what it calls in Python or in the C library" in result.plan.why


def test_the_sparse_simulator_is_run_by_one(shared: Session) -> None:
    result = run(shared, shots=500, simulator="sparse")
    assert result.plan.processes == 1
    assert result.plan.why == "in one process: the simulator 'sparse' has one stream of random numbers for all shots"


def test_where_nobody_chooses_the_state_vector_is_shared(shared: Session, expected: RunResult) -> None:
    result = run(shared, simulator="auto", method="live")
    assert (result.plan.simulator, result.plan.processes) == ("statevector", 2)
    assert everything(result) == everything(expected)


def test_what_turns_out_to_need_sparse_goes_on_in_one_stream(shared: Session) -> None:
    shared.add(program("wide"), "wide")
    auto, sparse = (
        shared.run("entangled", module="wide", args=[200], shots=1_500, seed=1, jobs=2, method="live", simulator=name)
        for name in ("auto", "sparse")
    )
    assert (auto.plan.simulator, auto.plan.processes) == ("sparse", 1)
    assert "the simulator 'sparse' has one stream" in auto.plan.why
    assert everything(auto) == everything(sparse)


def test_what_is_sampled_is_drawn_by_one(shared: Session) -> None:
    shared.add(program("coins"), "coins")
    result = shared.run("coins", module="coins", shots=10_000, method="sampled", jobs=2)
    assert (result.plan.method, result.plan.processes) == ("sampled", 1)
    assert result.plan.why.endswith("; one process draws all shots")


def test_what_takes_no_second_is_run_by_one(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    shared._engines._workers.end()
    assert shared.status().pid > 0  # the first process is there, whatever an earlier test did to it
    before = children()
    result = run(shared, shots=100)
    assert result.plan.processes == 1
    assert result.plan.why == "in one process: more would be quicker only for what takes longer"
    assert run(shared, shots=100, jobs=1).plan.why == ""
    assert children() == before


def test_a_worker_is_kept_and_takes_modules_as_they_are_now(shared: Session) -> None:
    run(shared)
    pid = worker_of(shared)
    shared.add(b"define i64 @other() { ret i64 7 }\n", "helped")
    user = (
        b"define i64 @user() {\n  %a = call i64 @numbered(i64 200000, i64 1, i64 -1, i64 -1, i64 -1)\n"
        b"  %b = call i64 @other()\n  ret i64 %b\n}\n"
        b"declare i64 @other()\ndeclare i64 @numbered(i64, i64, i64, i64, i64)\n"
    )
    shared.add(user, "user")
    assert set(shared.run("user", module="user", shots=SHOTS, jobs=2).returns) == {7}
    shared.add(b"define i64 @other() { ret i64 8 }\n", "helped")
    result = shared.run("user", module="user", shots=SHOTS, jobs=2)
    assert result.plan.processes == 2
    assert set(result.returns) == {8}
    assert worker_of(shared) == pid


def test_workers_are_fenced_as_the_first_process_is_and_share_its_memory(shared: Session) -> None:
    run(shared)
    (worker,) = shared._engines._workers._workers
    assert worker.engine.sandboxed
    assert worker.engine.restarter.memory_limit == shared._engine.restarter.memory_limit // 2


def test_idle_workers_end(shared: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "IDLE_S", 0.05)
    assert shared.status().pid > 0  # the first process is there, whatever an earlier test did to it
    before = children()
    run(shared)
    pid = worker_of(shared)
    assert eventually(lambda: is_gone(pid))
    assert eventually(lambda: children() <= before)
    assert numbers(run(shared)) == list(range(SHOTS))


@pytest.mark.parametrize(("platform", "end"), [("linux", "reset"), ("portable", "close")])
def test_no_process_is_left_behind_by_a_session(expected: RunResult, platform: str, end: str) -> None:
    before = children()
    with session_on(platform) as session:
        assert everything(run(session, jobs=3)) == everything(expected)
        pids = [
            worker.engine.restarter.process.pid
            for worker in session._engines._workers._workers
            if worker.engine.restarter.process
        ]
        assert len(pids) == 2
        if end == "reset":
            session.reset()
            assert all(map(is_gone, pids))
    assert all(map(is_gone, pids))
    assert eventually(lambda: children() <= before)


def test_closing_while_workers_start_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    monkeypatch.setattr(ShardedRun, "_start_workers", START_WORKERS)  # and the run does not wait for them
    with Session(simulator="statevector") as session:
        session.add(program("shared_shots"), "shared")
        run(session, shots=300)
    assert eventually(lambda: children() <= before)
    assert not [thread for thread in threading.enumerate() if thread.name == "qirjit-worker"]
