"""Linux: a sealed memfd, a pidfd, two signals that end a child with its parent, and a sandbox that it enters itself.

Old kernels have not all of it, and containers forbid some: then it is done in the way of `portable`, and what is lost
by that is said with the sandbox.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
import signal
import struct
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qirjit_magic import system_memory
from qirjit_magic.sandbox.allowed_calls import LIFE
from qirjit_magic.sandbox.descriptors import Descriptor
from qirjit_magic.sandbox.linux_calls import library_call, system_call
from qirjit_magic.sandbox.mapped_region import MappedRegion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qirjit_magic.sandbox import ChildProcess, Platform, Watch

_PR_SET_PDEATHSIG = 1
# A process's clock is a number that is made of its id, as clock_getcpuclockid(3) does, which Python does not have.
_CLOCK_SHIFT = 3
_PROCESS_CLOCK = 2
# <asm-generic/mman.h>, and mmap's numbers in <asm/unistd_64.h> and <asm-generic/unistd.h>
_MAP_FIXED = 0x10
_MAP_NORESERVE = 0x4000
_MMAP = {"x86_64": 9, "aarch64": 222}
_FAULTS = signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
_FAULT_FLAGS = 0x4 | 0x08000000 | 0x80000000  # SA_SIGINFO, SA_ONSTACK and SA_RESETHAND of <asm-generic/signal-defs.h>


_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - nothing is found there by a name
_MEASURED = "/proc/self/statm"

# In /proc/PID/status, in KiB, but for the number of threads, each with a stack in the kernel and more.
_HELD = {"RssAnon:": 1, "VmSwap:": 1, "VmPTE:": 1, "Threads:": 32}

_lacking: list[str] = []  # what this process does without, in words


def _portable() -> Platform:
    from qirjit_magic.sandbox import get_platform  # noqa: PLC0415 - milliseconds that an engine seldom needs

    return get_platform("portable")


class SharedRegion(MappedRegion):
    """A mapping of a sparse file: its pages exist once they are touched, so there is no growing to do."""

    def __init__(self, handle: int, size: int) -> None:
        super().__init__(handle, size, _mapping)

    def discard(self, start: int, length: int) -> None:
        """Punch a hole, of whole pages."""
        with contextlib.suppress(OSError):  # where a temporary file lies, there may be none
            self._map.madvise(mmap.MADV_REMOVE, start, length)


def _mapping(handle: int, size: int) -> mmap.mmap:
    # Python's own mapping of a file has a second descriptor of it, which it closes by its number, whosever that is by
    # then. So this is one of no file, in whose place the file is mapped.
    call = _MMAP.get(os.uname().machine)
    if call is None:
        return mmap.mmap(handle, size)
    made = mmap.mmap(-1, size, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | _MAP_NORESERVE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(made))
    protection = mmap.PROT_READ | mmap.PROT_WRITE
    system_call(call, address, size, protection, mmap.MAP_SHARED | _MAP_FIXED, handle, 0)
    return made


def create_region(size: int) -> SharedRegion:
    """Memory that can change no more in size: shrunk by a hostile child, it would end its reader by SIGBUS.

    Where there is no memfd it is a file without a name, which seccomp alone keeps from that.
    """
    try:
        handle = os.memfd_create("qirjit", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError:
        handle = _unnamed_file(size)
    try:
        os.ftruncate(handle, size)
    except BaseException:  # there is a limit of files' sizes
        os.close(handle)
        raise
    with contextlib.suppress(OSError):  # the child finds no seals, and says so
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, _SEALS)
    return SharedRegion(handle, size)


def _unnamed_file(size: int) -> int:
    # In memory where that can be, and has room: who writes to a page that finds none dies of SIGBUS.
    folder = None
    with contextlib.suppress(OSError):
        room = os.statvfs(_SHARED_MEMORY)
        if room.f_bavail * room.f_frsize > size and os.access(_SHARED_MEMORY, os.W_OK | os.X_OK):
            folder = _SHARED_MEMORY
    with tempfile.TemporaryFile(prefix="qirjit-", dir=folder) as file:
        return fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, 0)


def attach_region(handle: int, size: int) -> SharedRegion:
    """The memory behind an inherited memfd, or file."""
    seals = 0
    with contextlib.suppress(OSError):  # a file has none
        seals = fcntl.fcntl(handle, fcntl.F_GET_SEALS)
    if seals & _SEALS != _SEALS:
        _lacking.append("shared memory without seals")
    return SharedRegion(handle, size)


def _pidfd(pid: int) -> Descriptor:
    # Readable once the process has ended.
    try:
        return Descriptor(os.pidfd_open(pid))
    except ProcessLookupError:  # it has ended, and somebody has collected its status already
        ours, theirs = os.pipe()
        os.close(theirs)
        return Descriptor(ours)


def watch(process: ChildProcess) -> Watch:
    """A pidfd of the child; before Linux 5.3, and where that is forbidden, a waiting thread."""
    try:
        return _pidfd(process.pid)
    except (OSError, AttributeError):  # Python may have been built without it
        return _portable().watch(process)


def is_stopped(pid: int) -> bool:
    """Return whether a signal has stopped it: SIGSTOP, or a terminal's. One that a debugger holds has state "t"."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[:1] == ["T"]


def die_with_parent(life: int, *, lasting: bool, parent: int) -> None:
    """End with the parent, by two signals that need no thread and reach into native code.

    PDEATHSIG comes first. It ends it with the creating *thread*, so it is armed only where that lasts as long as its
    process; no fork of the parent can hold it back. The end of file on ``life`` raises SIGKILL here as well, once
    nobody else has the other end: a fork by native code may keep that open. The pipe goes where the sandbox lets nobody
    close it. Where a pipe can raise no signal, a thread reads it.
    """
    with contextlib.suppress(OSError):  # so many descriptors this process may not have: it stays where it is
        os.dup2(life, LIFE, inheritable=False)
        os.close(life)
        life = LIFE
    if lasting:
        with contextlib.suppress(OSError):  # the pipe alone is enough
            library_call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() not in {parent, 0}:  # gone before this was armed; 0 is a parent outside this PID namespace
            os._exit(0)
    try:
        fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(life, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    except OSError:
        _lacking.append("no signal when the kernel ends")
        _portable().die_with_parent(life, lasting=lasting, parent=parent)
        return
    with contextlib.suppress(BlockingIOError):
        if not os.read(life, 1):  # the parent was gone before this was armed
            os._exit(0)


def resident_bytes() -> int:
    """The resident set, as it is now; without /proc, as large as it has been."""
    try:
        return int(Path(_MEASURED).read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _portable().resident_bytes()


def available_bytes() -> int:
    """Return the least of what the system, this process's control groups and its limits leave, in bytes."""
    free = system_memory.free_memory()
    if free is None:  # there may be no /proc
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    left = system_memory.bytes_left_by_limits(reserved=True)
    return free if left is None else min(free, left)


def free_address_bytes() -> int:
    """Return the bytes of RLIMIT_AS that are not taken."""
    free = system_memory.free_address_bytes()
    return -1 if free is None else free


def prefer_for_oom_kill() -> None:
    """The highest score there is: raising it needs no right."""
    with contextlib.suppress(OSError):  # there is no /proc, or it cannot be written: the system chooses by itself
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def processors() -> int:
    """Return the number of processors of its affinity."""
    try:
        return len(os.sched_getaffinity(0))
    except OSError:
        return _portable().processors()


def cpu_seconds(pid: int) -> float:
    """The process's own clock."""
    with contextlib.suppress(OSError):  # it has ended
        return time.clock_gettime(~pid << _CLOCK_SHIFT | _PROCESS_CLOCK)
    return 0.0


def held_bytes(pid: int) -> int:
    """Its own pages, there and swapped out, their tables, and what the system keeps of each thread."""
    with contextlib.suppress(OSError, ValueError):  # it has ended, or there is no /proc
        pairs = (line.split()[:2] for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines())
        found = {pair[0]: int(pair[1]) for pair in pairs if pair[0] in _HELD}
        return 1024 * sum(_HELD[name] * value for name, value in found.items())
    return 0


def enlarge_pipe(pipe: int) -> None:
    """A pipe of 1 MiB."""
    with contextlib.suppress(OSError):  # this user's quota for pipes is spent: 64 KiB works too, slower
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def handle_faults(find: Callable[[str], int]) -> None:
    """A handler on a stack of its own, for one signal: the second one has its usual effect."""
    handler = find(os.uname().machine)
    if handler:
        try:
            _handle_faults(handler)
        except OSError as error:  # the signal's name has to do
            _lacking.append(f"no notes of faults ({error})")


def _handle_faults(handler: int) -> None:
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


def enter_sandbox(libraries: Iterable[str] = ()) -> str:
    """Capabilities, new privileges, Landlock and seccomp: whatever of them this kernel offers, each by itself."""
    from qirjit_magic.sandbox import landlock, privileges, seccomp  # noqa: PLC0415 - the kernel needs none

    parts = (
        privileges.restrict(),
        privileges.forbid_new_privileges(),
        landlock.restrict(libraries),
        seccomp.restrict(),
    )
    return ", ".join((*parts, *_lacking))
