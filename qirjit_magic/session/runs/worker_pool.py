"""`WorkerPool`: more engine processes, which take a share of one run's shots, each in a thread of the kernel."""

from __future__ import annotations

import threading
from collections.abc import Callable

from qirjit_magic.errors import EngineStartError
from qirjit_magic.sandbox import get_platform
from qirjit_magic.session.client.client import EngineClient

IDLE_S = 60.0
_JOIN_S = 0.05
_MIN_MEMORY = 512 << 20  # LLVM alone takes a good part of that


class Worker:
    """An engine process, and the thread that gives it work; it belongs to that thread while there is one."""

    def __init__(self, engine: EngineClient) -> None:
        self.engine = engine
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Return whether its thread is still there."""
        return self._thread is not None and self._thread.is_alive()

    def work(self, do: Callable[[Worker], None]) -> None:
        """Do something in a thread of its own."""
        self._thread = threading.Thread(target=do, args=(self,), name="qirjit-worker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        while self._thread is not None and self.busy:
            self.engine.kill_soon()
            self._thread.join(_JOIN_S)
        self.engine.close()


class WorkerPool:
    """Processes beside a first one, started when a run has work for them, and ended when none has had any for a while.

    Args:
        first: the process that begins each run.
    """

    def __init__(self, first: EngineClient) -> None:
        self._first = first
        self._share = 0
        self._workers: list[Worker] = []
        self._lock = threading.RLock()
        self._idle: threading.Timer | None = None
        first.interrupts.on_interrupt.append(self.stop)

    def acquire(self, processes: int) -> list[Worker]:
        """Lend the workers that are free for a run in so many processes, each of them started.

        Each may have an equal share of the first one's memory. There are no more than the machine has memory for now,
        beside everything else: the first one's state is there already.

        Raises:
            EngineStartError: the system would not start one, or has no memory for it, and there is no other.
        """
        with self._lock:
            self._stop_waiting()
            limit = self._first.restarter.memory_limit
            share = max(limit // processes, min(limit, _MIN_MEMORY))
            if share != self._share:
                self.end()
                self._share = share
            fit = get_platform().available_bytes() // share if share else processes
            if not fit:
                raise EngineStartError(f"this machine has no {share >> 20:,} MiB left, its share of the memory.")
            acquired: list[Worker] = []
            try:
                for place in range(min(processes - 1, fit)):
                    if place == len(self._workers):
                        self._workers.append(Worker(self._first.worker(share)))
                    if not self._workers[place].busy:
                        self._workers[place].engine.start()
                        acquired.append(self._workers[place])
            except EngineStartError:
                if not acquired:
                    raise
            return acquired

    def release(self) -> None:
        """No run has work for them: after a while they are ended."""
        with self._lock:
            self._stop_waiting()
            if self._workers:
                self._idle = threading.Timer(IDLE_S, self._end_idle)
                self._idle.daemon = True
                self._idle.start()

    def _stop_waiting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end_idle(self) -> None:
        with self._lock:
            if threading.current_thread() is self._idle:  # nobody has been acquired one meanwhile
                self.end()

    def stop(self) -> None:
        """End what they run at the next shot, and after the grace by force; from any thread, or a signal's handler."""
        for worker in list(self._workers):
            worker.engine.stop()

    def kill(self) -> None:
        """End the processes at once, and whatever goes on in them; from any thread."""
        for worker in list(self._workers):
            worker.engine.kill()

    def after_fork(self) -> None:
        """In a forked process there are none, nor their threads."""
        self._workers.clear()
        self._lock, self._idle, self._share = threading.RLock(), None, 0

    def end(self) -> None:
        """End the processes; the next run that has work for them gets new ones."""
        with self._lock:
            self._stop_waiting()
            while self._workers:
                self._workers.pop().close()
