"""The engine process: requests come in over a socket, one thread does the work, replies go out."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import structs

from qirjit_magic.errors import QirError
from qirjit_magic.protocol.engine import Engine
from qirjit_magic.protocol.messages import (
    Add,
    Added,
    CircuitRequest,
    Compile,
    Compiled,
    Define,
    Done,
    Frame,
    GetBuiltinCode,
    GetStatus,
    Inbox,
    Intrinsic,
    Message,
    Promote,
    Ready,
    Refused,
    Remove,
    ResetVariables,
    Restore,
    RunRequest,
    Show,
    Undefine,
    WorkerArguments,
    pack,
)
from qirjit_magic.protocol.object_files import BUILTIN_OBJECTS
from qirjit_magic.protocol.shared_memory import SIZE, RecordMemory
from qirjit_magic.sandbox import get_platform
from qirjit_magic.version import __version__

_STACK, _STACK_SHARE = 8 << 20, 16


def limit_resources(memory: int) -> None:
    """Allow no core dump, and so many bytes of memory, for good; 0 for what there is."""
    _lower(resource.RLIMIT_CORE, 0)
    if memory:
        # Not RLIMIT_AS: libraries and the memory shared with the kernel reserve addresses that cost nothing.
        _lower(resource.RLIMIT_DATA, memory)
        # The stack is no data: where it may grow without end, so may what a program keeps there.
        _lower(resource.RLIMIT_STACK, max(_STACK, memory // _STACK_SHARE))


def _lower(kind: int, value: int) -> None:
    with contextlib.suppress(
        OSError, ValueError, OverflowError
    ):  # macOS takes only some: an engine without a limit works too
        limits = [value if limit == resource.RLIM_INFINITY else min(value, limit) for limit in resource.getrlimit(kind)]
        resource.setrlimit(kind, (limits[0], limits[1]))


_CHUNK = 1 << 20
_STDOUT_BUFFER = ctypes.create_string_buffer(8192)  # with none of its own size, glibc writes a line in pieces
_LINE_BUFFERED = 1  # _IOLBF of <stdio.h>


class Connection(Protocol):
    """The part of a socket that `serve` needs."""

    def recv(self, size: int, /) -> bytes:
        """Some bytes, none at the end."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of them."""


def serve(connection: Connection, engine: Engine, build: str = "", *, prepare: Callable[[], str] = lambda: "") -> None:
    """Answer requests until the other side closes.

    Args:
        connection: where they come from.
        engine: what carries them out.
        build: that of `Ready`.
        prepare: called as soon as the other side knows that the process is there: most have a moment until a request.
            It returns the fence of `EngineStatus`.
    """
    inbox = Inbox()
    connection.sendall(pack(Frame(Ready(__version__, build))))
    fence = prepare()
    while chunk := connection.recv(_CHUNK):
        inbox.feed(chunk)
        while frame := inbox.pop():
            reply = _answer(engine, frame, fence)
            _flush_streams()
            connection.sendall(pack(reply))


def _answer(engine: Engine, frame: Frame, fence: str) -> Frame:
    try:
        status = isinstance(frame.message, GetStatus)
        reply = (
            Frame(structs.replace(engine.status(), fence=fence))
            if status
            else _carry_out(engine, frame.message, frame.blob)
        )
    except QirError as error:
        reply = Frame(Refused(type(error).__name__, error.facts()))
    return structs.replace(reply, number=frame.number)


def _carry_out(engine: Engine, message: Message, blob: bytes) -> Frame:  # noqa: PLR0911 - one for each kind of answer
    match message:
        case RunRequest():
            return Frame(engine.run(message))
        case CircuitRequest():
            return Frame(engine.circuit(message))
        case Add(name, options, replaceable):
            compiled = engine.add(name, blob, options, replaceable=replaceable)
            return Frame(Added(compiled.module), compiled.object_code)
        case Compile(name, options):
            compiled = engine.compile(name, blob, options)
            return Frame(Added(compiled.module), compiled.object_code)
        case Show(name, form, options):
            return Frame(Done(), engine.show(name, blob, form, options).encode())
        case GetBuiltinCode(name):
            return Frame(Done(), engine.builtin_code(name))
        case _:
            _change(engine, message, blob)
            return Frame(Done())


def _change(engine: Engine, message: Message, blob: bytes) -> None:
    match message:
        case Restore(module):
            engine.restore(Compiled(module, blob))
        case Promote(name):
            engine.promote(name)
        case ResetVariables(name):
            engine.reset_variables(name)
        case Remove(name):
            engine.remove(name)
        case Define(name, signature, path):
            engine.define(Intrinsic(name, signature, blob, path))
        case Undefine(name):
            engine.undefine(name)
        case _:
            reason = f"the kernel sent {type(message).__name__}, which is no request"
            raise TypeError(reason)


def _flush_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    ctypes.CDLL(None).fflush(None)


def _print_by_lines() -> None:
    # Python and the C library would fill their buffers before they write to a pipe, and text is to appear while a
    # program runs.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    library = ctypes.CDLL(None)
    name = "__stdoutp" if sys.platform == "darwin" else "stdout"
    library.setvbuf(ctypes.c_void_p.in_dll(library, name), _STDOUT_BUFFER, _LINE_BUFFERED, len(_STDOUT_BUFFER))


def main(argument: str) -> None:
    """Be the engine process that a supervisor started with this argument, the `WorkerArguments` as JSON."""
    arguments = msgspec.json.decode(argument, type=WorkerArguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # the kernel blocked it, for the time until here
    platform = get_platform(arguments.platform)
    platform.prefer_for_oom_kill()
    platform.die_with_parent(arguments.life, lasting=arguments.lasting, parent=arguments.parent)
    _print_by_lines()
    memory = RecordMemory(platform.attach_region(arguments.memory, SIZE))

    from qirjit_magic.engine.build import build  # noqa: PLC0415 - after die_with_parent: loading LLVM takes a while
    from qirjit_magic.engine.codegen.builtin_objects import read_builtin_objects  # noqa: PLC0415 - likewise
    from qirjit_magic.engine.jit import JitEngine, prepare  # noqa: PLC0415 - likewise
    from qirjit_magic.engine.runtime.faults import note_faults  # noqa: PLC0415 - likewise

    made_by = build()

    def confine() -> str:
        if arguments.cache:
            read_builtin_objects(
                Path(os.fsdecode(arguments.cache)), BUILTIN_OBJECTS, build=made_by, sandboxed=arguments.sandboxed
            )
        prepare()
        note_faults(memory, platform)
        limit_resources(arguments.memory_limit)
        libraries = [os.fsdecode(library) for library in arguments.libraries]
        return platform.enter_sandbox(libraries) if arguments.sandboxed else "none: this engine was started without one"

    # Not closed here: the kernel takes that for the end, and a traceback may still be to be printed.
    serve(socket.socket(fileno=arguments.socket), JitEngine(memory), made_by, prepare=confine)
