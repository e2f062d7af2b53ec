"""Landlock: the process itself gives up rights to files, to the network and to other processes.

Rights and structures are those of <linux/landlock.h>; the numbers of its calls are the same on every machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from qirjit_magic.sandbox.linux_calls import system_call
from qirjit_magic.sandbox.readable_paths import readable_paths

_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION
_PATH_BENEATH = 1  # LANDLOCK_RULE_PATH_BENEATH
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

# The bits of each ABI: what may be handled there and was not before.
_FILES = {
    # EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, and MAKE_ of each kind
    1: (1 << 13) - 1,
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


def restrict(libraries: Iterable[str] = ()) -> str:
    """Give up everything but reading what is needed, from this thread on, and say in words how far that went.

    Args:
        libraries: simulators that will be loaded.
    """
    threads = _of_threads()
    try:
        version = system_call(_CREATE_RULESET, None, 0, _VERSION)
        _enforce(version, readable_paths(libraries))
    except OSError as error:
        return f"no Landlock ({_REASONS.get(error.errno or 0, str(error))})"
    return f"Landlock (ABI {version}{threads})"


def _of_threads() -> str:
    try:
        threads = len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return ", this thread for certain: there is no /proc"
    return "" if threads == 1 else f", one thread of {threads} only"


def _enforce(version: int, readable: Iterable[str]) -> None:
    # With handled rights, and rules that give back nothing but reading.
    rights = (_until(version, _FILES), _until(version, _NETWORK), _until(version, _SCOPES))
    attributes = struct.pack("=QQQ", *rights)
    size = 8 if version < min(_NETWORK) else 16 if version < min(_SCOPES) else 24
    ruleset = system_call(_CREATE_RULESET, ctypes.create_string_buffer(attributes[:size], size), size, 0)
    with contextlib.ExitStack() as closing:
        closing.callback(os.close, ruleset)
        for place in readable:
            _permit(ruleset, place)
        system_call(_RESTRICT_SELF, ruleset, 0)


def _permit(ruleset: int, place: str) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except (OSError, ValueError):  # it is not there
        return
    with contextlib.ExitStack() as closing:
        # What /proc has forgotten is another file when it is looked for again: these stay open.
        if not place.startswith("/proc/"):
            closing.callback(os.close, handle)
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind) or stat.S_ISREG(kind) or place.startswith("/dev/"):
            rights = _READ_FILE | _READ_DIR if stat.S_ISDIR(kind) else _READ_FILE
            # struct landlock_path_beneath_attr, which is packed
            rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle))
            system_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)


def _until(version: int, rights: dict[int, int]) -> int:
    return sum(bits for since, bits in rights.items() if since <= version)
