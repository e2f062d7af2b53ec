"""This project before and after a change, alternating: ``python -m tests.benchmarks.paired OLD_TREE [NEW_TREE]``.

Each pair runs a row once with each tree's package, in two processes that stay warm; which of them goes first changes
from pair to pair. Printed are the medians, the median ratio of the pairs, and the 95 % interval of the ratio:
Student's t on the logarithms of the pairs' ratios. A row whose interval lies wholly above 1.05 is slower: then the
exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from statistics import fmean, median, stdev

from tests.benchmarks import load_extension
from tests.benchmarks.cases import CASES, Case
from tests.files import REPOSITORY, TUTORIAL_PROGRAMS

SLOWER = 1.05
_WORKER = Path(__file__).with_name("paired_worker.py")
_KERNELS = Path("qirjit_magic", "engine", "simulators", "statevector", "kernels.ll")
# Student's t for 97.5 %, by degrees of freedom; of more than there are here the last is a little too wide.
_T = (
    *(12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23),
    *(2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09),
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How long the new tree takes, against the old one.

    Attributes:
        median: of the pairs' ratios.
        low: the lower end of the 95 % interval.
        high: the upper one.
    """

    median: float
    low: float
    high: float

    @property
    def slower(self) -> bool:
        """Whether the interval lies wholly above `SLOWER`."""
        return self.low > SLOWER


def ratio_of(old: Sequence[float], new: Sequence[float]) -> Ratio:
    """The ratio of pairs that were measured side by side, two or more."""
    logarithms = [math.log(after / before) for before, after in zip(old, new, strict=True)]
    half = _T[min(len(logarithms) - 1, len(_T)) - 1] * stdev(logarithms) / math.sqrt(len(logarithms))
    middle = fmean(logarithms)
    return Ratio(math.exp(median(logarithms)), math.exp(middle - half), math.exp(middle + half))


class Tree:
    """A tree with the package in it, a cache and bytecode of its own and a process that is warm.

    Args:
        root: the tree.
        kept: the folder of its cache and its bytecode.
    """

    def __init__(self, root: Path, kept: str) -> None:
        if not (root / _KERNELS).exists():
            command = "python -m qirjit_magic.engine.simulators.statevector.kernels"
            raise SystemExit(f"{root} has no {_KERNELS}. Run there: {command}")
        self.root = root
        # One tree may have its bytecode already, and where Python is told to write none the other would compile all of
        # it at each start: half as long again.
        self._bytecode = str(Path(kept, "bytecode"))
        self.environment = self._environment(str(Path(kept, "objects")))
        self._worker: subprocess.Popen[str] | None = None

    def _environment(self, cache: str) -> dict[str, str]:
        own = {"PYTHONPATH": str(self.root), "PYTHONPYCACHEPREFIX": self._bytecode, "PYTHONDONTWRITEBYTECODE": ""}
        return os.environ | own | {"QIRJIT_CACHE": cache}

    def run(self, text: str, shots: int) -> float:
        """Seconds of one run of a program, as a user waits for it."""
        if self._worker is None:
            self._worker = subprocess.Popen(
                [sys.executable, "-P", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=self.environment,
                cwd=self.root,
            )
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps([text, shots]) + "\n")
        self._worker.stdin.flush()
        answer = self._worker.stdout.readline()
        if not answer:
            raise SystemExit(f"the process of {self.root} has ended; what it said stands above.")
        return float(answer)

    def command(self, *, new: bool) -> float:
        """Seconds of a command line; with an empty cache where it is new."""
        with tempfile.TemporaryDirectory() as empty:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "qirjit_magic", str(TUTORIAL_PROGRAMS / "Bell.ll")],
                check=True,
                stdout=subprocess.DEVNULL,
                env=self._environment(empty) if new else self.environment,
                cwd=self.root,
            )
            return time.perf_counter() - began

    def cell(self, *, first: bool) -> float:
        """Seconds of ``%load_ext`` in a new kernel, or until the first cell has run too, with an empty cache."""
        with tempfile.TemporaryDirectory() as empty:
            return load_extension.measure(environment=self._environment(empty))[first]

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.communicate()


Measure = Callable[[Tree], float]
_STARTS: dict[str, Measure] = {
    "command-line": lambda tree: tree.command(new=False),
    "command-line-new": lambda tree: tree.command(new=True),
    "load-extension": lambda tree: tree.cell(first=False),
    "hello-cell": lambda tree: tree.cell(first=True),
}


def _case(case: Case) -> Measure:
    text = cache(case.program)  # made when it is first run
    return lambda tree: tree.run(text(), case.shots)


ROWS: dict[str, Measure] = {**_STARTS, **{case.name: _case(case) for case in CASES}}


def measure(row: Measure, old: Tree, new: Tree, pairs: int) -> tuple[list[float], list[float]]:
    """The seconds of each tree, in the order of the pairs, after one run of each that is not counted."""
    taken: dict[Tree, list[float]] = {old: [], new: []}
    for tree in (old, new):
        row(tree)
    for pair in range(pairs):
        for tree in (old, new) if pair % 2 == 0 else (new, old):
            taken[tree].append(row(tree))
    return taken[old], taken[new]


def main() -> int:
    """Print a row for each case; 1 where one is slower."""
    parser = _parser()
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs is 2 or more")
    slower = []
    with ExitStack() as ends:
        old, new = (
            Tree(root.resolve(), ends.enter_context(tempfile.TemporaryDirectory())) for root in (given.old, given.new)
        )
        ends.callback(old.close)
        ends.callback(new.close)
        print(f"old: {old.root}\nnew: {new.root}")
        print(f"{given.pairs} pairs a row. Busy before it: a load of {os.getloadavg()[0]:.1f}.")
        for name in (name for name in ROWS if any(fnmatch(name, pattern) for pattern in given.cases)):
            before, after = measure(ROWS[name], old, new, given.pairs)
            ratio = ratio_of(before, after)
            slower += [name] if ratio.slower else []
            print(
                f"{name:18} {1000 * median(before):9.1f} ms {1000 * median(after):9.1f} ms  "
                f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f}){'  SLOWER' if ratio.slower else ''}",
                flush=True,
            )
    print(f"slower: {', '.join(slower)}" if slower else f"no row's interval lies wholly above {SLOWER}")
    return bool(slower)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.paired", description=__doc__)
    parser.add_argument("old", type=Path, metavar="OLD_TREE", help="the project before the change, built")
    parser.add_argument("new", type=Path, metavar="NEW_TREE", nargs="?", default=REPOSITORY, help="after it: this tree")
    parser.add_argument("--pairs", type=int, default=9, help="of each row, two or more (default %(default)s)")
    parser.add_argument(
        "--cases", nargs="+", default=["*"], metavar="NAME", help=f"patterns of these: {', '.join(ROWS)}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
