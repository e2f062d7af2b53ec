"""`EngineProcess`: one child, how it is started, and the one loop that waits for its reply, output and death."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec import structs

from qirjit_magic.errors import EngineStartError
from qirjit_magic.protocol.messages import Frame, FrameError, Inbox, WorkerArguments, pack
from qirjit_magic.protocol.shared_memory import RecordMemory
from qirjit_magic.sandbox import Platform, name_of
from qirjit_magic.sandbox.descriptors import Descriptor, LostDescriptorError
from qirjit_magic.session.client import forking
from qirjit_magic.session.client.replies import reply_room
from qirjit_magic.session.client.streams import Printed, Stream

# How a process ended, where there is neither a signal nor a status to tell.
UNKNOWN = "an unknown cause"
LOST = "closed descriptors"
_LOOK_S = 0.001


class Child:
    """A process that was started.

    `subprocess.Popen` takes a status that it cannot get for 0. There is none to get where SIGCHLD is ignored, or where
    somebody else waits for all children of this process.

    Args:
        started: the process, which nobody else waits for.
    """

    def __init__(self, started: subprocess.Popen[bytes]) -> None:
        self._started = started
        self._parent = os.getpid()
        self._lock = threading.RLock()  # `kill` comes from any thread
        self._there = True
        self._status: int | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._started.pid

    @property
    def is_ours(self) -> bool:
        """Return whether it is this process's child: in a fork it is not."""
        return os.getpid() == self._parent

    def kill(self) -> None:
        """End it, if it is there; from any thread."""
        if not self.is_ours:
            return
        with self._lock:
            if self._look():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended; in a thread of its own."""
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(self.pid, 0)
            self._note(status)
        self._there = False

    def collect(self, within_s: float) -> None:
        """Wait for so long until it has ended, and collect its status."""
        deadline = time.monotonic() + within_s
        while self.is_ours and self._look() and time.monotonic() < deadline:
            time.sleep(_LOOK_S)

    def _look(self) -> bool:
        # Whether it is there. Until its status is collected, nobody else has its number.
        with self._lock:
            if self._there:
                try:
                    collected, status = os.waitpid(self.pid, os.WNOHANG)
                except ChildProcessError:
                    self._there, self._started.returncode = False, 0
                else:
                    if collected:
                        self._note(status)
            return self._there

    def _note(self, status: int) -> None:
        self._status, self._there = status, False
        self._started.returncode = os.waitstatus_to_exitcode(status)  # its finalizer is to wait for nothing

    def disown(self) -> None:
        """In a fork: it is somebody else's child."""
        self._started.returncode = 0

    @property
    def ending(self) -> str:
        """The end of the process: a signal's name or an exit status; empty where that cannot be known."""
        if self._status is None:
            return ""
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return f"exit status {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"


# More names for the engine behind the fence, with commas between them.
VARIABLE = "QIRJIT_ENVIRONMENT"
# What Python, the dynamic loader, languages, threads and simulators go by: names, and how names begin.
_NAMES = {
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LOCPATH", "TZ", "TZDIR", "TMPDIR", "TERM", "COLUMNS"),
    *("VIRTUAL_ENV", "GLIBC_TUNABLES"),
}
_BEGINNINGS = (
    *("LC_", "PYTHON", "QIRJIT_", "LD_", "DYLD_", "CONDA_", "XDG_", "RUST_", "LLVM_", "MALLOC_"),
    *("ASAN_", "LSAN_", "UBSAN_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "BLIS_", "BLAS_", "VECLIB_"),
    *("NPY_", "NUMPY_", "NUMEXPR_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "OMPI_", "SLURM_CPUS_"),
)
_SECRET = re.compile("TOKEN|KEY|SECRET|PASSW|PWD|CREDENTIAL|AUTH|COOKIE|PRIVATE", re.IGNORECASE)
_ALWAYS = {"RUST_BACKTRACE": "0", "PYTHONFAULTHANDLER": ""}
# NumPy's threads would do nothing here, and a process that was killed is gone only when they are.
_BY_DEFAULT = {"OPENBLAS_NUM_THREADS": "1"}


def engine_environment(environment: Mapping[str, str] = os.environ, *, fenced: bool) -> dict[str, str]:
    """Return the variables of this environment that an engine process gets.

    Behind the fence that is a list of what is permitted, since nobody knows under which names secrets are kept. The
    open process runs what is trusted, and gets everything.

    Args:
        environment: that of the kernel.
        fenced: whether the process will have a fence.
    """
    named = {name.strip() for name in environment.get(VARIABLE, "").split(",")}
    passed = {name: value for name, value in environment.items() if not fenced or name in named or is_passed(name)}
    return {**_BY_DEFAULT, **passed, **_ALWAYS}


def is_passed(name: str) -> bool:
    """Return whether a variable of this name reaches the engine behind the fence without being asked for."""
    return (name in _NAMES or name.startswith(_BEGINNINGS)) and not _SECRET.search(name)


_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class _Job:
    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self._done = threading.Event()
        self._error: BaseException | None = None

    def carry_out(self) -> None:
        try:
            self._do()
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits
            self._error = error
        self._done.set()

    def wait(self) -> None:
        self._done.wait()
        if self._error is not None:
            raise self._error


class _Lasting:
    """The thread, which is there once somebody needs it."""

    def __init__(self) -> None:
        self.after_fork()
        forking.follow(self)

    def after_fork(self) -> None:
        """There is no such thread in the child."""
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[_Job] | None = None

    def jobs(self) -> queue.SimpleQueue[_Job] | None:
        """The queue that gives the thread work; None where the system allows no thread more."""
        with self._lock:
            if self._jobs is None:
                jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
                try:
                    threading.Thread(target=_work, args=(jobs,), name="qirjit-start", daemon=True).start()
                except RuntimeError:
                    return None
                self._jobs = jobs
            return self._jobs


def _work(jobs: queue.SimpleQueue[_Job]) -> None:
    while True:
        jobs.get().carry_out()


_lasting = _Lasting()


class Start(Protocol[_T_co]):
    """Starts a process."""

    def __call__(self, *, lasting: bool) -> _T_co:
        """Start it; ``lasting`` says whether the thread lasts as long as this process."""
        ...


def start_lasting(start: Start[_T]) -> _T:
    """Call ``start`` in a thread that lasts as long as this process, where there is one, and return what it gives."""
    if threading.current_thread() is threading.main_thread():
        return start(lasting=True)
    jobs = _lasting.jobs()
    if jobs is None:
        return start(lasting=False)
    started: list[_T] = []
    job = _Job(lambda: started.append(start(lasting=True)))
    jobs.put(job)
    job.wait()
    return started[0]


_FIRST_OF_OUR_OWN = 3


@contextlib.contextmanager
def above_standard() -> Iterator[None]:
    """A context in which no descriptor that is opened is a standard one, even where 0, 1 or 2 are closed.

    A socket at 2 would be sent whatever some library writes to standard error, and a child that gets standard
    descriptors of its own would lose what it was to inherit.
    """
    with contextlib.ExitStack() as closing:
        with contextlib.suppress(OSError):  # not even that can be opened: what comes next says so
            while (handle := os.open(os.devnull, os.O_RDWR)) < _FIRST_OF_OUR_OWN:
                closing.callback(os.close, handle)
            os.close(handle)
        yield


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
        fenced: bool,
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
        forking.follow(self)  # first: a fork in another thread is to close what is opened here
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
            self.close()
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
            fenced=fenced,
            memory_limit=memory_limit,
            cache=cache,
            libraries=libraries,
        )
        self._child = start_lasting(partial(self._spawn, arguments, its_out.fileno(), its_errors.fileno()))
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
        try:
            started = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                bufsize=0,
                pass_fds=(arguments.socket, arguments.memory, arguments.life),
                env=engine_environment(fenced=arguments.fenced),
                start_new_session=True,  # an interrupt of the kernel signals its whole process group
            )
        except OSError as error:
            raise EngineStartError(f"{sys.executable} cannot be run: {error}") from None
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
            platform.widen(pipe.fileno())
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
        if not self._inbox.empty or self._death.is_lost or not (self._connection.is_ours and self._life.is_ours):
            return True
        keys = [key for key, _ in self._selector.select(0)]
        # A number that was closed is told of as one that has something to read.
        return any(key.data in {"death", "reply"} for key in keys) or (bool(keys) and self.has_lost_descriptors())

    def is_stopped(self) -> bool:
        """Return whether a signal has stopped it, as far as the system says."""
        return self._platform.is_stopped(self.pid)

    def has_lost_descriptors(self) -> bool:
        """Return whether somebody else has closed what connects it with this process."""
        return self._death.is_lost or not all(held.is_ours for held in self._open)

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
        self._inbox.expect(**reply_room(request))
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
                if self._death.is_lost:
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
        self._child.collect(_DEATH_S)
        return self._child.ending or (UNKNOWN if self._dead_at == float("inf") else "SIGKILL")

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
            self._child.collect(_DEATH_S)
        self._close_descriptors()

    def _close_descriptors(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.detach()  # the number is closed below, where it is still ours
        if hasattr(self, "_death"):
            self._death.close()
        for held in self._open:
            held.close()
