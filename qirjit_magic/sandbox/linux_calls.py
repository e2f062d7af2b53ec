"""Linux's calls for which Python has no function."""

from __future__ import annotations

import ctypes
import os

Argument = int | ctypes.Array[ctypes.c_char] | None


def system_call(number: int, *arguments: Argument) -> int:
    """Make a system call that the C library has no function for, and return what it does.

    Args:
        number: the call's.
        arguments: integers, and pointers as the buffers that they point to.

    Raises:
        OSError: it failed.
    """
    return library_call("syscall", number, *arguments)


def library_call(name: str, *arguments: Argument) -> int:
    """SystemCall a function of the C library that returns -1 where it fails.

    Raises:
        OSError: it failed, or is not there.
    """
    wide = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    try:
        function = ctypes.CDLL(None, use_errno=True)[name]
    except AttributeError:
        message = f"the C library has no '{name}'"
        raise OSError(message) from None
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    result = int(function(*wide))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
