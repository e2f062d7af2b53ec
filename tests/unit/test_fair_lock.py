"""`FairLock`: fair, reentrant, and not lost where somebody who waits is interrupted."""

from __future__ import annotations

import contextlib
import random
import signal
import threading
import time
from collections.abc import Callable

import pytest

from qirjit_magic.session.client.kernel_process import FairLock, LockTimeoutError

_LONG_S = 20.0


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONG_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_asked_first_comes_first() -> None:
    fair_lock, order, threads = FairLock(), list[int](), list[threading.Thread]()

    def work(number: int) -> None:
        with fair_lock:
            order.append(number)

    with fair_lock:
        for number in range(20):
            threads.append(_started(lambda number=number: work(number)))  # type: ignore[misc]  # a default is a value
            _until(lambda number=number: len(fair_lock._queue) == number + 1)  # type: ignore[misc]
    for thread in threads:
        thread.join(_LONG_S)
    assert order == list(range(20))


def test_a_loop_of_short_turns_lets_others_in_between() -> None:
    fair_lock, taken, stop = FairLock(), list[str](), threading.Event()

    def hurry() -> None:
        while not stop.is_set():
            with fair_lock:
                taken.append("loop")

    thread = _started(hurry)
    try:
        for _ in range(50):
            with fair_lock:
                taken.append("other")
    finally:
        stop.set()
        thread.join(_LONG_S)
    assert taken.count("other") == 50


def test_the_owner_may_enter_again_and_others_wait_until_the_outermost_end() -> None:
    fair_lock, entered = FairLock(), threading.Event()

    def work() -> None:
        with fair_lock:
            entered.set()

    with fair_lock:
        with fair_lock:
            thread = _started(work)
        assert not entered.wait(0.05)
    thread.join(_LONG_S)
    assert entered.is_set()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system cannot interrupt a thread: use a Unix.")
def test_one_who_is_interrupted_while_waiting_keeps_nobody_waiting() -> None:
    fair_lock, held, let_go, passed = FairLock(), threading.Event(), threading.Event(), threading.Event()
    interrupted = threading.Event()

    def hold() -> None:
        with fair_lock:
            held.set()
            let_go.wait(_LONG_S)

    def follow() -> None:
        with fair_lock:
            passed.set()

    holder = _started(hold)
    _until(held.is_set)
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        _until(lambda: len(fair_lock._queue) == 1)
        for _ in range(3):  # one that comes while Python runs a finalizer is lost
            signal.pthread_kill(main, signal.SIGINT)
            if interrupted.wait(2):
                break

    interrupter = _started(interrupt)
    with pytest.raises(KeyboardInterrupt), fair_lock:
        pass
    interrupted.set()
    reporter = _started(follow)
    let_go.set()
    for thread in (interrupter, holder, reporter):
        thread.join(_LONG_S)
    assert passed.is_set()
    assert fair_lock.acquire(blocking=False)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that signals: use a Unix.")
def test_no_interrupt_leaves_it_taken() -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    before = signal.signal(signal.SIGVTALRM, _interrupt)
    interrupts, end = 0, time.monotonic() + 2
    try:
        while time.monotonic() < end:
            fair_lock = FairLock()
            with contextlib.suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_VIRTUAL, chance.uniform(20e-6, 200e-6))
                while True:
                    with fair_lock:
                        pass
            interrupts += 1
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            found: list[bool] = []
            thread = _started(lambda t=fair_lock, f=found: f.append(t.acquire(timeout=_LONG_S)))  # type: ignore[misc]
            thread.join(_LONG_S)
            assert found == [True]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert interrupts > 10


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_turn_that_does_not_come_in_its_time_is_given_up() -> None:
    fair_lock, held, go_on = FairLock(), threading.Event(), threading.Event()

    def hold() -> None:
        with fair_lock:
            held.set()
            go_on.wait(_LONG_S)

    thread = _started(hold)
    assert held.wait(_LONG_S)
    for _ in range(2):  # as the first of the queue, and again
        with pytest.raises(LockTimeoutError), fair_lock.within(time.monotonic() + 0.1):
            pass
    assert not fair_lock._queue
    go_on.set()
    thread.join(_LONG_S)
    with fair_lock.within(time.monotonic() - 1), fair_lock:  # it is there: it need not be waited for
        assert fair_lock.is_mine
    assert not fair_lock.is_mine
