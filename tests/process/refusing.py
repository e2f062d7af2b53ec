"""A process whose kernel refuses some system calls: ``python -m tests.process.refusing ERROR CALL,CALL PROGRAM …``.

It stands for an old kernel (``ENOSYS``) or a container's filter (``EPERM``), and becomes the program afterwards.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from qirjit_magic.sandbox import privileges
from qirjit_magic.sandbox.allowed_calls import PERMITTED, UNKNOWN
from qirjit_magic.sandbox.bpf import ARCHITECTURES, Instruction, encode
from qirjit_magic.sandbox.linux_calls import system_call

# Those that the fence permits have their numbers there; on x86-64 and on aarch64.
_NUMBERS = {
    "landlock_create_ruleset": (444, 444),
    "seccomp": (317, 277),
    "capset": (126, 91),
    "memfd_create": (319, 279),
    "pidfd_open": (434, 434),
    **{call.name: (call.x86_64, call.aarch64) for call in (*PERMITTED, *UNKNOWN)},
}
_LOAD_NUMBER, _ALLOW = (0x20, 0, 0, 0), (0x06, 0, 0, 0x7FFF0000)


def refuse(names: list[str], error: int) -> None:
    """Let this process and those after it have none of these calls."""
    machine = ARCHITECTURES[os.uname().machine]
    numbers = [number for name in names if (number := _NUMBERS[name][machine.column]) is not None]
    steps: list[Instruction] = [_LOAD_NUMBER]
    for number in numbers:
        steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
    program = ctypes.create_string_buffer(encode([*steps, _ALLOW]))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps) + 1, ctypes.addressof(program)))
    privileges.forbid_new_privileges()
    system_call((317, 277)[machine.column], 1, 0, header)


if __name__ == "__main__":
    refuse(sys.argv[2].split(","), getattr(errno, sys.argv[1]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell is wanted
