"""What comes over this process: interrupts, as a number instead of an exception, and forks.

A fork has copies of the parent's objects and descriptors, and one of its threads. Whoever owns something that two
processes cannot share says here what becomes of it in the child. Nothing is done before a fork, nor in the parent: a
fork in one thread is not to wait for another thread's run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import weakref
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Protocol, Self


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
    def outermost(self) -> bool:
        """Return whether no interrupt is being deferred."""
        return self._depth == 0

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal module's own signature
        self._count += 1
        for callback in self.on_interrupt:
            callback()


class FollowingInterrupts(DeferredInterrupts):
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
    def outermost(self) -> bool:
        """The other one is around it."""
        return False


class Forkable(Protocol):
    """Something that a forked process has a copy of."""

    def after_fork(self) -> None:
        """In the child: let go what is the parent's. It raises nothing, and waits for no lock."""
        ...


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
