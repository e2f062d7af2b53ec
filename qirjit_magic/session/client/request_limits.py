"""How much an engine process may have where nobody says: memory, and time for what it is asked."""

from __future__ import annotations

import time
from typing import NamedTuple

from qirjit_magic.errors import EngineStartError
from qirjit_magic.machine import memory_limit, own_limit
from qirjit_magic.protocol.messages import (
    Add,
    CircuitRequest,
    Compile,
    Define,
    GetOwnCode,
    GetStatus,
    Message,
    Remove,
    Renew,
    Restore,
    RunRequest,
    Show,
    Undefine,
    Unlink,
)

COMPILE_LIMIT_S = 120.0
_LEAST_ADDRESSES = 416 << 20
_LEAST_FILES = 22  # for the first one of a cache, which prepares code of our own in one more process
STOPPED_S = 10.0  # so long a signal may stop a process in a run that has no time limit


class Limit(NamedTuple):
    """How long a process may take for something.

    Attributes:
        seconds: until it is ended.
        what: what has not ended then.
    """

    seconds: float
    what: str


START_LIMIT = Limit(120.0, "its start")  # LLVM is read from a disk, which may be far away
LINK_LIMIT = Limit(COMPILE_LIMIT_S, "the linker")
_COMPILER = Limit(COMPILE_LIMIT_S, "the compiler")
# Many times what each takes where the machine is busy. Shots are not among them: they may take as long as they like,
# and have the limit of who runs them.
LIMITS: dict[type[Message], Limit] = {
    Add: _COMPILER,
    Compile: _COMPILER,
    Show: _COMPILER,
    GetOwnCode: Limit(COMPILE_LIMIT_S, "compiling what the engine brings itself"),
    CircuitRequest: Limit(20.0, "the trace"),  # it has room for what takes a second: what takes longer waits
    Define: Limit(120.0, "the import of a function in Python"),
    Undefine: Limit(30.0, "forgetting a function in Python"),
    Restore: Limit(60.0, "taking back a module"),
    Renew: Limit(30.0, "making a module the newest"),
    Unlink: Limit(30.0, "resetting a module"),
    Remove: Limit(30.0, "forgetting a module"),
    GetStatus: Limit(15.0, "the answer to a request for its status"),
}


def default_memory_limit() -> int:
    """Three quarters of the memory that this process could ever have, in bytes; 0, no limit, where nothing tells."""
    return (memory_limit() or 0) * 3 // 4


def address_limit() -> int:
    """The bytes of addresses that this process, and each that it starts, may have; 0 for no limit."""
    return own_limit("RLIMIT_AS") or 0


def check_files() -> None:
    """Refuse where an engine could not open the files that it needs.

    Raises:
        EngineStartError: the limit of open files is too low.
    """
    limit = own_limit("RLIMIT_NOFILE")
    if limit is not None and limit < _LEAST_FILES:
        message = (
            f"a process may have {limit} files open here, and an engine takes {_LEAST_FILES}. "
            "Raise RLIMIT_NOFILE: ulimit -n."
        )
        raise EngineStartError(message)


def check_addresses() -> None:
    """Refuse where an engine could not even load LLVM.

    Raises:
        EngineStartError: the limit of addresses is too low.
    """
    limit = address_limit()
    if 0 < limit < _LEAST_ADDRESSES:
        message = (
            f"a process may have {limit >> 20:,} MiB of addresses here, and LLVM alone takes "
            f"{_LEAST_ADDRESSES >> 20:,} MiB. Raise RLIMIT_AS: ulimit -v, or the job's limit of memory."
        )
        raise EngineStartError(message)


def limit_of(message: Message | None, *, compile_s: float) -> Limit | None:
    """How long a process may take to answer this; None where there is no limit.

    Args:
        message: what it is asked; None where it starts.
        compile_s: the seconds for compiling.
    """
    if message is None:
        return START_LIMIT
    if isinstance(message, RunRequest):  # one for no shots links only
        return LINK_LIMIT if message.end <= message.first else None
    limit = LIMITS[type(message)]
    return limit._replace(seconds=compile_s) if limit is _COMPILER else limit


def is_over(moment: float | None) -> bool:
    """Whether this moment of `time.monotonic` has passed; None never does."""
    return moment is not None and time.monotonic() > moment
