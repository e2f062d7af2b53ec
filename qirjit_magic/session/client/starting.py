"""A thread that lasts as long as its process, to start engine processes in.

Linux ends a process with the thread that created it, where it asked for that, and no fork can hold that back. So where
a session is made in a thread that may end before its process, another one creates the engine process.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from qirjit_magic.session.client import forking

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
        """What gives it work; None where the system allows no thread more."""
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
    """What ``start`` gives, called in a thread that lasts as long as this process, where there is one."""
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
