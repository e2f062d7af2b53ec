"""Seccomp: from now on the kernel looks at each system call of this process, and refuses those that are on no list."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from qirjit_magic.sandbox.allowed_calls import NEWEST, PERMITTED, UNKNOWN
from qirjit_magic.sandbox.bpf import ARCHITECTURES, Architecture, assemble, encode
from qirjit_magic.sandbox.linux_calls import system_call

_SECCOMP = {"x86_64": 317, "aarch64": 277}  # seccomp(2) in <asm/unistd_64.h> and in <asm-generic/unistd.h>
_SET_MODE_FILTER = 1
_ALL_THREADS = 1  # SECCOMP_FILTER_FLAG_TSYNC
_REASONS = {
    errno.ENOSYS: "this kernel has none",
    errno.EINVAL: "this kernel takes no filters",
    errno.EPERM: "something around this process, like a container's filter, forbids it",
    errno.EACCES: "new privileges could not be given up",
}


def restrict() -> str:
    """Give up every call that is not permitted, in all threads, and say in words how far that went."""
    machine = ARCHITECTURES.get(os.uname().machine)
    if machine is None or sys.maxsize <= 1 << 32:
        return f"no seccomp (no filter is written for {os.uname().machine} in {sys.maxsize.bit_length() + 1} bits)"
    try:
        refused = _install(machine)
    except OSError as error:
        return f"no seccomp ({_REASONS.get(error.errno or 0, str(error))})"
    return f"no seccomp (thread {refused} has another filter)" if refused else "seccomp"


def _install(machine: Architecture) -> int:
    program = assemble(PERMITTED, UNKNOWN, machine, pid=os.getpid(), newest=NEWEST)
    steps = ctypes.create_string_buffer(encode(program))
    # struct sock_fprog of <linux/filter.h>: a count, and where they are
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(steps)))
    return system_call(_SECCOMP[machine.name], _SET_MODE_FILTER, _ALL_THREADS, header)
