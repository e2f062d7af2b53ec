"""How much an engine process may have where nobody says."""

from __future__ import annotations

import os


def default_memory_limit() -> int:
    """Three quarters of this machine's memory, in bytes; 0, no limit, where the system does not say how much it has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
    except (AttributeError, OSError, ValueError):
        return 0
