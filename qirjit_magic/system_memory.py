"""The memory that this process may have: the machine's, that of its control groups, and what its own limits leave.

Control groups are read as in the kernel's ``cgroup-v1/memory.rst`` and ``cgroup-v2.rst``: each group up to the root of
what can be seen may have a limit, and all of them hold.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from qirjit_magic.lazy_patterns import lazy_pattern

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_GROUPS, _MOUNTS = "/proc/self/cgroup", "/proc/self/mountinfo"
_MEMINFO, _STATUS = "/proc/meminfo", "/proc/self/status"
_MAX_DIGITS = 64
_NO_LIMIT = 1 << 60  # version 1 says a number near 2^63 where there is none
_OCTAL = lazy_pattern(r"\\([0-7]{3})")


class ControlGroup(NamedTuple):
    """A control group that accounts for memory.

    Attributes:
        limits: the files that may have a limit.
        usage: the file that says how much is in use.
        stat: the file that says how much of that could be given up at once.
        idle: the name of that in it, with the space that follows.
    """

    limits: tuple[str, ...]
    usage: str
    stat: str
    idle: str

    @property
    def limit(self) -> int | None:
        """The bytes that it may have; None for no limit."""
        found = [number for number in map(_number, self.limits) if number is not None and number < _NO_LIMIT]
        return min(found, default=None)

    @property
    def available(self) -> int | None:
        """The bytes that it may still have; None for no limit."""
        limit = self.limit
        if limit is None:
            return None
        used = _number(self.usage) or 0
        return max(0, limit - max(0, used - _named(self.stat, self.idle)))


def memory_limit() -> int | None:
    """Return the bytes of the machine's memory that this process could ever have; None where nothing says so."""
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    with contextlib.suppress(AttributeError, OSError, ValueError):
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield from (limit for group in control_groups() if (limit := group.limit) is not None)
    if (addresses := resource_limit("RLIMIT_AS")) is not None:
        yield addresses


def free_memory() -> int | None:
    """Return the bytes that the machine, and this process's control groups, have left; None where nothing says so."""
    free = [left for group in control_groups() if (left := group.available) is not None]
    if machine := _named(_MEMINFO, "MemAvailable:") << 10:
        free.append(machine)
    return min(free, default=None)


def bytes_left_by_limits(*, reserved: bool = False) -> int | None:
    """Return the bytes that this process's own limits leave it; None for no limit.

    Args:
        reserved: whether addresses are there already for what it is to have.
    """
    data = _named(_STATUS, "VmData:") << 10
    size = data if reserved else _named(_STATUS, "VmSize:") << 10
    left = [
        max(0, limit - used)
        for limit, used in ((resource_limit("RLIMIT_DATA"), data), (resource_limit("RLIMIT_AS"), size))
        if limit is not None
    ]
    return min(left, default=None)


def free_address_bytes() -> int | None:
    """Return the bytes of addresses that this process may still have; None for no limit."""
    limit = resource_limit("RLIMIT_AS")
    return None if limit is None else max(0, limit - (_named(_STATUS, "VmSize:") << 10))


def resource_limit(name: str) -> int | None:
    """Return the system's limit of this name for this process; None for no limit.

    Args:
        name: as in the module `resource`.
    """
    if not hasattr(resource, name):
        return None
    try:
        limit, _ = resource.getrlimit(getattr(resource, name))
    except OSError:  # a container may refuse even the question
        return None
    return None if limit == resource.RLIM_INFINITY else int(limit)


def control_groups() -> tuple[ControlGroup, ...]:
    """The control groups of this process that account for memory, the innermost first."""
    return _groups_of(_text(_GROUPS))


@lru_cache(maxsize=4)
def _groups_of(cgroup_text: str) -> tuple[ControlGroup, ...]:
    return tuple(group for group in find_control_groups(cgroup_text, _text(_MOUNTS)) if os.path.exists(group.usage))  # noqa: PTH110 - see _text


def find_control_groups(cgroup_text: str, mountinfo: str) -> Iterator[ControlGroup]:
    """The groups that account for memory, the innermost first.

    Args:
        cgroup_text: the text of ``/proc/PID/cgroup``.
        mountinfo: the text of ``/proc/PID/mountinfo``.
    """
    for line in cgroup_text.splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        for root, place in _mounted(mountinfo, controllers):
            make = _version_1 if controllers else _version_2
            yield from (make(folder) for folder in _upwards(path, root, place))
            break


def _mounted(mountinfo: str, controllers: str) -> Iterator[tuple[str, str]]:
    # Where a hierarchy is mounted: the group that is at the top there, and the folder.
    for line in mountinfo.splitlines():
        fields, _, behind = line.partition(" - ")
        kind, _, options = (*behind.split(" ", 2), "", "")[:3]
        mounted = kind == "cgroup" and "memory" in options.split(",") if controllers else kind == "cgroup2"
        if mounted and len(parts := fields.split(" ")) > 4:  # noqa: PLR2004 - of proc_pid_mountinfo(5)
            yield _plain(parts[3]), _plain(parts[4])


def _plain(field: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), field)


def _upwards(path: str, root: str, place: str) -> Iterator[str]:
    # Of a group that cannot be seen from here, the top of what can be.
    inner = PurePosixPath(path)
    top = PurePosixPath(root)
    below = inner.relative_to(top) if inner.is_relative_to(top) and ".." not in inner.parts else PurePosixPath()
    yield from (str(PurePosixPath(place, folder)) for folder in (below, *below.parents))


def _version_1(folder: str) -> ControlGroup:
    limit = f"{folder}/memory.limit_in_bytes"
    return ControlGroup((limit,), f"{folder}/memory.usage_in_bytes", f"{folder}/memory.stat", "total_inactive_file ")


def _version_2(folder: str) -> ControlGroup:
    limits = f"{folder}/memory.max", f"{folder}/memory.high"
    return ControlGroup(limits, f"{folder}/memory.current", f"{folder}/memory.stat", "inactive_file ")


def _text(file: str) -> str:
    # Empty where there is none.
    try:
        with open(file, "rb", buffering=0) as opened:  # noqa: PTH123 - each run asks, and a Path takes as long as the rest
            return (opened.read() or b"").decode("utf-8", "replace")
    except OSError:
        return ""


def _number(file: str) -> int | None:
    text = _text(file).strip()
    return int(text) if text.isdecimal() else None


def _named(file: str, name: str) -> int:
    _, _, behind = f"\n{_text(file)}".partition(f"\n{name}")
    words = behind[:_MAX_DIGITS].split(None, 1)
    return int(words[0]) if words and words[0].isdecimal() else 0
