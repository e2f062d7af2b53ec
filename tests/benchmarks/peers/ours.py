"""This project: each run adds the program anew, compiles it, runs it and counts."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from qirjit_magic import Limits, Session
from tests.benchmarks.peers import Run

if TYPE_CHECKING:
    from tests.benchmarks.cases import Case

_numbers = count()


@cache
def _session() -> Session:
    return Session(limits=Limits(source_bytes=1 << 28))  # a million gates are more text than is usual


def prepare(case: Case) -> Run:
    """A call that adds the program under a text that no cache has seen, and runs it."""
    text, session = case.program(), _session()

    def run(shots: int) -> object:
        session.add(f"{text}\n; {next(_numbers)}\n", "measured")
        return session.run(module="measured", shots=shots).counts()

    return run
