"""What is measured: programs and how often each is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.benchmarks.circuits import (
    Circuit,
    bernstein_vazirani,
    dense,
    fourier,
    ghz,
    phase_estimation,
    straight_line,
    teleportation,
)
from tests.benchmarks.programs import emit
from tests.files import program


@dataclass(frozen=True, slots=True)
class Case:
    """A program, and how often it is run.

    Attributes:
        name: what ``--cases`` calls it.
        title: what the table calls it.
        shots: that are asked for.
        circuit: makes it as steps; None for a program that is none.
        file: the program of ``tests/programs`` where it is no circuit.
        series: the picture in which it is a point: ``qubits``, ``gates``, ``shots``, or empty.
        size: where it is there.
        quick: whether ``--quick`` measures it.
        compiles: whether it asks how long a program takes to be compiled; who takes none has no answer.
    """

    name: str
    title: str
    shots: int
    circuit: Callable[[], Circuit] | None = None
    file: str = ""
    series: str = ""
    size: int = 0
    quick: bool = True
    compiles: bool = False

    def program(self) -> str:
        """The QIR, as text."""
        return emit(self.circuit()) if self.circuit else program(self.file).decode()


def _shots(count: int, *, quick: bool = True) -> Case:
    title = f"Bell pair, {count:,} shots"
    return Case(f"bell-{count}", title, count, partial(ghz, 2), series="shots", size=count, quick=quick)


def _qubits(count: int) -> Case:
    title = f"random dense, {count} qubits"
    quick = count in {4, 16}
    return Case(f"dense-{count}", title, 1, partial(dense, count), series="qubits", size=count, quick=quick)


def _gates(count: int) -> Case:
    return Case(
        f"gates-{count}",
        f"{count:,} gates in a row",
        1,
        partial(straight_line, count),
        series="gates",
        size=count,
        quick=count == 10_000,
        compiles=True,
    )


CASES = (
    _shots(1_000, quick=False),
    _shots(10_000, quick=False),
    _shots(100_000),
    _shots(1_000_000),
    Case("ghz-30", "GHZ, 30 qubits, 1,000 shots", 1_000, partial(ghz, 30)),
    Case("ghz-1000", "GHZ, 1,000 qubits, 100,000 shots", 100_000, partial(ghz, 1000)),
    Case("teleport", "teleportation, 100,000 live shots", 100_000, teleportation),
    Case("success", "repeat until success, 100,000 live shots", 100_000, file="repeat_until_success"),
    Case("phase", "iterative phase estimation, 10,000 live shots", 10_000, phase_estimation),
    Case("fourier", "Fourier transform, 12 qubits, 1,000 shots", 1_000, partial(fourier, 12)),
    Case("bernstein", "Bernstein-Vazirani, 17 qubits, 1,000 shots", 1_000, partial(bernstein_vazirani, 17)),
    Case("dense-10x1000", "random dense, 10 qubits, 1,000 shots", 1_000, partial(dense, 10)),
    *(_qubits(count) for count in (4, 8, 12, 16, 20, 22, 24)),
    *(_gates(count) for count in (10_000, 100_000, 1_000_000)),
)
BY_NAME = {case.name: case for case in CASES}
