"""Root's capabilities, given up for good."""

from __future__ import annotations

import ctypes
import struct

from qirjit_magic.sandbox.linux_calls import library_call

_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS of <linux/prctl.h>
# <linux/capability.h>: a header of version and process; per 32 capabilities what is effective, permitted, inheritable.
_HEADER = struct.pack("=Ii", 0x20080522, 0)
_SETS = struct.Struct("=6I")
_READ_ANY_FILE = 1 << 2  # CAP_DAC_READ_SEARCH: what is loaded later may be in a folder that is not root's


def restrict() -> str:
    """Give up all capabilities but to read files, and say in words how far that went.

    Without this a process of root's reads the memory maps and the environment of others, whatever else it gave up.
    """
    try:
        kept = _drop_capabilities()
    except OSError as error:
        return f"capabilities kept ({error})"
    return "no capabilities but to read files" if kept else "no capabilities"


def forbid_new_privileges() -> str:
    """Set ``no_new_privs``, without which the kernel takes no filter, and say in words how that went."""
    try:
        library_call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    except OSError as error:
        return f"new privileges possible ({error})"
    return "no new privileges"


def _drop_capabilities() -> int:
    header, sets = ctypes.create_string_buffer(_HEADER), ctypes.create_string_buffer(_SETS.size)
    library_call("capget", header, sets)
    kept = int(_SETS.unpack(sets.raw)[1]) & _READ_ANY_FILE
    library_call("capset", header, ctypes.create_string_buffer(_SETS.pack(kept, kept, 0, 0, 0, 0)))
    return kept
