"""`ObjectCache`: object code on disk, for this kernel and for all others of this user.

The library `diskcache` was considered: last released in 2023, it pickles by default (an open CVE is about that), and
needs SQLite's file locks, which network homes may lack. Whole files that replace each other need none.
"""

from __future__ import annotations

import contextlib
import copy
import math
import os
import stat
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import structs

from qirjit_magic.errors import ProfileError, QirNotice, SignatureError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.object_files import LAYOUT, CorruptError, object_path, pack_object, read_object
from qirjit_magic.protocol.symbol_graph import admit

_MIB = 1 << 20
DEFAULT_LIMIT = 512 * _MIB
_SHARD = lazy_pattern(r"[0-9a-f]{2}")
_NAME = lazy_pattern(r"[0-9a-f]{64}(?P<unfinished>\.[a-z0-9_]{8}\.new)?")
# Eviction goes down to the one part of the limit, each time that the other was written; together they are less than 1,
# so that one kernel alone stays below the limit at every moment.
_FILLED_TO = 0.9
_EVICT_AFTER = 1 / 16
_LEFT_BEHIND_S = 3600.0
_PRIVATE = 0o700


class _File(msgspec.Struct, frozen=True):
    path: str
    size: int
    used_ns: int
    unfinished: bool


class ObjectCache:
    """Object code on disk, the least recently used given up first; several kernels may share the folder.

    Whatever is wrong with the folder or a file in it costs a compilation and a `QirNotice`, nothing else.

    Args:
        folder: where; it is made when the first object code is kept. It may hold other things, which are left alone.
        limit: how many bytes to keep.

    Attributes:
        gives_notices: whether there is somebody to give notices to.
    """

    def __init__(self, folder: Path, *, limit: int = DEFAULT_LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self._objects = folder / LAYOUT
        self._written = limit  # others wrote before, nobody knows how much: the first write evicts
        self._gave_up = False
        self.gives_notices = True
        self._undeletable: set[Path] = set()

    def find(self, key: str) -> Compiled | None:
        """Return the module that was kept under the key, without name and diagnostics; None: compile it."""
        path = self._path(key)
        try:
            found = read_object(path, key)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._give_up(error)
        except CorruptError as error:
            self._discard(path, error)
        else:
            with contextlib.suppress(OSError):  # where times cannot be written, nothing can be evicted either
                os.utime(path)
            return found
        return None

    def without_notices(self) -> ObjectCache:
        """The same folder for somebody to whom no notices can be given."""
        quiet = copy.copy(self)
        quiet.gives_notices = False
        return quiet

    def keep(self, key: str, compiled: Compiled) -> bool:
        """Write it to disk, if that can be done and it is not larger than half of the limit; whether it is there."""
        data = pack_object(key, compiled)
        if len(data) > self.limit // 2 or self._path(key) in self._undeletable:
            return False
        try:
            self._make_folders(key)
            if self._written + len(data) > self.limit * _EVICT_AFTER:
                self._evict(room=len(data))
                self._written = 0
            self._write(self._path(key), data)
        except OSError as error:
            self._give_up(error)
            return False
        self._written += len(data)
        return True

    def _path(self, key: str) -> Path:
        return object_path(self.folder, key)

    def _make_folders(self, key: str) -> None:
        self.folder.mkdir(_PRIVATE, parents=True, exist_ok=True)
        self._objects.mkdir(_PRIVATE, exist_ok=True)
        self._path(key).parent.mkdir(_PRIVATE, exist_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        # Nobody sees half a file: it gets its name when it is whole. A power cut may still tear it, as nothing is
        # flushed to the disk; the checksum finds that.
        descriptor, unfinished = tempfile.mkstemp(".new", f"{path.name}.", path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(unfinished).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
            raise

    # -- eviction --------------------------------------------------------------------------------------------------

    def _evict(self, room: int) -> None:
        files = list(self._files())
        total = sum(file.size for file in files) + room
        left_behind = time.time_ns() - int(_LEFT_BEHIND_S * 1e9)
        for file in sorted(files, key=lambda file: file.used_ns):
            # What is unfinished may just be being written.
            over = file.used_ns < left_behind if file.unfinished else total > self.limit * _FILLED_TO
            if over:
                Path(file.path).unlink(missing_ok=True)  # another kernel evicts as well
                total -= file.size

    def _files(self) -> Iterator[_File]:
        for shard in _listed(self._objects):
            if not (_SHARD.fullmatch(shard.name) and shard.is_dir(follow_symlinks=False)):
                continue
            for entry in _listed(shard):
                name = _NAME.fullmatch(entry.name)
                if name is None or not entry.name.startswith(shard.name):
                    continue
                with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        unfinished = name["unfinished"] is not None
                        yield _File(entry.path, status.st_size, status.st_mtime_ns, unfinished)

    # -- what is told ----------------------------------------------------------------------------------------------

    def _discard(self, path: Path, error: CorruptError) -> None:
        known = path in self._undeletable
        try:
            path.unlink(missing_ok=True)
        except OSError:  # the folder is read-only, or a folder has the name: the warning below says enough
            self._undeletable.add(path)
        if not known and self.gives_notices:
            message = f"the object code in {path} {error}. It is compiled anew; nothing is lost."
            warnings.warn(message, QirNotice, stacklevel=3)

    def _give_up(self, error: OSError) -> None:
        if not self._gave_up and self.gives_notices:
            self._gave_up = True
            place = error.filename2 or error.filename or self.folder  # of a failed renaming the final name
            message = (
                f"object code cannot be kept on disk, {place}: {error.strerror or error}. "
                f"Everything works without, and compiles anew in each session. Set the environment variable "
                f"QIRJIT_CACHE to a folder that can be written, or to 'off'."
            )
            warnings.warn(message, QirNotice, stacklevel=3)


def check_cached_module(
    found: Compiled | None, modules: Sequence[ModuleInfo], name: str, *, replaceable: Iterable[str], strict: bool
) -> Compiled | None:
    """Return a module from the cache, as one that may be added to these; None: ask the engine.

    Args:
        found: that; it may have found nothing.
        modules: those that are there.
        name: see `admit`, as for the others.
        replaceable: the names of modules that it may replace.
        strict: whether it must keep to the profile that it declares.
    """
    if found is None:
        return None
    try:
        info = admit(modules, structs.replace(found.module, name=name), replaceable=replaceable, strict=strict)
    except (SignatureError, ProfileError):
        return None  # the engine finds the same, and knows the place
    return Compiled(info, found.object_code)


def default_cache() -> ObjectCache | None:
    """The cache that the environment asks for, or this system's cache folder for this user; None: keep nothing.

    ``QIRJIT_CACHE`` is a folder, or ``off`` or ``0``; ``QIRJIT_CACHE_MIB`` is the limit where it is a number.
    """
    chosen = os.environ.get("QIRJIT_CACHE", "").strip()
    if chosen.lower() in {"off", "0"}:
        return None
    if chosen:
        folder = Path(os.path.expanduser(chosen))  # noqa: PTH111 - Path.expanduser raises where there is no home
        with contextlib.suppress(FileNotFoundError):  # the current folder was deleted
            folder = folder.absolute()  # a notebook may change the current folder
        return ObjectCache(folder, limit=_default_limit())
    from platformdirs import user_cache_path  # noqa: PLC0415 - not for the start-up time of %load_ext

    try:
        folder = user_cache_path("qirjit_magic", appauthor=False)
    except RuntimeError:  # a user without a home, as in some containers
        return None
    # For such a one older releases of platformdirs give a folder named "~" in the current one.
    return ObjectCache(folder, limit=_default_limit()) if folder.is_absolute() else None


def _default_limit() -> int:
    try:
        limit = float(os.environ.get("QIRJIT_CACHE_MIB", "")) * _MIB
    except ValueError:
        return DEFAULT_LIMIT
    return int(limit) if math.isfinite(limit) and limit >= 0 else DEFAULT_LIMIT


def _listed(folder: os.PathLike[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
