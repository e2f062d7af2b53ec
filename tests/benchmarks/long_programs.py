"""How long programs of 10 thousand to a million gate calls take to be added and run, and how much memory that needs.

Run: ``python -m tests.benchmarks.long_programs [--all]``; with ``--all`` qirrunner runs the two shorter ones too.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import qirrunner

from qirjit_magic import Session

os.environ["QIRJIT_CACHE"] = "off"

SIZES = (10_000, 100_000, 1_000_000)
FOR_QIRRUNNER = (10_000, 100_000)
_GATES = ("h__body(ptr {0})", "cnot__body(ptr {0}, ptr {1})", "rz__body(double 5.0e-1, ptr {0})")
_QUBITS = ("null", *(f"inttoptr (i64 {number} to ptr)" for number in range(1, 4)))
_DECLARATIONS = """
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__cnot__body(ptr, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
attributes #0 = { "entry_point" "required_num_qubits"="4" "required_num_results"="0" }
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of `Session.add` and of the first shot, and the most memory that the engine process held, in MiB."""

    added: float
    run: float
    peak: int


def straight_line(gates: int) -> str:
    """A program of this many gate calls on four qubits, all in one block."""
    fair_lock = len(_GATES) * len(_QUBITS)
    cycle = [
        "  call void @__quantum__qis__"
        + _GATES[turn % len(_GATES)].format(_QUBITS[turn % len(_QUBITS)], _QUBITS[(turn + 1) % len(_QUBITS)])
        + "\n"
        for turn in range(fair_lock)
    ]
    calls = "".join(cycle) * (gates // fair_lock) + "".join(cycle[: gates % fair_lock])
    return f"define void @main() #0 {{\n{calls}  ret void\n}}\n{_DECLARATIONS}"


def measure(text: str) -> Figures:
    """The figures of this program in a session of its own."""
    with Session() as session:
        added = _seconds(lambda: session.add(text))
        run = _seconds(lambda: session.run(shots=1, seed=1))
        return Figures(added, run, peak_mib(session.status().pid))


def measure_qirrunner(text: str) -> float:
    """Seconds that qirrunner takes to compile and run the same."""
    return _seconds(lambda: qirrunner.run_bytes(text.encode(), shots=1, rng_seed=1, output_fn=lambda _: None))


def _seconds(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def peak_mib(pid: int) -> int:
    """The most memory that a process has held so far, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) >> 10


def main(*, everything: bool) -> None:
    """Print a line for each size, and the ratio of the two longest."""
    figures: dict[int, Figures] = {}
    for size in SIZES:
        text = straight_line(size)
        found = figures[size] = measure(text)
        print(f"{size:>9,} gates: added in {found.added:.2f} s, run in {found.run:.2f} s, peak {found.peak} MiB")
        if everything and size in FOR_QIRRUNNER:
            seconds = measure_qirrunner(text)
            print(f"{'':>9} qirrunner: {seconds:.2f} s, {seconds / (found.added + found.run):.1f} times as long")
    shorter, longer = SIZES[-2:]
    print(f"{longer:,} took {figures[longer].added / figures[shorter].added:.1f} times as long to add as {shorter:,}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="also run qirrunner, which takes half a minute")
    main(everything=parser.parse_args().all)
