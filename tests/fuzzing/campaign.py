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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

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
        with ThreadPoolExecutor(self.jobs) as threads:
            for done in [threads.submit(self._share, share, deadline, take_one) for share in shares]:
                done.result()

    def _share(self, indices: range, deadline: float, take: Callable[[Outcome], None]) -> None:
        while indices and time.monotonic() < deadline:
            with _Watched(self.seed, indices, deadline - time.monotonic()) as process:
                for outcome in process.outcomes():
                    take(outcome)
            indices = range(process.following, indices.stop, indices.step)


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
        self._indices = indices
        self._ready = False
        self._begun: int | None = None
        self._cause = ""
        self.following = indices.start  # the mutation that comes after what it did

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        self._errors.close()

    def outcomes(self) -> Iterator[Outcome]:
        """What it says, and, where it ended with something in its hands, that it did."""
        for line in self._lines():
            message = json.loads(line)
            if "ready" in message:
                self._ready = True
            elif "begun" in message:
                self._begun = message["begun"]
                self.following = message["begun"] + self._indices.step
            elif "index" in message:
                self._begun = None
                yield Outcome(**message)
        status = self._child.wait()
        if status == 0 and self._begun is None:
            self.following = self._indices.stop
            return
        self._errors.seek(0)
        said = self._errors.read()[-4000:].decode("utf-8", "replace")
        index = self.following if self._begun is None else self._begun
        if not self._ready:  # nor would the next one be
            self.following = self._indices.stop
        elif self._begun is None:  # or it would never get any further
            self.following += self._indices.step
        yield Outcome(index, "the kernel's process ended", finding=f"{self._cause}exit status {status}\n{said}")

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
                patience, self._cause = LIMIT_S + _MORE_S if self._begun is None else LIMIT_S, ""

    def _lose_patience(self) -> float:
        self._child.send_signal(signal.SIGKILL if self._cause else signal.SIGINT)
        self._cause = f"silent for more than {LIMIT_S:g} s, interrupted, and silent for {_MORE_S:g} s more: "
        return _MORE_S
