"""``python -m tests.rewriting``: every program in every other way, and what is different; 1 where something is."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import qirjit_magic
from tests.files import REPOSITORY
from tests.rewriting.checking import Checked, check_here, open_session
from tests.rewriting.programs import Program, left_out, programs
from tests.rewriting.rewritings import REWRITINGS


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _with_product_of(tree: Path, arguments: list[str]) -> int:
    # In another process, which finds its package before ours, and none of its tests
    with TemporaryDirectory() as folder:
        (Path(folder) / "qirjit_magic").symlink_to((tree / "qirjit_magic").resolve(strict=True))
        environment = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}"}
        return subprocess.call(
            [sys.executable, "-P", "-m", "tests.rewriting", *arguments, "--product", ""], env=environment
        )


class _Summary:
    """What came out so far, and what it took."""

    def __init__(self) -> None:
        self.found = list[str]()
        self.reasons = Counter[str]()
        self.programs = Counter[str]()
        self.tried = Counter[str]()
        self.seconds = Counter[str]()

    def count(self, program: Program, checked: Checked, seconds: float) -> None:
        """Count a program, and say what is different about it."""
        for difference in checked.differences:
            self.found.append(f"{program.name}, {difference}")
            _say(f"DIFFERENT {self.found[-1]}")
        self.reasons.update(f"{name}: {reason}" for name, reason in checked.left_out)
        self.programs[program.folder] += 1
        self.tried[program.folder] += checked.tried
        self.seconds[program.folder] += seconds  # type: ignore[assignment]  # a sum of seconds, not a count

    def write(self, took: float) -> None:
        """Say all of it."""
        for reason, times in sorted(self.reasons.items()):
            _say(f"not tried, {times} times: {reason}")
        for folder, number in self.programs.items():
            _say(f"{folder}: {number} programs, {self.tried[folder]} rewritings, {self.seconds[folder]:.0f} s")
        for line in sorted(self.found):
            _say(f"DIFFERENT {line}")
        _say(
            f"{self.programs.total()} programs, {self.tried.total()} rewritings, "
            f"{len(self.found)} differences, {took:.0f} s"
        )


def main(arguments: list[str]) -> int:
    """Check them all, and print what is different."""
    parser = argparse.ArgumentParser(prog="python -m tests.rewriting")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="programs whose folder and name have this in them")
    parser.add_argument("--rewriting", choices=REWRITINGS, action="append")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time, each with an engine of its own")
    parser.add_argument("--product", default="", help="another tree of the project, whose product is checked")
    options = parser.parse_args(arguments)
    if options.product:
        return _with_product_of(Path(options.product), arguments)
    _say(f"the product in {Path(qirjit_magic.__file__).parent.resolve()}")
    begin, summary = time.monotonic(), _Summary()
    chosen = [program for program in programs() if options.only in program.name]
    for name, reason in left_out():
        if options.only in name:
            _say(f"left out: {name}: {reason}")
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), open_session) as pool:
        names = tuple(options.rewriting or REWRITINGS)
        awaited = {
            pool.submit(check_here, f"{i}/{len(chosen)} {program.name}", program.path, names, options.seed): program
            for i, program in enumerate(chosen, 1)
        }
        for done in as_completed(awaited):
            summary.count(awaited[done], *done.result())
    summary.write(time.monotonic() - begin)
    return 1 if summary.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
