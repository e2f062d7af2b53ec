"""Landlock: the process itself gives up rights to files, to the network and to other processes.

Rights and structures are those of <linux/landlock.h>; the numbers of its calls are the same on every machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
from pathlib import Path

from qirjit_magic.wire.platforms.kernel import system_call

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION

# The bits of each ABI: what may be handled there and was not before.
_FILES = {
    # EXECUTE, WRITE_FILE, REMOVE_DIR, REMOVE_FILE, and MAKE_ of each kind: all but READ_FILE and READ_DIR
    1: sum(1 << bit for bit in range(13) if bit not in {2, 3}),
    2: 1 << 13,  # REFER: to another folder
    3: 1 << 14,  # TRUNCATE
    5: 1 << 15,  # IOCTL_DEV
}
_NETWORK = {4: 0b11}  # BIND_TCP, CONNECT_TCP
_SCOPES = {6: 0b11}  # ABSTRACT_UNIX_SOCKET, SIGNAL
_REASONS = {
    errno.ENOSYS: "this kernel has none",
    errno.EOPNOTSUPP: "it is switched off in this kernel",
    errno.EPERM: "something around this process, like a container's filter, forbids it",
}


def restrict() -> str:
    """Give up everything but reading, from this thread on, and say in words how far that went."""
    try:
        version = system_call(_CREATE_RULESET, None, 0, _VERSION)
        _enforce(version)
    except OSError as error:
        return f"no Landlock ({_REASONS.get(error.errno or 0, str(error))})"
    return f"Landlock (ABI {version}{_of_threads()})"


def _of_threads() -> str:
    try:
        threads = len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return ", this thread for certain: there is no /proc"
    return "" if threads == 1 else f", one thread of {threads} only"


def _enforce(version: int) -> None:
    # With handled rights and without a rule that gives any back.
    rights = (_until(version, _FILES), _until(version, _NETWORK), _until(version, _SCOPES))
    attributes = struct.pack("=QQQ", *rights)
    size = 8 if version < min(_NETWORK) else 16 if version < min(_SCOPES) else 24
    ruleset = system_call(_CREATE_RULESET, ctypes.create_string_buffer(attributes[:size], size), size, 0)
    with contextlib.ExitStack() as closing:
        closing.callback(os.close, ruleset)
        system_call(_RESTRICT_SELF, ruleset, 0)


def _until(version: int, rights: dict[int, int]) -> int:
    return sum(bits for since, bits in rights.items() if since <= version)
