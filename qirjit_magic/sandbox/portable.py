"""Any POSIX system, for macOS above all: an unlinked file, a thread that waits, a thread that reads to the end.

The memory is an unlinked temporary file and not ``multiprocessing.shared_memory``: that starts a resource tracker
process in the kernel, and before Python 3.13 the child's tracker would remove the memory under the kernel.
"""

from __future__ import annotations

import mmap
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

from qirjit_magic import system_memory
from qirjit_magic.sandbox.descriptors import Descriptor
from qirjit_magic.sandbox.mapped_region import MappedRegion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qirjit_magic.sandbox import ChildProcess

_POLL_S = 1.0


class FileRegion(MappedRegion):
    """A mapping of a file that no longer has a name."""

    def __init__(self, handle: int, size: int) -> None:
        super().__init__(handle, size, _mapping)

    def discard(self, start: int, length: int) -> None:
        """Nothing to do: a file's pages are the system's to take."""


def _mapping(handle: int, size: int) -> mmap.mmap:
    if sys.version_info >= (3, 13):
        return mmap.mmap(handle, size, trackfd=False)
    return mmap.mmap(handle, size)  # it has a descriptor of its own, which it closes by its number


def create_region(size: int) -> FileRegion:
    """A sparse file of this size."""
    with tempfile.TemporaryFile(prefix="qirjit-") as file:
        file.truncate(size)
        return FileRegion(os.dup(file.fileno()), size)


def attach_region(handle: int, size: int) -> FileRegion:
    """The memory behind an inherited file."""
    return FileRegion(handle, size)


class ThreadWatch:
    """A thread that waits for the process, and then closes one end of a pipe."""

    def __init__(self, process: ChildProcess) -> None:
        self._ours, theirs = map(Descriptor, os.pipe())
        threading.Thread(target=_close_at_death, args=(process, theirs), name="qirjit-watch", daemon=True).start()

    def fileno(self) -> int:
        """The other end."""
        return self._ours.fileno()

    @property
    def is_intact(self) -> bool:
        """Return whether it is open, and not closed by somebody else."""
        return self._ours.is_intact

    def close(self) -> None:
        """Stop looking; the thread ends with the process."""
        self._ours.close()


def watch(process: ChildProcess) -> ThreadWatch:
    """A waiting thread."""
    return ThreadWatch(process)


def _close_at_death(process: ChildProcess, end: Descriptor) -> None:
    process.wait()
    end.close()


def is_stopped(pid: int) -> bool:  # noqa: ARG001 - see `Platform`
    """Never: there is no quick way to see it."""
    return False


def die_with_parent(life: int, *, lasting: bool, parent: int) -> None:  # noqa: ARG001 - threads make no difference here
    """End with the parent: a thread reads ``life`` to its end; native code runs without Python's lock.

    It also looks whose child this is: a fork of the parent may keep the other end open.
    """
    threading.Thread(target=_die_at_end, args=(life, parent), name="qirjit-life", daemon=True).start()


def _die_at_end(life: int, parent: int) -> None:
    while os.getppid() in {parent, 0}:
        if select.select([life], [], [], _POLL_S)[0] and not os.read(life, 1):
            break
    os.kill(os.getpid(), signal.SIGKILL)


def resident_bytes() -> int:
    """The largest that the resident set has been: there is no portable way to ask what it is."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def available_bytes() -> int:
    """Half of what the machine has, or this process's limit less what it has had, or what is known to be free."""
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    left = half if limit == resource.RLIM_INFINITY else max(0, min(half, limit - resident_bytes()))
    free = system_memory.free_memory()
    return left if free is None else min(left, free)


def prefer_for_oom_kill() -> None:
    """Nothing: only Linux can be told."""


def free_address_bytes() -> int:
    """Half of what the limit allows: there is no portable way to ask how much of it is taken."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return -1 if limit == resource.RLIM_INFINITY else limit // 2


def processors() -> int:
    """All there are."""
    return os.cpu_count() or 1


def cpu_seconds(pid: int) -> float:
    """Return the seconds that ``ps`` says: to a hundredth on macOS, to a second elsewhere."""
    try:
        command = ["ps", "-o", "time=", "-p", str(pid)]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return _seconds(said.strip())
    except (OSError, ValueError):  # there is no ps, or no such process
        return 0.0


def _seconds(time: str) -> float:
    # [days-]hours:minutes:seconds, or less from the left
    days, _, clock = time.rpartition("-")
    seconds = sum(float(part) * 60.0**place for place, part in enumerate(reversed(clock.split(":"))))
    return 86_400 * int(days or 0) + seconds


def held_bytes(pid: int) -> int:  # noqa: ARG001 - there is no portable way to ask
    """No telling."""
    return 0


def enlarge_pipe(pipe: int) -> None:
    """Nothing to do: other systems grow their pipes themselves."""


def handle_faults(find: Callable[[str], int]) -> None:
    """Nothing: what a signal handler is given is known for Linux only. The signal's name has to do."""


def enter_sandbox(libraries: Iterable[str] = ()) -> str:  # noqa: ARG001 - there is none
    """Nothing: only Linux lets a process give up so much by itself."""
    return "none: only the platform 'linux' has one"
