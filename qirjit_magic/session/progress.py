"""`Follower`: tells an observer how far a run is, a few times a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from qirjit_magic.wire.progress import Progress

_EVERY_S = 0.1
_LATELY_S = 5.0


class Follower:
    """Tells how far a run is: at most ten times a second, with a rate of the last five seconds, and once at its end.

    Args:
        shots: how many were asked for.
        tell: takes it.
        clock: gives seconds.

    Attributes:
        has_told: whether anything was told.
    """

    def __init__(
        self, shots: int, tell: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shots = shots
        self._tell = tell
        self._clock = clock
        self._begun = self._told = clock()
        self._done = 0
        self.has_told = self._broken = False
        self._seen: deque[tuple[float, int]] = deque([(self._begun, 0)])  # when, and how many were finished

    def look(self, done: int) -> None:
        """So many shots are finished, as far as anybody knows; what is less than before, or too much, is not believed.

        Args:
            done: of all processes that run them together.
        """
        now = self._clock()
        if now - self._told < _EVERY_S:
            return
        self._told = now
        self._note(done)
        self._seen.append((now, self._done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _LATELY_S:  # noqa: PLR2004 - a first one and this one
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (self._done - before) / (now - since)
        left = (self._shots - self._done) / rate if rate else None
        self._say(Progress(self._done, self._shots, now - self._begun, rate, left))

    def end(self, done: int) -> None:
        """The run has ended with so many shots, also where others had finished that are not kept."""
        if self._broken:
            return
        self._done = min(done, self._shots)
        seconds = self._clock() - self._begun
        rate = self._done / seconds if seconds else 0.0
        left = 0.0 if self._done == self._shots else None
        self._say(Progress(self._done, self._shots, seconds, rate, left, ended=True))

    def _say(self, progress: Progress) -> None:
        # Whoever could not take one is not told another.
        self.has_told = self._broken = True
        self._tell(progress)
        self._broken = False

    def _note(self, done: int) -> None:
        self._done = max(self._done, min(done, self._shots))
