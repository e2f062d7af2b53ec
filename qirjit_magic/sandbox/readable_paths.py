"""The files that an engine process in the sandbox may read: Python, its packages, libraries and little else."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from qirjit_magic.lazy_patterns import lazy_pattern

# More files and folders, with os.pathsep between them.
VARIABLE = "QIRJIT_READABLE"
_PACKAGE = __name__.partition(".")[0]
_LATER = ("numpy",)  # imported when it is first wanted
_OF_PROCESS = "status", "statm", "stat", "maps", "cgroup", "mountinfo", "limits", "auxv", "cmdline", "comm"
_SYSTEM = (
    # where the loader finds libraries, and where some systems have all of theirs
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/lib"),
    *("/usr/local/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    # the time zone
    *("/etc/localtime", "/usr/share/zoneinfo"),
    # what the process, the machine and its group may use
    *(f"/proc/self/{name}" for name in _OF_PROCESS),
    *("/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/sys/vm/overcommit_memory"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage"),
    *("/dev/null", "/dev/zero", "/dev/urandom"),
)
_LOADER_FOLDERS = "/etc/ld.so.conf", "/etc/ld.so.conf.d"
_MAPPED = "/proc/self/maps"
_OF_PACKAGES = {"site-packages", "dist-packages"}
_LIBRARY = lazy_pattern(r".*\.so(\.[0-9.]+)?", re.DOTALL)


def readable_paths(libraries: Iterable[str] = ()) -> list[str]:
    """Files and folders, none of which lies in another one; some may not be there.

    Args:
        libraries: simulators, which may need what lies beside them.
    """
    named = os.environ.get(VARIABLE, "").split(os.pathsep)
    found = [*_SYSTEM, *_of_python(), *_of_loader(), *named]
    for library in libraries:
        found += _beside(library)
    places = dict.fromkeys(filter(None, found))
    return [place for place in places if not any(folder in places for folder in _around(place))]


def _around(place: str) -> Iterator[str]:
    while (folder := os.path.dirname(place)) != place:  # noqa: PTH120 - each step of pathlib's takes longer
        yield folder
        place = folder


def _of_python() -> Iterator[str]:
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        yield from (os.path.join(prefix, folder) for folder in ("lib", "lib64", sys.platlibdir))  # noqa: PTH118
    # A folder of packages as a whole. Of others, as PYTHONPATH or an editable installation names them, what is
    # imported: beside it may lie anything.
    yield from (entry for entry in sys.path if os.path.basename(entry) in _OF_PACKAGES)  # noqa: PTH119
    for name in (*(name for name in tuple(sys.modules) if "." not in name), *_LATER):
        yield from _of_package(name)


def _of_package(name: str) -> Iterator[str]:
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if module is None:
        with contextlib.suppress(ImportError, ValueError):
            spec = find_spec(name)
    if spec is None or not spec.has_location:
        return
    if spec.submodule_search_locations is None:
        yield spec.origin or ""
        return
    for folder in spec.submodule_search_locations:
        yield folder
        yield f"{folder}.libs"  # libraries that came in its wheel


def _of_loader() -> Iterator[str]:
    yield from _unless_private(os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    for place in map(Path, _LOADER_FOLDERS):
        with contextlib.suppress(OSError, ValueError):
            for file in place.glob("*.conf") if place.is_dir() else (place,):
                yield from (line.strip() for line in file.read_text("utf-8").splitlines() if line.startswith("/"))
    with contextlib.suppress(OSError, ValueError):  # what is loaded has its dependencies beside it
        lines = Path(_MAPPED).read_text(sys.getfilesystemencoding(), "surrogateescape").splitlines()
        files = {line[line.index("/") :] for line in lines if "/" in line}
        folders = {os.path.dirname(file) for file in files if _LIBRARY.fullmatch(file)}  # noqa: PTH120
        yield from _unless_private(sorted(folders))


def _beside(library: str) -> Iterator[str]:
    # Not the folder: it may be anybody's. Other libraries in it, and where one looks for more from there.
    yield library
    folder = os.path.dirname(library)  # noqa: PTH120
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        yield from (entry.path for entry in entries if _LIBRARY.fullmatch(entry.name))
    around = (folder, os.path.dirname(folder))  # noqa: PTH120
    yield from (os.path.join(place, name) for place in around for name in ("lib", "lib64"))  # noqa: PTH118


def _unless_private(folders: Iterable[str]) -> Iterator[str]:
    # The home directory, what it lies in, and the current folder, are named by mistake or in passing.
    home = os.path.realpath(os.path.expanduser("~"))  # noqa: PTH111
    for folder in folders:
        if os.path.isabs(folder):  # noqa: PTH117
            real = os.path.realpath(folder)
            if os.path.commonpath((real, home)) != real:
                yield folder
