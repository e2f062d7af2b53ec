"""A forked process: what it has of its parent's sessions is let go there, and nothing of the parent's is touched.

A fork has copies of the parent's objects and descriptors, and one of its threads. Whoever owns something that two
processes cannot share says here what becomes of it in the child. Nothing is done before a fork, nor in the parent: a
fork in one thread is not to wait for another thread's run.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something that a forked process has a copy of."""

    def after_fork(self) -> None:
        """In the child: let go what is the parent's. It raises nothing, and waits for no lock."""
        ...


_sessions: weakref.WeakSet[Forkable] = weakref.WeakSet()
_others: weakref.WeakSet[Forkable] = weakref.WeakSet()
_process = os.getpid()


def follow(something: Forkable, *, session: bool = False) -> None:
    """Tell this object of forks, for as long as it is there; sessions before all that is theirs."""
    (_sessions if session else _others).add(something)


def look() -> None:
    """Notice a fork by native code, which Python is not told of."""
    if os.getpid() != _process:
        _after_fork()


def _after_fork() -> None:
    global _process  # noqa: PLW0603 - it is a fact about this process
    _process = os.getpid()
    for something in (*_sessions, *_others):
        something.after_fork()


os.register_at_fork(after_in_child=_after_fork)
