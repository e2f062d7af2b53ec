"""This project: each run adds the program anew, compiles it, runs it and counts."""

from __future__ import annotations

import os
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from qirjit_magic import Limits, Session
from tests.benchmarks.peers import Run

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

LIVE_ON = "QIRJIT_BENCHMARK_SIMULATOR"  # what live shots run on; auto unless the command line names one
_WIDEST = 26
_numbers = count()


@cache
def _session() -> Session:
    return Session(limits=Limits(source_bytes=1 << 28))  # a million gates are more text than is usual


def prepare(case: Case) -> Run:
    """A call that adds the program under a text that no cache has seen, and runs it."""
    text, session = case.program(), _session()
    circuit = case.circuit() if case.circuit else None
    narrow = circuit is None or circuit.qubits <= _WIDEST
    live = circuit is None or circuit.has_feedback or case.shots == 1
    simulator = os.environ.get(LIVE_ON, "auto") if live and narrow else "auto"

    def run(shots: int) -> object:
        session.add(f"{text}\n; {next(_numbers)}\n", "measured")
        return session.run(module="measured", shots=shots, simulator=simulator).counts()

    return run
