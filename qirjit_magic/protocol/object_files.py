"""Files of object code, as a cache keeps them: the kernel writes and reads them, an engine process reads its own."""

from __future__ import annotations

import hashlib
import stat
import struct
from pathlib import Path

import msgspec
from msgspec import structs

from qirjit_magic.protocol.messages import Compiled
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.protocol.timings import UNTIMED

# A file: magic and version, checksum of all that follows, key, size of the info; the info as JSON, object code.
_HEAD = struct.Struct("<8s32s64sI")
_MAGIC = b"\x89QIRobj\x01"
_CHECKED_FROM = len(_MAGIC) + hashlib.sha256().digest_size
# A change of the format changes this name too, so that two versions of the package never meet in one file.
LAYOUT = "objects-1"

# What an engine brings itself: the runtime and the simulators' IR.
BUILTIN_OBJECTS = ("runtime", "results", "statevector", "tracer", "faults")


class CorruptError(Exception):
    """The file is not what was written for this key: whoever reads it warns."""


def cache_key(source: bytes, *, build: str, options: str) -> str:
    """The key (SHA-256, hexadecimal) of the object code that this source becomes.

    Args:
        source: the module, as text or bitcode.
        build: everything about the engine that can change object code: versions, triple, CPU, features, transforms.
        options: what the compilation was asked for: level and trust, so that trusted code is only found by who trusts.
    """
    digest = hashlib.sha256()
    for part in (source, build.encode(), options.encode()):
        digest.update(len(part).to_bytes(8, "little"))  # no two triples run into the same bytes
        digest.update(part)
    return digest.hexdigest()


def builtin_key(name: str, *, build: str, sandboxed: bool) -> str:
    """The key of what an engine brings itself, which has no source: the build has it in it.

    Args:
        name: one of `BUILTIN_OBJECTS`.
        build: see `cache_key`.
        sandboxed: whether it was made in a sandbox.
    """
    return cache_key(name.encode(), build=build, options=f"own sandboxed={sandboxed}")


def object_path(folder: Path, key: str) -> Path:
    """Return the path of the key's file in a cache in this folder."""
    return folder / LAYOUT / key[:2] / key


def pack_object(key: str, compiled: Compiled) -> bytes:
    """The content of a file."""
    # Name, diagnostics and time belong to a session: the same source may be there in another one as well.
    module = structs.replace(compiled.module, name="", diagnostics=(), added_at=0.0, timings=UNTIMED)
    info = msgspec.json.encode(module)
    head = _HEAD.pack(_MAGIC, b"", key.encode(), len(info))
    checked = head[_CHECKED_FROM:] + info + compiled.object_code
    return _MAGIC + hashlib.sha256(checked).digest() + checked


def read_object(path: Path, key: str) -> Compiled:
    """Read the compiled module of a file, with an empty name and without diagnostics.

    Raises:
        OSError: it is not there, or cannot be read.
        CorruptError: it is not what was written for this key.
    """
    return _unpack(key, _read(path))


def _read(path: Path) -> bytes:
    # Reading a pipe, put here by whoever, would wait for ever.
    if not stat.S_ISREG(path.lstat().st_mode):
        raise CorruptError("is not a file")
    return path.read_bytes()


def _unpack(key: str, data: bytes) -> Compiled:
    # Wrong object code ends the engine process, or worse: what is found here is run as it is. The checksum is against
    # accidents. Against programs that run wild there is a wall: only the kernel process writes the cache, and an engine
    # process, whose memory a program may overwrite, reads it before it runs any.
    if len(data) < _HEAD.size:
        raise CorruptError("was cut short")
    magic, checksum, owner, info_size = _HEAD.unpack_from(data)
    if magic != _MAGIC:
        raise CorruptError("is of another format")
    if hashlib.sha256(memoryview(data)[_CHECKED_FROM:]).digest() != checksum:
        raise CorruptError("was changed or cut short")
    if owner != key.encode():
        raise CorruptError("belongs to another module")
    middle = _HEAD.size + info_size
    info = data[_HEAD.size : middle]
    try:
        module = msgspec.json.decode(info, type=ModuleInfo)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise CorruptError("is described in another way") from None
    if msgspec.json.encode(module) != info:  # a field more or less, which decoding would overlook
        raise CorruptError("is described in another way")
    return Compiled(module, data[middle:])
