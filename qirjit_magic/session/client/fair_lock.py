"""`FairLock`: a lock that many threads share in the order in which they asked."""

from __future__ import annotations

import math
import threading
import time
from _thread import RLock
from collections import deque
from typing import Self

_LOOK_S = 0.05


class NoTurnError(Exception):
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
        """It itself, for a ``with`` that waits for this thread's next turn until this moment of `time.monotonic`."""
        self._waiting.deadline = deadline
        return self

    @property
    def is_mine(self) -> bool:
        """Whether this thread has its turn."""
        return bool(self._is_owned())  # type: ignore[attr-defined]  # `threading.Condition` asks the same

    def __enter__(self) -> Self:  # type: ignore[override]  # of the plain one it is a bool
        """Wait for a turn.

        Raises:
            NoTurnError: it has not come in the time that `within` gave.
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
                turn.wait(_LOOK_S)
            while not self.acquire(timeout=-1 if deadline == math.inf else _LOOK_S):
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
        raise NoTurnError
