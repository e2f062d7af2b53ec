"""What this process may use at most."""

from __future__ import annotations

import contextlib
import resource


def limit_resources(memory: int) -> None:
    """Allow no core dump, and so many bytes of memory, for good; 0 for what there is."""
    _lower(resource.RLIMIT_CORE, 0)
    if memory:
        # Not RLIMIT_AS: libraries and the memory shared with the kernel reserve addresses that cost nothing.
        _lower(resource.RLIMIT_DATA, memory)


def _lower(kind: int, value: int) -> None:
    _, highest = resource.getrlimit(kind)
    if highest == resource.RLIM_INFINITY or value < highest:
        with contextlib.suppress(OSError, ValueError):  # macOS takes only some: an engine without a limit works too
            resource.setrlimit(kind, (value, value))
