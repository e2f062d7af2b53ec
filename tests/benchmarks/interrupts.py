"""How soon an interrupted cell ends in a real kernel, and whether its finished shots are there.

Each kind of run is interrupted many times, at random moments and as Jupyter's stop button does it; half of the runs are
in the fenced engine process and half in the open one.

Run: ``python -m tests.benchmarks.interrupts [--runs 100] [--seed 1]``; the exit status is 1 where finished shots were
missing or a later cell was wrong. Times decide nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from jupyter_client.manager import start_new_kernel

from tests.files import REPOSITORY
from tests.notebook.kernels import TIMEOUT_S, Cell, Kernel, program

LATEST_S = 0.3  # the interrupt comes so long after the first message at most
SHOTS = 10**9
_SAID = "running\n"
_SHOWN = 20
_PERCENTILES = 20
_PROCESSES = ("fenced", "open")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is interrupted.

    Attributes:
        title: in words.
        entry: the function of slow_shots.ll; each shot says something when it begins.
        unsaid: how many finished shots there are that have said nothing.
        at_most_s: what the 95th percentile is to be.
    """

    title: str
    entry: str
    unsaid: int
    at_most_s: float


KINDS = (Kind("short shots", "slow", 0, 0.3), Kind("an endless shot", "second_shot_endless", 1, 1.5))


@dataclass
class Interrupts:
    """One kernel, and what came of its interrupts."""

    kernel: Kernel
    chance: random.Random
    wrong: list[str] = field(default_factory=list)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Load the same module for each process, and run it there."""
        text = program("slow_shots")
        for code in (
            "%load_ext qirjit_magic",
            "from qirjit_magic import default_session",
            f"%%qir --no-run --name fenced\n{text}",
            f"%%qir --no-run --name open --trust\n{text}",
            "kept = 7",
        ):
            cell = self.kernel.run(code)
            assert cell.status == "ok", (code, cell)
        for process in _PROCESSES:
            self.look_afterwards(process)

    def once(self, kind: Kind, process: str) -> None:
        """Interrupt a run once, and look at what it left."""
        call = f"%qir {kind.entry} --name {process} --shots {SHOTS} -o partial"
        cell, seconds = self.interrupted(call, after_s=self.chance.uniform(0, LATEST_S))
        self.seconds.setdefault((kind.title, process), []).append(seconds)
        looked = self.kernel.run(
            "print(len(partial.shots), len(partial.messages), partial.partial, partial is default_session().last)\n"
            "del partial"
        )
        self.judge(kind, cell, looked)
        self.look_afterwards(process)

    def interrupted(self, code: str, *, after_s: float) -> tuple[Cell, float]:
        """What the cell gave, and how long after the interrupt it had ended."""
        cell, sent = Cell(), [0.0]

        def interrupt() -> None:
            sent[0] = time.perf_counter()
            self.kernel.manager.interrupt_kernel()

        timers = iter([threading.Timer(after_s, interrupt)])
        started: list[threading.Timer] = []

        def take(message: dict[str, Any]) -> None:
            cell.take(message)
            if _SAID in cell.stdout:
                for timer in timers:
                    timer.start()
                    started.append(timer)

        reply = self.kernel.client.execute_interactive(code, output_hook=take, timeout=TIMEOUT_S)
        ended = time.perf_counter()
        cell.status = reply["content"]["status"]
        for timer in started:
            timer.join()
        return cell, ended - sent[0]

    def judge(self, kind: Kind, cell: Cell, looked: Cell) -> None:
        """Note where finished shots are missing: all that began have said so, and all but the last have finished."""
        begun = cell.stdout.count(_SAID)
        finished = range(begun - 1 + kind.unsaid, begun + 1)
        right = {f"{shots} {begun} True True\n" for shots in finished}
        shown = any("stopped before the end" in data["text/plain"] for data in cell.displayed)
        if cell.error_name != "KeyboardInterrupt" or looked.stdout not in right or not shown:
            said = f"{looked.stdout!r} {looked.error_text}, not one of {right}"
            self.wrong.append(f"{kind.title}: {cell.error_name} {cell.error_text} {cell.displayed} {said}")

    def look_afterwards(self, process: str) -> None:
        """Note where the next cells are wrong."""
        cell = self.kernel.run(f"%qir quick --name {process} --shots 3 --quiet -o later\nprint(later.returns, kept)")
        if cell.stdout != "[42, 42, 42] 7\n" or cell.stderr:
            self.wrong.append(f"afterwards: {cell.error_name} {cell.error_text} {cell.stdout!r} {cell.stderr!r}")

    def report(self) -> None:
        """Print the figures."""
        for kind in KINDS:
            each = {process: self.seconds.get((kind.title, process), []) for process in _PROCESSES}
            every = [*chain(*each.values())]
            print(f"{kind.title}: {figures(every)}")
            for process, seconds in each.items():
                print(f"  {process} process: {figures(seconds)}")
            reached = bool(every) and percentile_95(every) <= kind.at_most_s
            print(f"  95th percentile at most {1000 * kind.at_most_s:g} ms: {'yes' if reached else 'NO'}")
        print(f"engine processes at the end: {len(self.kernel.engines())}")
        print(f"wrong: {len(self.wrong)}", *self.wrong[:_SHOWN], sep="\n")


def percentile_95(seconds: list[float]) -> float:
    """Of twenty, one is longer."""
    return statistics.quantiles(seconds, n=_PERCENTILES, method="inclusive")[-1] if len(seconds) > 1 else max(seconds)


def figures(seconds: list[float]) -> str:
    """Their number, and what is typical and what is not."""
    if not seconds:
        return "no runs"
    median, late, most = (1000 * s for s in (statistics.median(seconds), percentile_95(seconds), max(seconds)))
    return f"{len(seconds)} runs, median {median:.0f} ms, 95th percentile {late:.0f} ms, at most {most:.0f} ms"


def main(runs: int, seed: int) -> int:
    """Interrupt each kind of run so often, print the figures; 1 where something is missing or wrong."""
    with tempfile.TemporaryDirectory() as folder:
        # Nobody's cache or history is to be filled.
        environment = {**os.environ, "QIRJIT_CACHE": folder, "QIRJIT_CACHE_MIB": "", "IPYTHONDIR": folder}
        manager, client = start_new_kernel(cwd=str(REPOSITORY / "notebooks"), env=environment)
        try:
            interrupts = Interrupts(Kernel(manager, client), random.Random(seed))  # noqa: S311 - no secret
            interrupts.prepare()
            for number in range(runs):
                for kind in KINDS:
                    interrupts.once(kind, _PROCESSES[number % 2])
            interrupts.report()
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return 1 if interrupts.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.benchmarks.interrupts", description=__doc__)
    parser.add_argument("--runs", type=int, default=100, help="so many of each kind")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.runs, given.seed))
