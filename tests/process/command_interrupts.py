"""Ctrl-C sent to the command line at random moments: ``python -m tests.process.command_interrupts --moments 100``.

The moments begin where the first lines of ours have put up their handler, or have gone on without one. Hooks in the new
process, put up by a `sitecustomize` of its own, tell by a pipe when that is, and how long those lines took; nothing in
the product knows of it.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.files import PROGRAMS, REPOSITORY

INTERRUPTED = 130
LIVENESS_S = 30.0
_HOOK = """
import os, sys, time
def tell():
    if descriptors:
        sys.setprofile(None)
        descriptor = descriptors.pop()
        os.write(descriptor, str(time.perf_counter() - began[0]).encode())
        os.close(descriptor)
def follow_calls(frame, event, called):
    if event == "c_return" and called.__name__ == "signal":
        tell()
def follow_modules(event, arguments):
    if descriptors and event == "exec":
        if arguments[0].co_filename.endswith("qirjit_magic/__init__.py"):
            began.append(time.perf_counter())
            sys.setprofile(follow_calls)
        elif began:  # it has gone on to another module: no handler will come
            tell()
began, descriptors = [], []
if "FIRST_LINE" in os.environ:
    descriptors.append(int(os.environ.pop("FIRST_LINE")))
    sys.addaudithook(follow_modules)
"""
_ENDLESS = (str(PROGRAMS / "slow_shots.ll"), "endless", "--format", "none")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended.

    Attributes:
        moment: seconds after the first line of ours at which it was interrupted.
        status: its exit status; negative where a signal ended it.
        errors: what it wrote to standard error.
    """

    moment: float
    status: int
    errors: str

    @property
    def right(self) -> bool:
        """Whether it ended as it should."""
        return self.status == INTERRUPTED and self.errors.count("\n") <= 1 and "Traceback" not in self.errors


class Commands:
    """Starts command lines, and waits for their first lines.

    Attributes:
        first_lines: the seconds that these took in each of them.

    Args:
        folder: for the hook.
        program: the command without its words: `python -m qirjit_magic`, or the script of the package.
    """

    def __init__(self, folder: Path, program: Sequence[str] = (sys.executable, "-m", "qirjit_magic")) -> None:
        self.first_lines: list[float] = []
        (folder / "sitecustomize.py").write_text(_HOOK)
        self._program = tuple(program)
        self._path = os.pathsep.join((str(folder), str(REPOSITORY)))

    def start(self, *words: str) -> tuple[subprocess.Popen[str], float]:
        """One that has carried out its first lines, and the seconds that it took until then."""
        reader, writer = os.pipe()
        began = time.perf_counter()
        process = subprocess.Popen(
            [*self._program, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            pass_fds=(writer,),
            env=os.environ | {"PYTHONPATH": self._path, "FIRST_LINE": str(writer)},
            start_new_session=True,
        )
        os.close(writer)
        with open(reader, "rb") as marker:  # noqa: PTH123 - a descriptor
            told = marker.read()
        assert told, process.communicate()
        self.first_lines.append(float(told))
        return process, time.perf_counter() - began

    def interrupted(self, moment: float, *, times: int = 1) -> Ending:
        """How an endless run ends that is interrupted then, as a terminal does it: with its whole process group."""
        process, _ = self.start(*_ENDLESS)
        with process:
            time.sleep(moment)
            for _ in range(times):
                os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=LIVENESS_S)
        return Ending(moment, process.returncode, errors)

    def seconds(self) -> tuple[float, float]:
        """How long Python takes to come to our first line, and from there until the program says something."""
        process, python = self.start(*_ENDLESS)
        with process:
            assert process.stdout is not None
            began = time.perf_counter()
            assert process.stdout.readline() == "running\n"
            ours = time.perf_counter() - began
            process.kill()
        return python, ours


def endings(commands: Commands, moments: int, seed: int) -> Iterator[Ending]:
    """How so many of them end, each interrupted at a random moment, every third one twice."""
    drawn = random.Random(seed)  # noqa: S311 - moments, no secret
    _, ours = commands.seconds()
    for number in range(moments):
        yield commands.interrupted(drawn.uniform(0, 1.3 * ours), times=1 + (number % 3 == 0))


def main() -> int:
    """Print how each ended; 1 where one did not end as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = Commands(Path(folder))
        python, ours = commands.seconds()
        found = list(endings(commands, given.moments, given.seed))
    share = python / (python + ours)
    print(f"Python's own start, in which an interrupt is Python's: {python:.3f} s, {share:.1%} of all moments")
    print(f"from there to the program's first message: {ours:.2f} s")
    print(f"our first lines, until Ctrl-C is looked after: at most {max(commands.first_lines) * 1e6:.0f} us of that")
    for (status, right), count in collections.Counter((end.status, end.right) for end in found).items():
        print(f"{count} x status {status}, {'right' if right else 'WRONG'}")
    for end in found:
        if not end.right:
            print(f"after {end.moment:.3f} s: {end}")
    return not all(end.right for end in found)


if __name__ == "__main__":
    sys.exit(main())
