"""`EngineProcess`: one child, and the one loop that waits for its reply, its output and its death."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import msgspec

import qirjit_magic
from qirjit_magic.errors import EngineStartError
from qirjit_magic.session.descriptors import above_standard
from qirjit_magic.session.environment import engine_environment
from qirjit_magic.session.replies import reply_room
from qirjit_magic.session.streams import Printed, Stream
from qirjit_magic.wire.frames import Frame, FrameError, Inbox, pack
from qirjit_magic.wire.memory import RecordMemory
from qirjit_magic.wire.platforms import Platform, name_of
from qirjit_magic.wire.startup import WorkerArguments

_CHUNK = 1 << 20
_NUMBER_BITS = 64
_TICK_S = 0.05
_LAST_WORDS_S = 0.5
_SENDING_TICK_S = 0.002
# -P keeps the folder of the notebook out of the engine's imports: a json.py beside it must not become ours.
# The package must be this very one; once it is found, nothing else is looked for in its folder first.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[2]); import qirjit_magic; sys.path.append(sys.path.pop(0)); "
    "from qirjit_magic.engine.worker import main; main(sys.argv[1])"
)


class EngineDied(Exception):  # noqa: N818 - the supervisor decides whether that is an error
    """The child ended, by itself or because it was killed: internal, the supervisor says what it means."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class EngineProcess:
    """A running engine process.

    Args:
        memory: the shared memory that it is to write to.
        platform: what this system does its own way.
        fenced: whether it gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit.
        cache: the folder where object code is kept; empty for none.
        libraries: the files of simulators that it may load.

    Raises:
        EngineStartError: the system would not start it.
    """

    def __init__(
        self,
        memory: RecordMemory,
        platform: Platform,
        *,
        fenced: bool,
        memory_limit: int,
        cache: str = "",
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.output = Stream()
        self.errors = Stream()
        self._inbox = Inbox()
        self._platform = platform
        self._kill_at = float("inf")
        self._closing = contextlib.ExitStack()
        try:
            with above_standard():
                self._start(
                    memory,
                    platform,
                    fenced=fenced,
                    memory_limit=memory_limit,
                    cache=os.fsencode(cache),
                    libraries=tuple(map(os.fsencode, libraries)),
                )
        except BaseException as error:
            self._closing.close()
            if isinstance(error, OSError):
                raise EngineStartError(f"the system refused: {error}. Close what holds files or processes.") from None
            raise

    def _start(
        self,
        memory: RecordMemory,
        platform: Platform,
        *,
        fenced: bool,
        memory_limit: int,
        cache: bytes,
        libraries: tuple[bytes, ...],
    ) -> None:
        if sys.platform == "win32":
            message = "Windows cannot hand descriptors to a child the way this version needs. Use WSL."
            raise EngineStartError(message)
        self._socket, theirs = socket.socketpair()
        self._closing.callback(self._socket.close)
        life, our_life = os.pipe()
        self._closing.callback(os.close, our_life)
        with theirs:
            try:
                self._child = self._spawn(
                    WorkerArguments(
                        socket=theirs.fileno(),
                        memory=memory.region.handle,
                        life=life,
                        platform=name_of(platform),
                        main_thread=threading.current_thread() is threading.main_thread(),
                        fenced=fenced,
                        memory_limit=memory_limit,
                        cache=cache,
                        libraries=libraries,
                    )
                )
            finally:
                os.close(life)
        self._closing.callback(self._reap)
        self._socket.settimeout(0)
        self._watch_all(platform)

    def _spawn(self, arguments: WorkerArguments) -> subprocess.Popen[bytes]:
        root = str(Path(qirjit_magic.__file__).parent.parent)
        command = [sys.executable, "-P", "-c", _BOOT, msgspec.json.encode(arguments).decode(), root]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=(arguments.socket, arguments.memory, arguments.life),
                env=engine_environment(fenced=arguments.fenced),
                start_new_session=True,  # an interrupt of the kernel signals its whole process group
            )
        except OSError as error:
            raise EngineStartError(f"{sys.executable} cannot be run: {error}") from None

    def _watch_all(self, platform: Platform) -> None:
        self._selector = selectors.DefaultSelector()
        self._closing.callback(self._selector.close)
        death = platform.watch(self._child)
        self._closing.callback(death.close)
        self._selector.register(death, selectors.EVENT_READ, "death")
        self._selector.register(self._socket, selectors.EVENT_READ, "reply")
        self._pipes: list[tuple[IO[bytes], Stream]] = []
        for pipe, stream in ((self._child.stdout, self.output), (self._child.stderr, self.errors)):
            assert pipe is not None  # noqa: S101 - both were asked for as PIPE
            self._closing.callback(pipe.close)
            os.set_blocking(pipe.fileno(), False)
            platform.widen(pipe.fileno())
            self._selector.register(pipe, selectors.EVENT_READ, (pipe, stream))
            self._pipes.append((pipe, stream))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    def printed(self) -> Printed:
        """What it wrote since the streams were begun."""
        return Printed(self.output.text, self.errors.text, self.output.left_out + self.errors.left_out)

    def cpu_seconds(self) -> float:
        """How much processor time it has used."""
        return self._platform.cpu_seconds(self._child.pid)

    def held_bytes(self) -> int:
        """How much memory it holds, in whatever way it got it; 0 where there is no telling."""
        return self._platform.held_bytes(self._child.pid)

    def is_lost(self) -> bool:
        """Whether it has ended, or has said something that nobody asked for, seen without waiting."""
        return not self._inbox.empty or any(key.data in {"death", "reply"} for key, _ in self._selector.select(0))

    def exchange(self, request: Frame | None, tick: Callable[[], bool]) -> Frame:
        """Send, and wait for the reply; output is shown as it comes.

        Args:
            request: what to send; None waits for a frame that comes by itself.
            tick: called at least every 50 ms; when it returns True the process is killed.

        Raises:
            EngineDied: the process ended before it had replied, or said something else than one reply to this.
        """
        number = secrets.randbits(_NUMBER_BITS) if request else 0  # nobody can guess it who does not own the process
        self._inbox.expect(**reply_room(request))
        unsent = memoryview(pack(replace(request, number=number)) if request else b"")
        while True:
            unsent = self._send(unsent)
            dead = self._receive(_SENDING_TICK_S if unsent else _TICK_S)
            try:
                reply = self._inbox.pop()
                if reply:
                    self._check(reply, number)
            except FrameError as error:
                self._child.kill()
                raise EngineDied(f"an unreadable reply ({error})") from None
            if reply:
                self._drain()
                return reply
            if dead:
                self._drain()
                raise EngineDied(self._cause())
            if tick() or time.monotonic() > self._kill_at:
                self._child.kill()

    def _check(self, reply: Frame, number: int) -> None:
        if reply.number != number:
            raise FrameError("it answers no request, or an earlier one")
        if not self._inbox.empty:
            raise FrameError("there is more than one")

    def _send(self, unsent: memoryview) -> memoryview:
        # Never blocking: the child may be stuck.
        if not unsent:
            return unsent
        try:
            return unsent[self._socket.send(unsent) :]
        except BlockingIOError:
            return unsent
        except OSError:
            return unsent[:0]  # it is dead, and the watch will say so

    def _receive(self, timeout: float) -> bool:
        dead = False
        for key, _ in self._selector.select(timeout):
            if key.data == "death":
                dead = True
            elif key.data == "reply":
                self._receive_reply()
            else:
                self._read(*key.data)
        return dead

    def _receive_reply(self) -> None:
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            chunk = b""
        self._inbox.feed(chunk)
        if not chunk:  # it will never answer, and is about to end; where it is not, it is ended
            self._selector.unregister(self._socket)
            self._kill_at = time.monotonic() + _LAST_WORDS_S

    def _read(self, pipe: IO[bytes], stream: Stream) -> None:
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(pipe.fileno(), _CHUNK)
            stream.feed(chunk)
            if not chunk:  # an end that was reached would wake the loop for ever
                self._selector.unregister(pipe)

    def _drain(self) -> None:
        # What was written before the reply belongs to it: a pipe's content at most.
        for pipe, stream in self._pipes:
            with contextlib.suppress(BlockingIOError):
                stream.feed(os.read(pipe.fileno(), _CHUNK))

    def _cause(self) -> str:
        code = self._child.wait()
        if code >= 0:
            return f"exit status {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    def _reap(self) -> None:
        self._child.kill()
        self._child.wait()

    def close(self) -> None:
        """End the process, whatever it is doing, and free everything."""
        self._closing.close()
