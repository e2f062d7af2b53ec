"""What is measured in new processes: command lines, first cells of new kernels, and the memory of one engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qirjit_magic import Session
from qirjit_magic.errors import RunTimeoutError
from tests.benchmarks import load_extension
from tests.benchmarks.circuits import dense
from tests.benchmarks.long_programs import peak_mib
from tests.benchmarks.measurements import OURS, Measurement
from tests.benchmarks.programs import emit
from tests.files import REPOSITORY, TUTORIAL_PROGRAMS, program

_BELL = str(TUTORIAL_PROGRAMS / "Bell.ll")
_LONGEST_S = 60.0
_DENSE_QUBITS, _LARGE_QUBITS = 10, 24


@dataclass(frozen=True, slots=True)
class Start:
    """Something that is measured in processes of its own.

    Attributes:
        name: what ``--cases`` calls it.
        title: what the table calls it.
        measure: gives the figures of so many rounds.
        most: rounds that are worth their time.
        quick: whether ``--quick`` measures it.
    """

    name: str
    title: str
    measure: Callable[[Start, int], Iterator[Measurement]]
    most: int = 5
    quick: bool = True


def _environment(cache: str) -> dict[str, str]:
    return os.environ | {"QIRJIT_CACHE": cache, "PYTHONPATH": str(REPOSITORY)}


def _command_lines(start: Start, rounds: int, *, new: bool) -> Iterator[Measurement]:
    ours = [sys.executable, "-m", "qirjit_magic", _BELL]
    beside = Path(sys.executable).parent / "qir-runner"  # its package installs it beside Python
    theirs = [str(beside) if beside.exists() else shutil.which("qir-runner") or "qir-runner", "-f", _BELL]
    taken: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as kept:
        if not new:
            _seconds(ours, kept)
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as empty:
                taken[0].append(_seconds(ours, empty if new else kept))
            taken[1].append(_seconds(theirs, kept))
    yield Measurement(start.name, start.title, OURS, tuple(taken[0]))
    yield Measurement(start.name, start.title, "qirrunner", tuple(taken[1]))


def _seconds(command: Sequence[str], cache: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment(cache), cwd=REPOSITORY)
    return time.perf_counter() - began


def _hello(start: Start, rounds: int) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as kept:
        text, folders = program("Hello").decode(), [Path(kept) / str(number) for number in range(rounds)]
        values = [_first_cell(str(folder), text) for folder in folders]
    yield Measurement(start.name, start.title, OURS, tuple(values))


def _dense(start: Start, rounds: int) -> Iterator[Measurement]:
    """The whole wait, and how much of it is for kernels: with them on the disk, what is compiled anew is the cell."""
    text = emit(dense(_DENSE_QUBITS))
    whole: list[float] = []
    waits: list[float] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            whole.append(_first_cell(cache, text))
            waits.append(whole[-1] - _first_cell(cache, f"{text}\n; anew"))
    yield Measurement(start.name, start.title, OURS, tuple(whole))
    yield Measurement("kernels", "the part of it that is waiting for kernels", OURS, tuple(waits))


def _first_cell(cache: str, text: str) -> float:
    return load_extension.measure(text, flags="--quiet", environment=_environment(cache))[1]


def _memory(start: Start, rounds: int) -> Iterator[Measurement]:
    """The most that the engine process has held, all of it: LLVM, kernels and state."""
    text, values, why = emit(dense(_LARGE_QUBITS)), [], ""
    for _ in range(rounds):
        with Session() as session:
            session.add(text, "measured")
            try:
                session.run(module="measured", timeout=_LONGEST_S)
            except RunTimeoutError:
                why = f"took more than {_LONGEST_S:.0f} s"
                break
            values.append(float(peak_mib(session.status().pid)))
    yield Measurement(start.name, start.title, OURS, tuple(values), unit="MiB", why=why)


STARTS = (
    Start("command-line", "command line, Bell pair", partial(_command_lines, new=False)),
    Start("command-line-new", "command line, Bell pair, empty cache", partial(_command_lines, new=True)),
    Start("hello-cell", "first Hello cell of a new kernel, from %load_ext, empty cache", _hello),
    Start("dense-cell", "first dense cell of a new kernel, from %load_ext, empty cache", _dense, most=3),
    Start("memory-24", "memory of the engine, random dense, 24 qubits", _memory, most=2, quick=False),
)
