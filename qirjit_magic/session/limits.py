"""How much an engine process may have where nobody says, and whether its time is over."""

from __future__ import annotations

import os
import resource
import time

from qirjit_magic.errors import EngineStartError

_LEAST_ADDRESSES = 416 << 20


def default_memory_limit() -> int:
    """Three quarters of this machine's memory, in bytes; 0, no limit, where the system does not say how much it has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4
    except (AttributeError, OSError, ValueError):
        return 0


def address_limit() -> int:
    """The bytes of addresses that this process, and each that it starts, may have; 0 for no limit."""
    try:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    except OSError:  # a container may refuse even the question
        return 0
    return 0 if limit == resource.RLIM_INFINITY else limit


def check_addresses() -> None:
    """Refuse where an engine could not even load LLVM.

    Raises:
        EngineStartError: the limit of addresses is too low.
    """
    limit = address_limit()
    if 0 < limit < _LEAST_ADDRESSES:
        message = (
            f"a process may have {limit >> 20:,} MiB of addresses here, and LLVM alone takes "
            f"{_LEAST_ADDRESSES >> 20:,} MiB. Raise RLIMIT_AS: ulimit -v, or the job's limit of memory."
        )
        raise EngineStartError(message)


def is_over(moment: float | None) -> bool:
    """Whether this moment of `time.monotonic` has passed; None never does."""
    return moment is not None and time.monotonic() > moment
