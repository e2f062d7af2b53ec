"""`Descriptor`: an open descriptor by its number, and by what it was when it was opened.

Something else in a process may close descriptors that it did not open: ``os.closerange``, a library that makes a
daemon. The system gives such a number to whoever opens something next. What is behind it then belongs to somebody else:
it is neither read nor written nor closed.
"""

from __future__ import annotations

import contextlib
import os
import stat


class LostDescriptorError(Exception):
    """A descriptor has been closed by somebody else: internal, whoever uses it says what that means."""


class Descriptor:
    """A descriptor that is to be used and closed only while its number still means what it meant.

    Args:
        number: the open descriptor, which belongs to this object from now on.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._opened_as = _identity(number)

    def fileno(self) -> int:
        """Its number; -1 where it was closed here."""
        return self._number

    @property
    def is_intact(self) -> bool:
        """Return whether the number is open, and means what it meant."""
        return self._number >= 0 and _identity(self._number) == self._opened_as

    def check(self) -> int:
        """The number, to be used at once.

        Raises:
            LostDescriptorError: it means nothing any more, or something else.
        """
        if not self.is_intact:
            raise LostDescriptorError
        return self._number

    def close(self) -> None:
        """Close it, unless somebody else has done that; it may be called again, and raises nothing."""
        if self.is_intact:
            with contextlib.suppress(OSError):
                os.close(self._number)
        self._number = -1


def _identity(number: int) -> tuple[object, ...]:
    # Sockets, pipes and memory have an inode each. What has none of its own, as a pidfd before Linux 6.9, has a name.
    try:
        status = os.fstat(number)
        kind = stat.S_IFMT(status.st_mode)
        name = "" if kind else os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115 - each request asks: a Path takes longer
    except OSError:
        return ()
    return status.st_dev, status.st_ino, kind, name
