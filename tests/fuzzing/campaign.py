"""`Campaign`: many mutations in several processes, each of which is watched from outside."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.files import REPOSITORY
from tests.fuzzing.trial import LIMIT_S, Outcome

_START_S = 120.0
_MORE_S = 5.0  # for an interrupt to be obeyed
_CHUNK = 1 << 16
_NO_END = sys.maxsize


@dataclass(frozen=True, slots=True)
class Campaign:
    """Which mutations are to be carried out.

    Attributes:
        seed: what they are made from.
        first: the first of them.
        count: how many.
        seconds: how long they may take all in all.
        jobs: how many processes share them.
    """

    seed: int = 1
    first: int = 0
    count: int = _NO_END
    seconds: float = float("inf")
    jobs: int = 1

    def carry_out(self, take: Callable[[Outcome], None]) -> None:
        """Carry them out; each outcome is given to ``take``, which one thread at a time calls."""
        guard, deadline = threading.Lock(), time.monotonic() + self.seconds

        def take_one(outcome: Outcome) -> None:
            with guard:
                take(outcome)

        end = min(self.first + self.count, _NO_END)
        shares = (range(self.first + job, end, self.jobs) for job in range(self.jobs))
        threads = [threading.Thread(target=self._share, args=(share, deadline, take_one)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _share(self, indices: range, deadline: float, take: Callable[[Outcome], None]) -> None:
        while indices and time.monotonic() < deadline:
            process = _Watched(self.seed, indices, deadline - time.monotonic())
            for outcome in process.outcomes():
                take(outcome)
            if process.begun is None:
                return
            # It ended with a mutation in its hands: that is a finding, and another process goes on behind it.
            take(Outcome(process.begun, "the kernel's process ended", finding=process.cause))
            indices = range(process.begun + indices.step, indices.stop, indices.step)


class _Watched:
    """A worker; where it is silent for too long it is interrupted, and then killed."""

    def __init__(self, seed: int, indices: range, seconds: float) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child has ended
        numbers = (seed, indices.start, indices.stop, indices.step, seconds)
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzzing.worker", *map(str, numbers)],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=REPOSITORY,
        )
        self.begun: int | None = None
        self.cause = ""

    def outcomes(self) -> Iterator[Outcome]:
        """What it says, until it ends."""
        for line in self._lines():
            message = json.loads(line)
            if "begun" in message:
                self.begun = message["begun"]
            elif "index" in message:
                yield Outcome(**message)
                self.begun = None
        status = self._child.wait()
        with self._errors:
            self._errors.seek(0)
            said = self._errors.read()[-4000:].decode("utf-8", "replace")
        self.cause = f"{self.cause}exit status {status}\n{said}"
        if self.begun is None and status:
            yield Outcome(-1, "the kernel's process ended", finding=f"between mutations: {self.cause}")

    def _lines(self) -> Iterator[bytes]:
        assert self._child.stdout is not None
        pending, patience = b"", _START_S
        descriptor = self._child.stdout.fileno()
        with self._child.stdout:
            while True:
                if not select.select([descriptor], [], [], patience)[0]:
                    patience = self._lose_patience()
                    continue
                chunk = os.read(descriptor, _CHUNK)
                if not chunk:
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                yield from lines
                patience, self.cause = LIMIT_S + _MORE_S if self.begun is None else LIMIT_S, ""

    def _lose_patience(self) -> float:
        self._child.send_signal(signal.SIGKILL if self.cause else signal.SIGINT)
        self.cause = f"silent for more than {LIMIT_S:g} s, interrupted, and silent for {_MORE_S:g} s more: "
        return _MORE_S
