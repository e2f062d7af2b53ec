"""`Progress`: how far a run is."""

from __future__ import annotations

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """How far a run is.

    Attributes:
        done: how many shots are finished. Those that are sampled are drawn all at once: 0 until they are there.
        shots: how many were asked for.
        seconds: how long it has been going on.
        rate: shots a second, lately; of a run that has ended, over all of it. 0 until one is finished.
        left: how many seconds it will still take at this rate; None where nobody can know.
        ended: whether this is the last word, however it ended.
    """

    done: int
    shots: int
    seconds: float
    rate: float = 0.0
    left: float | None = None
    ended: bool = False
