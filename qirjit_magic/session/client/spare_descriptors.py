"""Descriptors of the kernel's process that are made where a daemon, or cron, has closed the standard ones."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

_FIRST_OF_OUR_OWN = 3


@contextlib.contextmanager
def above_standard() -> Iterator[None]:
    """What is opened inside is no standard descriptor, even where 0, 1 or 2 are closed.

    A socket at 2 would be sent whatever some library writes to standard error, and a child that gets standard
    descriptors of its own would lose what it was to inherit.
    """
    with contextlib.ExitStack() as closing:
        with contextlib.suppress(OSError):  # not even that can be opened: what comes next says so
            while (handle := os.open(os.devnull, os.O_RDWR)) < _FIRST_OF_OUR_OWN:
                closing.callback(os.close, handle)
            os.close(handle)
        yield
