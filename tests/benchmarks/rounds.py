"""The peers in turn: one run of each in each round, so that a busy minute of the machine meets them all."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from tests.benchmarks.cases import Case
from tests.benchmarks.measurements import Measurement
from tests.benchmarks.peers import OURS, Peer
from tests.benchmarks.targets import TARGETS
from tests.benchmarks.worker import Prepare, Ready, Refused, serve

_WAIT_S = 90.0  # for a shot, or for a program to be built


@dataclass(frozen=True, slots=True)
class Effort:
    """How long measuring may take.

    Attributes:
        rounds: of each case.
        longest: seconds that one run should take; shots are left out where it would take longer.
        budget: seconds that one peer may take for one case; then it is left out of the rounds that follow.
        for_target: the same for a peer that a target names; twice as much for this project.
    """

    rounds: int
    longest: float
    budget: float
    for_target: float

    def seconds(self, case: str, peer: str) -> float:
        """What this peer may take for this case."""
        if peer == OURS.name:  # whom all others need
            return 2 * self.for_target
        aimed = any((target.case, target.peer) == (case, peer) for target in TARGETS)
        return self.for_target if aimed else self.budget


class PeerProcess:
    """A peer's process: started when it is first asked, and again when it died."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._process: Any = None
        self._connection: Any = None

    def ask(self, question: object) -> Any:
        """Its answer, or a `Refused` where it died or took too long."""
        if self._process is None:
            self._start()
        try:
            self._connection.send(question)
            if self._connection.poll(_WAIT_S):
                return self._connection.recv()
            why = f"took more than {_WAIT_S:.0f} s"
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._process.join(1)
            why = f"its process died: exit status {self._process.exitcode}"
        self.close()
        return Refused(why)

    def _start(self) -> None:
        context = get_context("spawn")
        self._connection, other = context.Pipe()
        process = context.Process(target=serve, args=(other, self.peer), daemon=True)
        with _environment(dict(self.peer.environment)):
            process.start()
        other.close()
        self._process = process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._connection.close()
            self._process.join(1)
            self._process.kill()
            self._process.join()
            self._process = None


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def measure(case: Case, processes: Sequence[PeerProcess], effort: Effort) -> list[Measurement]:
    """Each peer's figures, in the order of the peers."""
    began = time.perf_counter()
    answers = [process.ask(Prepare(case.name, effort.longest, all_shots=process.peer == OURS)) for process in processes]
    taken = [[answer.one] if isinstance(answer, Ready) and answer.counts else [] for answer in answers]
    why = [answer.why if isinstance(answer, Refused) else "" for answer in answers]
    budgets = [effort.seconds(case.name, process.peer.name) for process in processes]
    for number in range(effort.rounds):
        for at, process in enumerate(processes):
            if why[at] or len(taken[at]) > number or sum(taken[at]) >= budgets[at]:
                continue
            answer = process.ask(answers[at].shots)
            if isinstance(answer, Refused):
                why[at] = answer.why
            else:
                taken[at].append(answer)
    print(f"{case.name}: {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return [
        Measurement(
            case.name,
            case.title,
            process.peer.name,
            tuple(values),
            answer.shots if isinstance(answer, Ready) else case.shots,
            case.shots,
            answer.one if isinstance(answer, Ready) else 0.0,
            why="" if values else reason,
            series=case.series,
            size=case.size,
        )
        for process, answer, values, reason in zip(processes, answers, taken, why, strict=True)
    ]
