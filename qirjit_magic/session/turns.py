"""`Turns`: a lock that many threads share in the order in which they asked."""

from __future__ import annotations

import threading
from _thread import RLock
from collections import deque
from typing import Self

_LOOK_S = 0.05


class Turns(RLock):  # type: ignore[misc]  # final for those who only read its stub; C permits it
    """A reentrant lock: the one who waits longest comes next.

    Of a plain ``RLock`` whoever is quickest has the next turn, so a loop of short calls would keep a long wait waiting.
    Here only the head of a queue tries to take it. Taking and giving back are done in C: no interrupt comes between.
    """

    def __init__(self) -> None:
        self._queue: deque[threading.Event] = deque()

    def __enter__(self) -> Self:  # type: ignore[override]  # of the plain one it is a bool
        if self._is_owned():  # type: ignore[attr-defined]  # `threading.Condition` asks the same
            self.acquire()
            return self
        turn = threading.Event()
        try:
            self._queue.append(turn)
            while self._queue[0] is not turn:
                turn.wait(_LOOK_S)
            self.acquire()
            self._leave(turn)
        except BaseException:  # interrupted: nobody is to wait for this one
            if self._is_owned():  # type: ignore[attr-defined]  # see above
                self.release()
            self._leave(turn)
            raise
        return self

    def _leave(self, turn: threading.Event) -> None:
        if turn in self._queue:
            self._queue.remove(turn)
        if self._queue:
            self._queue[0].set()
