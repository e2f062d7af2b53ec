"""What this process may use at most."""

from __future__ import annotations

import contextlib
import resource

_STACK, _STACK_SHARE = 8 << 20, 16


def limit_resources(memory: int) -> None:
    """Allow no core dump, and so many bytes of memory, for good; 0 for what there is."""
    _lower(resource.RLIMIT_CORE, 0)
    if memory:
        # Not RLIMIT_AS: libraries and the memory shared with the kernel reserve addresses that cost nothing.
        _lower(resource.RLIMIT_DATA, memory)
        # The stack is no data: where it may grow without end, so may what a program keeps there.
        _lower(resource.RLIMIT_STACK, max(_STACK, memory // _STACK_SHARE))


def _lower(kind: int, value: int) -> None:
    with contextlib.suppress(
        OSError, ValueError, OverflowError
    ):  # macOS takes only some: an engine without a limit works too
        limits = [value if limit == resource.RLIM_INFINITY else min(value, limit) for limit in resource.getrlimit(kind)]
        resource.setrlimit(kind, (limits[0], limits[1]))
