"""`EngineProcess`: one child, and the one loop that waits for its reply, output and death.

What it writes to its descriptors 1 and 2 is shown as it comes, and kept at both ends.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import structs

from qirjit_magic.errors import EngineStartError
from qirjit_magic.protocol.messages import (
    Add,
    CircuitRequest,
    Compile,
    Define,
    Frame,
    FrameError,
    GetBuiltinCode,
    GetStatus,
    Inbox,
    Message,
    Promote,
    Remove,
    ResetVariables,
    Restore,
    RunRequest,
    Show,
    Undefine,
    WorkerArguments,
    pack,
)
from qirjit_magic.protocol.shared_memory import RecordMemory
from qirjit_magic.sandbox import Platform, name_of
from qirjit_magic.sandbox.descriptors import Descriptor, LostDescriptorError
from qirjit_magic.session.client.child import Child, above_standard_streams, engine_environment, start_in_lasting_thread
from qirjit_magic.session.client.kernel_process import follow_forks
from qirjit_magic.session.client.replies import reply_limits

# How a process ended, where there is neither a signal nor a status to tell.
UNKNOWN = "an unknown cause"
LOST = "closed descriptors"

_CHUNK = 1 << 20
_NUMBER_BITS = 64
_TICK_S = 0.05
_LAST_WORDS_S = 0.5
_SENDING_TICK_S = 0.002
_QUIETLY = getattr(socket, "MSG_NOSIGNAL", 0)  # SIGPIPE may be as deadly here as anybody has made it
_DEATH_S = 5.0  # a process that was killed is gone in milliseconds, unless the system itself is stuck
# -P keeps the folder of the notebook out of the engine's imports: a json.py beside it must not become ours.
# The package must be this very one; once it is found, nothing else is looked for in its folder first.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[2]); import qirjit_magic; sys.path.append(sys.path.pop(0)); "
    "from qirjit_magic.engine.worker import main; main(sys.argv[1])"
)


SHOWN_BYTES = 64 << 10
SHOWN_WHOLE_BYTES = 512 << 10  # to who wants the newest of what comes after that too
KEPT_BYTES = 128 << 10

ShowText = Callable[[str], None]


def show_nothing(text: str) -> None:
    """Show no text of a run, which nobody watches."""


class Printed(msgspec.Struct, frozen=True):
    """The text that a run wrote to its descriptors 1 and 2.

    Attributes:
        stdout: the text of 1; of a flood both ends, with a line between them that says what is missing.
        stderr: the same of 2.
        left_out: how many bytes of both are missing.
    """

    stdout: str = ""
    stderr: str = ""
    left_out: int = 0


class Stream:
    """One descriptor: of a flood the first `SHOWN_BYTES` of a run are shown, or all, and both ends are kept."""

    def __init__(self) -> None:
        self.begin(show_nothing)

    def begin(self, show: ShowText, kept: int = KEPT_BYTES, *, all_shown: bool = False) -> None:
        """A new run: count and keep from nothing, at most so many bytes."""
        self._show = show
        self._head_room = kept // 2
        self._tail_room = kept - self._head_room
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = sys.maxsize if all_shown else SHOWN_BYTES
        self._cut = False
        self._head = self._tail = b""
        self.total = 0

    def feed(self, chunk: bytes) -> None:
        """Take what was read."""
        self.total += len(chunk)
        room = self._head_room - len(self._head)
        self._head += chunk[:room]
        self._tail = (self._tail + chunk[room:][-self._tail_room :])[-self._tail_room :]
        shown = chunk[: self._left]
        self._left -= len(shown)
        text = self._decoder.decode(shown)
        if text:
            self._show(text)
        if len(shown) < len(chunk) and not self._cut:
            self._cut = True
            self._show(f"\n… only the first {SHOWN_BYTES >> 10} KiB are shown\n")

    @property
    def left_out(self) -> int:
        """The number of bytes that were not kept."""
        return self.total - len(self._head) - len(self._tail)

    @property
    def text(self) -> str:
        """The text that is kept; where something is missing, a line between the two ends says so."""
        if not self.left_out:
            return _decoded(self._head + self._tail)
        return f"{_decoded(self._head)}\n… {self.left_out:,} bytes are left out here\n{_decoded(self._tail)}"

    def head_and_tail(self, characters: int) -> str:
        """The beginning and the end of what was written, each of at most so many characters."""
        text = self.text
        return text if len(text) <= 2 * characters else f"{text[:characters]}\n…\n{text[-characters:]}"


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


COMPILE_LIMIT_S = 120.0
STOPPED_S = 10.0  # so long a signal may stop a process in a run that has no time limit


class Limit(NamedTuple):
    """The time that a process may take for something.

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
    GetBuiltinCode: Limit(COMPILE_LIMIT_S, "compiling what the engine brings itself"),
    CircuitRequest: Limit(20.0, "the trace"),  # it has room for what takes a second: what takes longer waits
    Define: Limit(120.0, "the import of a function in Python"),
    Undefine: Limit(30.0, "forgetting a function in Python"),
    Restore: Limit(60.0, "taking back a module"),
    Promote: Limit(30.0, "making a module the newest"),
    ResetVariables: Limit(30.0, "resetting a module"),
    Remove: Limit(30.0, "forgetting a module"),
    GetStatus: Limit(15.0, "the answer to a request for its status"),
}


def limit_of(message: Message | None, *, compile_s: float) -> Limit | None:
    """Return the seconds that a process may take to answer this; None where there is no limit.

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
    """Return whether this moment of `time.monotonic` has passed; None never does."""
    return moment is not None and time.monotonic() > moment


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
        sandboxed: whether it gives up what running programs does not need.
        memory_limit: the bytes of memory that it may have; 0 for no limit.
        cache: the folder where object code is kept; empty for none.
        libraries: the files of simulators that it may load.

    Attributes:
        forked: whether this is a fork of the process that started it: it has nothing of it here.

    Raises:
        EngineStartError: the system would not start it.
    """

    def __init__(
        self,
        memory: RecordMemory,
        platform: Platform,
        *,
        sandboxed: bool,
        memory_limit: int,
        cache: str = "",
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.output = Stream()
        self.errors = Stream()
        self.forked = False
        self._inbox = Inbox()
        self._platform = platform
        self._kill_at = float("inf")
        self._dead_at = float("inf")  # by then whoever was killed is gone
        self._open: list[Descriptor] = []
        self._child: Child | None = None
        follow_forks(self)  # first: a fork in another thread is to close what is opened here
        try:
            with above_standard_streams():
                self._start(
                    memory,
                    platform,
                    sandboxed=sandboxed,
                    memory_limit=memory_limit,
                    cache=os.fsencode(cache),
                    libraries=tuple(map(os.fsencode, libraries)),
                )
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise EngineStartError(f"the system refused: {error}. Close what holds files or processes.") from None
            raise

    def _start(
        self,
        memory: RecordMemory,
        platform: Platform,
        *,
        sandboxed: bool,
        memory_limit: int,
        cache: bytes,
        libraries: tuple[bytes, ...],
    ) -> None:
        if sys.platform == "win32":
            message = "Windows cannot hand descriptors to a child the way this version needs. Use WSL."
            raise EngineStartError(message)
        ours, theirs = socket.socketpair()
        connection, its_connection = self._hold(ours.detach()), self._hold(theirs.detach())
        life, self._life = self._pipe()
        out, its_out = self._pipe()
        errors, its_errors = self._pipe()
        arguments = WorkerArguments(
            socket=its_connection.fileno(),
            memory=memory.region.handle,
            life=life.fileno(),
            platform=name_of(platform),
            lasting=False,
            parent=os.getpid(),
            sandboxed=sandboxed,
            memory_limit=memory_limit,
            cache=cache,
            libraries=libraries,
        )
        self._child = start_in_lasting_thread(partial(self._spawn, arguments, its_out.fileno(), its_errors.fileno()))
        for its in (its_connection, life, its_out, its_errors):
            its.close()
            self._open.remove(its)
        self._watch_all(platform, connection, (out, self.output), (errors, self.errors))

    def _hold(self, number: int) -> Descriptor:
        held = Descriptor(number)
        self._open.append(held)
        return held

    def _pipe(self) -> tuple[Descriptor, Descriptor]:
        read, write = os.pipe()
        return self._hold(read), self._hold(write)

    def _spawn(self, arguments: WorkerArguments, output: int, errors: int, *, lasting: bool) -> Child:
        arguments = structs.replace(arguments, lasting=lasting)
        root = str(Path(__file__).parents[3])
        command = [sys.executable, "-P", "-c", _BOOT, msgspec.json.encode(arguments).decode(), root]
        # An interrupt of the kernel signals its whole process group, to which a child belongs until it has a session of
        # its own. It inherits that SIGINT is blocked, until it ignores it in `engine.worker.main`.
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            started = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                bufsize=0,
                pass_fds=(arguments.socket, arguments.memory, arguments.life),
                env=engine_environment(sandboxed=arguments.sandboxed),
                start_new_session=True,
            )
        except OSError as error:
            raise EngineStartError(f"{sys.executable} cannot be run: {error}") from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        return Child(started)

    def _watch_all(self, platform: Platform, connection: Descriptor, *pipes: tuple[Descriptor, Stream]) -> None:
        assert self._child is not None  # noqa: S101 - it was started
        self._death = platform.watch(self._child)
        # It has no descriptor of its own, and tells of one that was closed.
        self._selector = selectors.PollSelector() if hasattr(selectors, "PollSelector") else selectors.DefaultSelector()
        self._selector.register(self._death, selectors.EVENT_READ, "death")
        self._selector.register(connection, selectors.EVENT_READ, "reply")
        self._connection, self._pipes = connection, pipes
        self._socket = socket.socket(fileno=connection.fileno())
        self._socket.settimeout(0)
        for pipe, stream in pipes:
            os.set_blocking(pipe.fileno(), False)
            platform.enlarge_pipe(pipe.fileno())
            self._selector.register(pipe, selectors.EVENT_READ, (pipe, stream))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid if self._child else 0

    def printed(self) -> Printed:
        """The text that it wrote since the streams were begun."""
        return Printed(self.output.text, self.errors.text, self.output.left_out + self.errors.left_out)

    def cpu_seconds(self) -> float:
        """The processor time that it has used, in seconds."""
        return self._platform.cpu_seconds(self.pid)

    def held_bytes(self) -> int:
        """The bytes of memory that it holds, in whatever way it got them; 0 where there is no telling."""
        return self._platform.held_bytes(self.pid)

    def is_lost(self) -> bool:
        """Return whether it cannot be asked any more, seen without waiting.

        It has ended, or has said something that nobody asked for, or somebody else has closed a descriptor.
        """
        if not self._inbox.empty or not all(held.is_intact for held in (self._death, self._connection, self._life)):
            return True
        keys = [key for key, _ in self._selector.select(0)]
        # A number that was closed is told of as one that has something to read.
        return any(key.data in {"death", "reply"} for key in keys) or (bool(keys) and self.has_lost_descriptors())

    def is_stopped(self) -> bool:
        """Return whether a signal has stopped it, as far as the system says."""
        return self._platform.is_stopped(self.pid)

    def has_lost_descriptors(self) -> bool:
        """Return whether somebody else has closed what connects it with this process."""
        return not self._death.is_intact or not all(held.is_intact for held in self._open)

    def exchange(self, request: Frame | None, tick: Callable[[], bool]) -> Frame:
        """Send, and wait for the reply; output is shown as it comes.

        Args:
            request: what to send; None waits for a frame that comes by itself.
            tick: called at least every 50 ms; when it returns True the process is killed.

        Raises:
            EngineDied: the process ended before it had replied, or said something else than one reply to this.
        """
        try:
            return self._exchange(request, tick)
        except LostDescriptorError:
            self.kill()
            raise EngineDied(LOST) from None

    def _exchange(self, request: Frame | None, tick: Callable[[], bool]) -> Frame:
        number = secrets.randbits(_NUMBER_BITS) if request else 0  # nobody can guess it who does not own the process
        self._inbox.limit_frames(**reply_limits(request))
        unsent = memoryview(pack(structs.replace(request, number=number)) if request else b"")
        while True:
            unsent = self._send(unsent)
            dead = self._receive(_SENDING_TICK_S if unsent else _TICK_S)
            try:
                reply = self._inbox.pop()
                if reply:
                    self._check(reply, number)
            except FrameError as error:
                self.kill()
                raise EngineDied(f"an unreadable reply ({error})") from None
            if reply:
                self._drain()
                return reply
            if dead or time.monotonic() > self._dead_at:
                self._drain()
                raise EngineDied(self._cause())
            if tick() or time.monotonic() > self._kill_at:
                self.kill()

    def kill(self) -> None:
        """End the process, whatever it is doing; from any thread."""
        if self._child is not None:
            self._dead_at = min(self._dead_at, time.monotonic() + _DEATH_S)
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
        self._connection.check()
        try:
            return unsent[self._socket.send(unsent, _QUIETLY) :]
        except BlockingIOError:
            return unsent
        except OSError:
            return unsent[:0]  # it is dead, and the watch will say so

    def _receive(self, timeout: float) -> bool:
        dead = False
        ready = self._selector.select(timeout)
        if not ready and self.has_lost_descriptors():
            raise LostDescriptorError
        for key, _ in ready:
            if key.data == "death":
                if not self._death.is_intact:
                    raise LostDescriptorError
                dead = True
            elif key.data == "reply":
                self._receive_reply()
            else:
                self._read(*key.data)
        return dead

    def _receive_reply(self) -> None:
        self._connection.check()
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            chunk = b""
        self._inbox.feed(chunk)
        if not chunk:  # it will never answer, and is about to end; where it is not, it is ended
            self._selector.unregister(self._connection)
            self._kill_at = time.monotonic() + _LAST_WORDS_S

    def _read(self, pipe: Descriptor, stream: Stream) -> None:
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(pipe.check(), _CHUNK)
            stream.feed(chunk)
            if not chunk:  # an end that was reached would wake the loop for ever
                self._selector.unregister(pipe)

    def _drain(self) -> None:
        # What was written before the reply belongs to it: a pipe's content at most.
        for pipe, stream in self._pipes:
            with contextlib.suppress(BlockingIOError, LostDescriptorError):
                stream.feed(os.read(pipe.check(), _CHUNK))

    def _cause(self) -> str:
        assert self._child is not None  # noqa: S101 - it was started
        self._child.reap(_DEATH_S)
        return self._child.exit_text or (UNKNOWN if self._dead_at == float("inf") else "SIGKILL")

    def after_fork(self) -> None:
        """Forget the process, which is the parent's, and close what this one has of it, which ends nothing there."""
        self.forked = True
        if self._child is not None:
            self._child.disown()
        self._close_descriptors()

    def close(self) -> None:
        """End the process, whatever it is doing, and free everything; in a fork of this process only the latter."""
        if self._child is not None:
            self._child.kill()
            self._child.reap(_DEATH_S)
        self._close_descriptors()

    def _close_descriptors(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.detach()  # the number is closed below, where it is still ours
        if hasattr(self, "_death"):
            self._death.close()
        for held in self._open:
            held.close()
