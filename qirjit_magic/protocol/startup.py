"""What a supervisor tells an engine process on its command line."""

from __future__ import annotations

import msgspec


class WorkerArguments(msgspec.Struct, frozen=True):
    """How an engine process is started: inherited descriptors, and who its parent is.

    Attributes:
        socket: its end of the connection.
        memory: the shared memory.
        life: the read end of the pipe that closes when the kernel ends.
        platform: the name of the platform module that the kernel uses.
        lasting: whether the kernel's thread that started it lasts as long as the kernel's process.
        parent: the id of the kernel's process.
        fenced: whether it is to give up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit.
        cache: the folder where object code is kept, as the system names it; empty for none.
        libraries: the files of simulators that it may load, likewise: behind the fence it can open no others.
    """

    socket: int
    memory: int
    life: int
    platform: str
    lasting: bool
    parent: int
    fenced: bool
    memory_limit: int
    cache: bytes = b""
    libraries: tuple[bytes, ...] = ()
