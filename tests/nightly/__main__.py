"""What takes too long for each change: the wide forms of tests, one after the other, with a table of how each ended.

``python -m tests.nightly`` runs all parts, ``--only fuzzing`` one of them, ``--list`` says what there is; status 1 says
that one has failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).parents[2]


class Part(NamedTuple):
    """A part of the night.

    Attributes:
        words: what Python is to run.
        environment: the variables that make it wide.
    """

    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


PARTS = {
    "fuzzing": Part(("-m", "tests.fuzzing", "--seconds", "1800", "--jobs", "2")),
    "mutants": Part(("-m", "tests.mutants", "--jobs", "2")),
    "circuits": Part(("-m", "tests.circuits", "--circuits", "1000")),
    "agreement": Part(("-m", "tests.circuits.agreement", "--programs", "2000")),
    "rewriting": Part(("-m", "tests.rewriting")),
    "modules": Part(("-m", "pytest", "-q", "tests/process/test_model.py"), (("QIRJIT_MODEL_RUNS", "2000"),)),
    "platforms": Part(
        ("-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-k", "portable", "tests/process"),
        (("QIRJIT_EVERY_PLATFORM", "1"),),
    ),
    "interrupts": Part(("-m", "tests.benchmarks.interrupts")),
    "command": Part(("-m", "tests.process.command_interrupts", "--moments", "1000")),
    "soak": Part(("-m", "tests.benchmarks.soak")),
    "flood": Part(("-m", "tests.benchmarks.flood")),
}


def main(words: list[str] | None = None) -> int:
    """Run the parts that are asked for; 1 where one has failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; several times for several")
    parser.add_argument("--list", action="store_true", help="say what there is")
    asked = parser.parse_args(words)
    names = asked.only or [*PARTS]
    if asked.list:
        print(*(f"{name}: python {' '.join(PARTS[name].words)}" for name in names), sep="\n")
        return 0
    ended = {name: _run(PARTS[name]) for name in names}
    for name, (status, seconds) in ended.items():
        print(f"{name:12} {'passed' if status == 0 else f'FAILED with status {status}':26} {seconds:7.0f} s")
    return int(any(status for status, _ in ended.values()))


def _run(part: Part) -> tuple[int, float]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *part.words], cwd=_ROOT, env=os.environ | dict(part.environment), check=False
    )
    return done.returncode, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
