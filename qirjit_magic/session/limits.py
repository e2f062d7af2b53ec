"""How much an engine process may have where nobody says, and whether its time is over."""

from __future__ import annotations

import os
import time


def default_memory_limit() -> int:
    """Three quarters of this machine's memory, in bytes; 0, no limit, where the system does not say how much it has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
    except (AttributeError, OSError, ValueError):
        return 0


def is_over(moment: float | None) -> bool:
    """Whether this moment of `time.monotonic` has passed; None never does."""
    return moment is not None and time.monotonic() > moment
