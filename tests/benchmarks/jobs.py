"""One run over two processes beside the same in one, in turn: shots that cost next to nothing, dense states, and
a long way that all shots have in common.

Run: ``python -m tests.benchmarks.jobs [ROUNDS] [--shots N] [--jobs N]``. The figures are those of the run itself; what
it takes to make columns of ten million shots afterwards is told apart. Where the processors have other work, several
processes also get a larger share of them: look at the load.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from qirjit_magic import Session
from tests.benchmarks.circuits import Circuit, Step, dense
from tests.benchmarks.programs import emit
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
    yield Case("dense, 10 qubits", emit(dense(10)).encode(), max(1, shots // 100))
    yield Case("dense, 16 qubits", emit(dense(16)).encode(), max(1, shots // 10_000))
    yield Case("dense, 20 qubits, one of them read", emit(_read(dense(20))).encode(), max(1, shots // 500))


def _read(circuit: Circuit) -> Circuit:
    # All shots are the same up to a measurement, which is read: each process computes that once, if it forgets nothing.
    steps = (Step("mz", (0,), result=0), Step("x", (1,), only_if=0), Step("mz", (1,), result=1))
    return Circuit(circuit.qubits, 2, (*circuit.gates, *steps), (1,))


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept of a run."""

    seconds: float
    decoding: float
    processes: int
    counts: dict[str, int]


def run_once(session: Session, shots: int, jobs: int) -> Run:
    """Run it live."""
    result = session.run(module="measured", shots=shots, seed=1, method="live", jobs=jobs)
    return Run(result.timings.simulate, result.timings.decode, result.plan.processes, result.counts())


def measure(case: Case, session: Session, *, rounds: int, jobs: int) -> None:
    """Print the medians of a case, of one process and of several, and how they compare."""
    session.add(case.source, "measured")
    runs: dict[int, list[Run]] = {1: [], jobs: []}
    for _ in range(rounds):
        for number, done in runs.items():
            done.append(run_once(session, case.shots, number))
    every = [run for done in runs.values() for run in done]
    assert all(run.counts == every[0].counts for run in every)
    one, several = ([run.seconds for run in done] for done in runs.values())
    processes = sorted({run.processes for run in runs[jobs]})
    print(
        f"{case.name}, {case.shots:,} live shots: {_figures(one)} in one process, {_figures(several)} in {processes}: "
        f"{median(one) / median(several):.2f}x; and {median(run.decoding for run in every):.2f} s to make columns"
    )


def _figures(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"


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
