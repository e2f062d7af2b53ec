"""One session, many who use it at once: threads and asyncio tasks, each in its turn."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from qirjit_magic.errors import EntryPointError, RunTimeoutError
from qirjit_magic.session.session import Session
from tests.files import program
from tests.process.support import LIVENESS_S, eventually, number

SLOW = program("slow_shots")
WITHOUT_END = 1_000_000


def test_threads_add_and_run_at_once_and_each_gets_its_own(session: Session) -> None:
    wrong: list[object] = []

    def work(place: int) -> None:
        for step in range(15):
            name = f"m{place}"
            session.add(number(100 * place + step).replace(b"@number", f"@f{place}".encode()), name)
            found = session.run(f"f{place}", module=name, shots=2).returns
            if found != [100 * place + step] * 2:
                wrong.append((place, step, found))

    threads = [threading.Thread(target=work, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIVENESS_S)
    assert wrong == []
    assert len(session.modules) == 6


def test_a_short_run_is_not_kept_waiting_by_a_loop_of_others(session: Session) -> None:
    session.add(number(7))
    stop, runs = threading.Event(), list[int]()

    def loop() -> None:
        while not stop.is_set():
            session.run("number", shots=20_000)
            runs.append(1)

    threads = [threading.Thread(target=loop) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            before = len(runs)
            session.run("number")
            assert len(runs) - before <= 2 * len(threads)
    finally:
        stop.set()
        for thread in threads:
            thread.join(LIVENESS_S)


def test_tasks_run_while_others_go_on(session: Session) -> None:
    session.add(number(7))

    async def both() -> tuple[list[object], int]:
        ticks = 0
        running = asyncio.ensure_future(asyncio.gather(*(session.run_async("number", shots=s) for s in (1, 2, 3))))
        while not running.done():
            ticks += 1
            await asyncio.sleep(0.001)
        return [result.returns for result in running.result()], ticks

    returned, ticks = asyncio.run(both())
    assert returned == [[7], [7] * 2, [7] * 3]
    assert ticks > 0


def test_the_errors_of_a_task_are_those_of_a_run(session: Session) -> None:
    session.add(SLOW)
    with pytest.raises(EntryPointError):
        asyncio.run(session.run_async("nobody"))
    with pytest.raises(RunTimeoutError) as caught:
        asyncio.run(session.run_async("slow", shots=WITHOUT_END, timeout=0.3))
    assert caught.value.partial is not None
    assert caught.value.partial.partial


@pytest.mark.parametrize("entry", ["slow", "endless"])
def test_a_cancelled_task_ends_its_run_and_keeps_the_finished_shots(session: Session, entry: str) -> None:
    session.add(SLOW, "slow")
    session.add(number(7), "friend")
    shown = list[str]()

    async def cancel() -> None:
        task = asyncio.ensure_future(session.run_async(entry, shots=WITHOUT_END, show=shown.append))
        await asyncio.sleep(0.3)
        task.cancel()
        await task

    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
    assert time.monotonic() - began < LIVENESS_S
    assert session.last is not None
    assert (session.last.entry.name, session.last.partial) == (entry, True)
    assert session.run("number").returns == [7]


def test_a_cancelled_task_that_waits_for_its_turn_is_never_run(session: Session) -> None:
    session.add(SLOW, "slow")
    session.add(number(7), "friend")
    begun = threading.Event()

    async def cancel() -> None:
        thread = threading.Thread(target=lambda: _run_slowly(session, begun))
        thread.start()
        await asyncio.to_thread(begun.wait, LIVENESS_S)
        task = asyncio.ensure_future(session.run_async("number"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert thread.is_alive()
        session.stop()
        await asyncio.to_thread(thread.join, LIVENESS_S)

    asyncio.run(cancel())
    assert eventually(lambda: session.last is not None)
    assert session.run("number").returns == [7]


def _run_slowly(session: Session, begun: threading.Event) -> None:
    session.run("slow", shots=WITHOUT_END, show=lambda _: begun.set())
