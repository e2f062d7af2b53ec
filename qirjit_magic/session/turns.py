"""`Turns`: a lock that many threads share in the order in which they asked."""

from __future__ import annotations

import threading
from collections import deque
from typing import Self


class Turns:
    """A reentrant lock: the one who waits longest comes next.

    ``threading.RLock`` lets whoever is quickest go first, so a loop of short calls would keep a long wait waiting.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None
        self._depth = 0
        self._taken = False

    def __enter__(self) -> Self:
        if self._owner != threading.get_ident():
            self._wait()
            self._owner = threading.get_ident()
        self._depth += 1
        return self

    def _wait(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()  # whoever ends before lets go of it
        except BaseException:  # interrupted: nobody is to wait for this one
            with self._guard:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                else:
                    self._pass_on()
            raise

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            with self._guard:
                self._pass_on()

    def _pass_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._taken = False
