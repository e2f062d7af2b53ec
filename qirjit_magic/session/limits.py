"""How much an engine process may have where nobody says, and whether its time is over."""

from __future__ import annotations

import time

from qirjit_magic.machine import memory_limit


def default_memory_limit() -> int:
    """Three quarters of the memory that this process could ever have, in bytes; 0, no limit, where nothing tells."""
    return (memory_limit() or 0) * 3 // 4


def is_over(moment: float | None) -> bool:
    """Whether this moment of `time.monotonic` has passed; None never does."""
    return moment is not None and time.monotonic() > moment
