"""Object code of built-in objects: made at most once in a process, or by another one of the same build."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from qirjit_magic.protocol.object_files import CorruptError, builtin_key, object_path, read_object

_objects: dict[str, bytes] = {}  # by name


def builtin_object(name: str, make: Callable[[], bytes]) -> bytes:
    """The object code of this name: what was read or made before, else what ``make`` gives."""
    if name not in _objects:
        _objects[name] = make()
    return _objects[name]


def read_builtin_objects(folder: Path, names: Iterable[str], *, build: str, sandboxed: bool) -> None:
    """Take from a cache what it has of these; the others are made when they are needed.

    A process does this before it runs any program. Whatever is wrong with a file, the kernel that owns the cache tells.

    Args:
        folder: the cache.
        names: what to look for.
        build: everything about this engine that can change object code.
        sandboxed: whether this process will be in a sandbox: one outside takes nothing from one inside.
    """
    for name in names:
        key = builtin_key(name, build=build, sandboxed=sandboxed)
        with contextlib.suppress(OSError, CorruptError):
            _objects[name] = read_object(object_path(folder, key), key).object_code
