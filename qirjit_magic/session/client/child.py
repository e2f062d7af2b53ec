"""`Child`: a process that was started, and what it takes to start one."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.session.client.kernel_process import follow_forks

_POLL_S = 0.001


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
    def is_own_child(self) -> bool:
        """Return whether it is this process's child: in a fork it is not."""
        return os.getpid() == self._parent

    def kill(self) -> None:
        """End it, if it is there; from any thread."""
        if not self.is_own_child:
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

    def reap(self, within_s: float) -> None:
        """Wait for so long until it has ended, and collect its status."""
        deadline = time.monotonic() + within_s
        while self.is_own_child and self._look() and time.monotonic() < deadline:
            time.sleep(_POLL_S)

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
    def exit_text(self) -> str:
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


# More names for the engine in the sandbox, with commas between them.
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
_SECRET = lazy_pattern("TOKEN|KEY|SECRET|PASSW|PWD|CREDENTIAL|AUTH|COOKIE|PRIVATE", re.IGNORECASE)
_ALWAYS = {"RUST_BACKTRACE": "0", "PYTHONFAULTHANDLER": ""}
# NumPy's threads would do nothing here, and a process that was killed is gone only when they are.
_BY_DEFAULT = {"OPENBLAS_NUM_THREADS": "1"}


def engine_environment(environment: Mapping[str, str] = os.environ, *, sandboxed: bool) -> dict[str, str]:
    """Return the variables of this environment that an engine process gets.

    In the sandbox that is a list of what is permitted, since nobody knows under which names secrets are kept. The
    open process runs what is trusted, and gets everything.

    Args:
        environment: that of the kernel.
        sandboxed: whether the process will be in a sandbox.
    """
    named = {name.strip() for name in environment.get(VARIABLE, "").split(",")}
    passed = {name: value for name, value in environment.items() if not sandboxed or name in named or is_passed(name)}
    return {**_BY_DEFAULT, **passed, **_ALWAYS}


def is_passed(name: str) -> bool:
    """Return whether a variable of this name reaches the engine in the sandbox without being asked for."""
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


class _LastingThread:
    """The thread, which is there once somebody needs it."""

    def __init__(self) -> None:
        self.after_fork()
        follow_forks(self)

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


_lasting = _LastingThread()


class Start(Protocol[_T_co]):
    """Starts a process."""

    def __call__(self, *, lasting: bool) -> _T_co:
        """Start it; ``lasting`` says whether the thread lasts as long as this process."""


def start_in_lasting_thread(start: Start[_T]) -> _T:
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
def above_standard_streams() -> Iterator[None]:
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
