"""One run over two processes beside the same in one, in turn: shots that cost next to nothing, and shots of a dense state.

Run: ``python -m tests.benchmarks.jobs [ROUNDS] [--shots N] [--jobs N]``. The figures are those of the run itself; what
it takes to make columns of ten million shots afterwards is told apart. Two busy processors show little: look at the load.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from qirjit_magic import Session
from qirjit_magic.session.results import RunResult
from tests.benchmarks.statevector import dense
from tests.files import program


@dataclass(frozen=True, slots=True)
class Case:
    """A program, and how often it is run."""

    name: str
    source: bytes
    shots: int


def cases(shots: int) -> Iterator[Case]:
    """What is measured."""
    yield Case("teleportation", program("teleport"), shots)
    yield Case("dense, 10 qubits", dense(10), max(1, shots // 100))
    yield Case("dense, 16 qubits", dense(16), max(1, shots // 10_000))


def measure(case: Case, session: Session, *, rounds: int, jobs: int) -> None:
    """Print the medians of a case, of one process and of several, and how they compare."""
    session.add(case.source, "measured")
    taken: dict[int, list[RunResult]] = {1: [], jobs: []}
    for _ in range(rounds):
        for number, results in taken.items():
            results.append(_summary_of(session, case.shots, number))
    one, several = ([result.timings["run"] for result in results] for results in taken.values())
    decoding = median(result.timings["decode"] for results in taken.values() for result in results)
    used = {result.plan.processes for result in taken[jobs]}
    print(
        f"{case.name}, {case.shots:,} live shots: {median(one):.2f} s ({min(one):.2f} to {max(one):.2f}) in one process, "
        f"{median(several):.2f} s ({min(several):.2f} to {max(several):.2f}) in {used}: "
        f"{median(one) / median(several):.2f}x; and {decoding:.2f} s to make columns"
    )
    assert len({str(result.counts()) for results in taken.values() for result in results}) == 1


def _summary_of(session: Session, shots: int, jobs: int) -> RunResult:
    return session.run(module="measured", shots=shots, seed=1, method="live", jobs=jobs)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--shots", type=int, default=10_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    print(f"load of the last minute: {os.getloadavg()[0]:.1f}, of {len(os.sched_getaffinity(0))} processors")
    with Session(simulator="statevector") as session:
        for case in cases(chosen.shots):
            measure(case, session, rounds=chosen.rounds, jobs=chosen.jobs)


if __name__ == "__main__":
    main()
