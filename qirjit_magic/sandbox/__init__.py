"""The differences of operating systems behind the same few functions: ``linux`` and ``portable``.

A platform is a module with the functions of the `Platform` protocol. `get_platform` picks one;
``QIRJIT_PLATFORM=portable`` forces the portable one on Linux, which is how it is tested.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Region(Protocol):
    """Memory that both processes map."""

    view: memoryview

    @property
    def handle(self) -> int:
        """The descriptor that a child inherits."""

    @property
    def is_lost(self) -> bool:
        """Return whether somebody else has closed that descriptor."""

    def discard(self, start: int, length: int) -> None:
        """Give the pages of a part back to the system, where that is possible; what it reads as is undefined."""

    def unmap_pages(self, start: int, length: int) -> None:
        """Let the pages of a part count as this process's no longer, where that is possible; what they hold stays."""

    def close(self) -> None:
        """Unmap it."""


class ChildProcess(Protocol):
    """A process that this one has started."""

    @property
    def pid(self) -> int:
        """The process id."""

    def wait(self) -> object:
        """Wait until it has ended; in a thread of its own."""


class Watch(Protocol):
    """Becomes readable when a process has died."""

    def fileno(self) -> int:
        """For a selector."""

    @property
    def is_intact(self) -> bool:
        """Return whether its descriptor is open, and not closed by somebody else."""

    def close(self) -> None:
        """Stop watching."""


class Platform(Protocol):
    """The functions that each platform module has."""

    def create_region(self, size: int) -> Region:
        """New zeroed memory; ``handle`` is what the child inherits."""

    def attach_region(self, handle: int, size: int) -> Region:
        """The same memory, in the child."""

    def watch(self, process: ChildProcess) -> Watch:
        """Watch a child for its death, however it comes."""

    def is_stopped(self, pid: int) -> bool:
        """Return whether a signal has stopped a process, so that it does nothing; False where there is no telling."""

    def die_with_parent(self, life: int, *, lasting: bool, parent: int) -> None:
        """In the child: die with the parent, or when the other end of the pipe ``life`` closes, in native code too.

        Args:
            life: the read end of a pipe whose write end the parent holds, and who forks from it by native code.
            lasting: whether the parent's thread that created this process lasts as long as the parent.
            parent: the parent's process id.
        """

    def resident_bytes(self) -> int:
        """Return the bytes of memory that this process has in use."""

    def available_bytes(self) -> int:
        """Return the bytes of memory that this process could still use, as far as can be told."""

    def free_address_bytes(self) -> int:
        """Return the bytes of addresses that this process may still have; -1 for no limit."""

    def prefer_for_oom_kill(self) -> None:
        """Let the system end this process before any other where memory runs out, where it can be told so."""

    def processors(self) -> int:
        """Return the number of processors that this process may use."""

    def cpu_seconds(self, pid: int) -> float:
        """Return the processor time of a process, all its threads together, in seconds; 0 where there is no telling."""

    def held_bytes(self, pid: int) -> int:
        """Return the bytes of memory that another process holds and nobody else has; 0 where there is no telling."""

    def enlarge_pipe(self, pipe: int) -> None:
        """Give a pipe more room, where the system allows."""

    def handle_faults(self, find: Callable[[str], int]) -> None:
        """Let a native function look at each signal that a fault of this process raises, before it dies of it.

        Args:
            find: gives the function's address, for a machine as ``uname`` calls it; 0 where there is none for it.
        """

    def enter_sandbox(self, libraries: Iterable[str] = ()) -> str:
        """Give up, for ever, what running programs does not need, and say in words what is in force and what is not.

        Afterwards nothing can be written but what is open, nothing read but what Python and libraries need, and there
        are no sockets, other programs and processes.

        Args:
            libraries: simulators that will be loaded, which may be anywhere.
        """


def get_platform(name: str = "") -> Platform:
    """The platform module of this name, of ``QIRJIT_PLATFORM``, or of this system."""
    name = name or os.environ.get("QIRJIT_PLATFORM", "") or ("linux" if sys.platform == "linux" else "portable")
    if name not in {"linux", "portable"}:
        message = f"QIRJIT_PLATFORM is '{name}'; it can be 'linux' or 'portable'"
        raise ValueError(message)
    return cast("Platform", importlib.import_module(f"{__name__}.{name}"))


def name_of(platform: Platform) -> str:
    """The name that `choose` takes."""
    return str(platform.__name__).rpartition(".")[2]  # type: ignore[attr-defined]  # platforms are modules
