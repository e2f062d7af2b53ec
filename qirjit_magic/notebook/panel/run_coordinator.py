"""`RunCoordinator`: where the panels of one session meet. One of them runs at a time, and all know it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from weakref import WeakKeyDictionary

from qirjit_magic.notebook.panel.job import Job
from qirjit_magic.session.session import Session


class RunCoordinator:
    """The run of a panel that goes on in a session, and who wants to know when one begins and ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def job(self) -> Job | None:
        """The run that goes on."""
        job = self._job
        return None if job is None or job.ended else job

    def begin(self, job: Job) -> bool:
        """Start a run, unless another goes on: whether it was started."""
        with self._lock:
            if self.job is not None:
                return False
            self._job = job
        try:
            job.start()
        except RuntimeError:  # the system has no thread left
            self._job = None
            raise
        self.notify()
        return True

    def notify(self) -> None:
        """Call all listeners."""
        with self._lock:
            if self._job is not None and self._job.ended:
                self._job = None  # it holds its result, its panel and the session
        for listener in list(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call this when a run begins or ends, in whatever thread that is."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Call this listener no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    @property
    def listener_count(self) -> int:
        """The number of listeners."""
        return len(self._listeners)


_making = threading.Lock()
_coordinators: WeakKeyDictionary[Session, RunCoordinator] = WeakKeyDictionary()


def coordinator_of(session: Session) -> RunCoordinator:
    """The coordinator of this session, for as long as it lives."""
    with _making:
        return _coordinators.setdefault(session, RunCoordinator())
