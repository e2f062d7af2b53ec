"""Linux: a sealed memfd, a pidfd, two signals that end a child with its parent, and a fence that it puts up itself."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
import signal
import struct
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qirjit_magic import machine
from qirjit_magic.wire.platforms.kernel import library_call
from qirjit_magic.wire.platforms.lifeline import LIFE
from qirjit_magic.wire.platforms.pages import let_go

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# A process's clock is a number that is made of its id, as clock_getcpuclockid(3) does, which Python does not have.
_CLOCK_SHIFT = 3
_PROCESS_CLOCK = 2
_FAULTS = signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT
_FAULT_FLAGS = 0x4 | 0x08000000 | 0x80000000  # SA_SIGINFO, SA_ONSTACK and SA_RESETHAND of <asm-generic/signal-defs.h>


class SealedRegion:
    """A sparse memfd: its pages exist once they are touched, so there is no growing to do."""

    def __init__(self, handle: int, size: int) -> None:
        self.handle = handle
        self._map = mmap.mmap(handle, size)
        self.view = memoryview(self._map)

    def discard(self, start: int, length: int) -> None:
        """Punch a hole, of whole pages."""
        self._map.madvise(mmap.MADV_REMOVE, start, length)

    def let_go(self, start: int, length: int) -> None:
        """Map no pages that nobody looks at now; their content stays where it is."""
        let_go(self._map, start, length)

    def close(self) -> None:
        """Unmap and close."""
        self.view.release()
        self._map.close()
        os.close(self.handle)


def create_region(size: int) -> SealedRegion:
    """Memory that can change no more in size: shrunk by a hostile child, it would end its reader by SIGBUS."""
    handle = os.memfd_create("qirjit", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(handle, size)
    fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return SealedRegion(handle, size)


def attach_region(handle: int, size: int) -> SealedRegion:
    """The memory behind an inherited memfd."""
    return SealedRegion(handle, size)


class PidWatch:
    """A pidfd: readable once the process has ended."""

    def __init__(self, pid: int) -> None:
        self._handle = os.pidfd_open(pid)

    def fileno(self) -> int:
        """The pidfd."""
        return self._handle

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)


def watch(process: subprocess.Popen[bytes]) -> PidWatch:
    """A pidfd of the child."""
    return PidWatch(process.pid)


def follow_parent(life: int, *, main_thread: bool) -> None:
    """End with the parent, by two signals that need no thread and reach into native code.

    The end of file on ``life`` raises SIGKILL here. PDEATHSIG comes first, but it fires when the creating *thread*
    ends, so it is armed only where that was the main thread. The pipe goes where the fence lets nobody close it.
    """
    with contextlib.suppress(OSError):  # so many descriptors this process may not have: it stays where it is
        os.dup2(life, LIFE, inheritable=False)
        os.close(life)
        life = LIFE
    if main_thread:
        library_call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        if not os.read(life, 1):  # the parent was gone before this was armed
            os._exit(0)


def resident_bytes() -> int:
    """The resident set, as it is now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def available_bytes() -> int:
    """What the system, this process's control groups and its limits leave, the least of them."""
    found = machine.free_memory(), machine.left_of_limits(reserved=True)
    return min((left for left in found if left is not None), default=0)


def be_ended_first() -> None:
    """The highest score there is: raising it needs no right."""
    with contextlib.suppress(OSError):  # there is no /proc, or it cannot be written: the system chooses by itself
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def processors() -> int:
    """Those of its affinity."""
    return len(os.sched_getaffinity(0))


def cpu_seconds(pid: int) -> float:
    """The process's own clock."""
    with contextlib.suppress(OSError):  # it has ended
        return time.clock_gettime(~pid << _CLOCK_SHIFT | _PROCESS_CLOCK)
    return 0.0


def widen(pipe: int) -> None:
    """A pipe of 1 MiB."""
    with contextlib.suppress(OSError):  # this user's quota for pipes is spent: 64 KiB works too, slower
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def handle_faults(find: Callable[[str], int]) -> None:
    """A handler on a stack of its own, for one signal: the second one has its usual effect."""
    handler = find(os.uname().machine)
    if handler:
        stack = _fault_stack()
        library_call("sigaltstack", _filled("@PiN", ctypes.addressof(stack), 0, len(stack)), 0)
        action = _filled("@P128sIP", handler, b"", _FAULT_FLAGS, 0)
        for number in _FAULTS:
            library_call("sigaction", number, action, 0)


@cache  # for good: it is the kernel's from now on
def _fault_stack() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(1 << 16)


def _filled(layout: str, *values: int | bytes) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(struct.pack(layout, *values), struct.calcsize(layout))


def fence() -> str:
    """Capabilities, new privileges, Landlock and seccomp: whatever of them this kernel offers, each by itself."""
    machine.keep_open()
    from qirjit_magic.wire.platforms import landlock, privileges, seccomp  # noqa: PLC0415 - the kernel needs none

    return f"{privileges.restrict()}, {privileges.refuse_new()}, {landlock.restrict()}, {seccomp.restrict()}"
