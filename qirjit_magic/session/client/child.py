"""`Child`: an engine process as the system knows it: killed, and its status collected, here alone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time

# How a process ended, where there is neither a signal nor a status to tell.
UNKNOWN = "an unknown cause"
LOST = "closed descriptors"
_LOOK_S = 0.001


class Child:
    """A process that was started.

    `subprocess.Popen` takes a status that it cannot get for 0. There is none to get where SIGCHLD is ignored, or where
    somebody else waits for all children of this process.

    Args:
        started: the process, which nobody else waits for.
    """

    def __init__(self, started: subprocess.Popen[bytes]) -> None:
        self._started = started
        self._parent = os.getpid()
        self._lock = threading.RLock()  # `kill` comes from any thread
        self._there = True
        self._status: int | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._started.pid

    @property
    def is_ours(self) -> bool:
        """Whether it is this process's child: in a fork it is not."""
        return os.getpid() == self._parent

    def kill(self) -> None:
        """End it, if it is there; from any thread."""
        if not self.is_ours:
            return
        with self._lock:
            if self._look():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended; in a thread of its own."""
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(self.pid, 0)
            self._note(status)
        self._there = False

    def collect(self, within_s: float) -> None:
        """Wait for so long until it has ended, and collect its status."""
        deadline = time.monotonic() + within_s
        while self.is_ours and self._look() and time.monotonic() < deadline:
            time.sleep(_LOOK_S)

    def _look(self) -> bool:
        # Whether it is there. Until its status is collected, nobody else has its number.
        with self._lock:
            if self._there:
                try:
                    collected, status = os.waitpid(self.pid, os.WNOHANG)
                except ChildProcessError:
                    self._there, self._started.returncode = False, 0
                else:
                    if collected:
                        self._note(status)
            return self._there

    def _note(self, status: int) -> None:
        self._status, self._there = status, False
        self._started.returncode = os.waitstatus_to_exitcode(status)  # its finalizer is to wait for nothing

    def disown(self) -> None:
        """In a fork: it is somebody else's child."""
        self._started.returncode = 0

    @property
    def ending(self) -> str:
        """How it ended: a signal's name or an exit status; empty where that cannot be known."""
        if self._status is None:
            return ""
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return f"exit status {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
