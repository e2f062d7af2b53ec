"""What comes over this process: interrupts, as a number instead of an exception; forks; threads that wait for a turn.

A fork has copies of the parent's objects and descriptors, and one of its threads. Whoever owns something that two
processes cannot share says here what becomes of it in the child. Nothing is done before a fork, nor in the parent: a
fork in one thread is not to wait for another thread's run.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
import weakref
from _thread import RLock
from collections import deque
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Protocol, Self

_POLL_S = 0.05


class DeferredInterrupts:
    """While it is on, SIGINT is counted and not raised, so that no bookkeeping is torn in half.

    Whoever opened it looks at `count` once state is whole. Outside the main thread it does nothing: interrupts reach
    the main thread only.

    Attributes:
        on_interrupt: called in the signal handler, each time.
    """

    def __init__(self, *on_interrupt: Callable[[], None]) -> None:
        self.on_interrupt = list(on_interrupt)
        self._depth = 0
        self._armed = False
        self._count = 0
        self._thread = 0

    @property
    def count(self) -> int:
        """The number of interrupts since it was put up."""
        return self._count

    def __enter__(self) -> Self:
        if self._depth == 0:
            self._count = 0
            self._thread = threading.get_ident()
            self._armed = threading.current_thread() is threading.main_thread()
            if self._armed:
                self._before = signal.signal(signal.SIGINT, self._handle)
        self._depth += 1  # last: an interrupt before the handler is in place leaves nothing behind
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._armed and self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def after_fork(self) -> None:
        """In a forked process: take down what a thread has put up that is not there."""
        if self._depth and self._thread != threading.get_ident():
            if self._armed and self._before is not None:
                with contextlib.suppress(ValueError):  # native code forked: for Python another thread is the main one
                    signal.signal(signal.SIGINT, self._before)
            self._depth, self._armed, self._count = 0, False, 0

    @property
    def is_outermost(self) -> bool:
        """Return whether no interrupt is being deferred."""
        return self._depth == 0

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal module's own signature
        self._count += 1
        for callback in self.on_interrupt:
            callback()


class MainThreadInterrupts(DeferredInterrupts):
    """Interrupts as the main thread defers them: it sees these, raises none, and handles none itself.

    It may be put up in the main thread too, under the other one, whose handler stays.

    Args:
        leader: what defers the interrupts of the main thread.
    """

    def __init__(self, leader: DeferredInterrupts) -> None:
        super().__init__()
        self._leader = leader

    def __enter__(self) -> Self:
        self._thread = threading.get_ident()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._depth -= 1

    @property
    def count(self) -> int:
        """The number of interrupts that the other one has counted."""
        return self._leader.count

    @property
    def is_outermost(self) -> bool:
        """The other one is around it."""
        return False


class Forkable(Protocol):
    """Something that a forked process has a copy of."""

    def after_fork(self) -> None:
        """In the child: let go what is the parent's. It raises nothing, and waits for no lock."""


_sessions: weakref.WeakSet[Forkable] = weakref.WeakSet()
_others: weakref.WeakSet[Forkable] = weakref.WeakSet()
_process = os.getpid()


def follow_forks(something: Forkable, *, session: bool = False) -> None:
    """Tell this object of forks, for as long as it is there; sessions before all that is theirs."""
    (_sessions if session else _others).add(something)


def notice_fork() -> None:
    """Notice a fork by native code, which Python is not told of."""
    if os.getpid() != _process:
        _after_fork()


def _after_fork() -> None:
    global _process  # noqa: PLW0603 - it is a fact about this process
    _process = os.getpid()
    for something in (*_sessions, *_others):
        something.after_fork()


os.register_at_fork(after_in_child=_after_fork)


class LockTimeoutError(Exception):
    """The time to wait for a turn is over: internal, whoever waited says what that means."""


class FairLock(RLock):  # type: ignore[misc]  # final for those who only read its stub; C permits it
    """A reentrant lock: the one who waits longest comes next.

    Of a plain ``RLock`` whoever is quickest has the next turn, so a loop of short calls would keep a long wait waiting.
    Here only the head of a queue tries to take it. Taking and giving back are done in C: no interrupt comes between.
    """

    def __init__(self) -> None:
        self._queue: deque[threading.Event] = deque()
        self._waiting = threading.local()

    def within(self, deadline: float = math.inf) -> Self:
        """Return the lock for a ``with`` that waits for this thread's turn until this moment of `time.monotonic`."""
        self._waiting.deadline = deadline
        return self

    @property
    def is_mine(self) -> bool:
        """Return whether this thread has its turn."""
        return bool(self._is_owned())  # type: ignore[attr-defined]  # `threading.Condition` asks the same

    def __enter__(self) -> Self:  # type: ignore[override]  # of the plain one it is a bool
        """Wait for a turn.

        Raises:
            LockTimeoutError: it has not come in the time that `within` gave.
        """
        if self.is_mine:
            self.acquire()
            return self
        deadline = getattr(self._waiting, "deadline", math.inf)
        turn = threading.Event()
        try:
            self._queue.append(turn)
            while self._queue[0] is not turn:
                _check(deadline)
                turn.wait(_POLL_S)
            while not self.acquire(timeout=-1 if deadline == math.inf else _POLL_S):
                _check(deadline)
            self._leave(turn)
        except BaseException:  # interrupted, or too late: nobody is to wait for this one
            if self.is_mine:
                self.release()
            self._leave(turn)
            raise
        return self

    def _leave(self, turn: threading.Event) -> None:
        if turn in self._queue:
            self._queue.remove(turn)
        if self._queue:
            self._queue[0].set()


def _check(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise LockTimeoutError
