"""One mutant put into a copy of the repository, and its tests run there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.files import REPOSITORY
from tests.mutants.catalogue import Mutant
from tests.mutants.places import mutated

PACKAGE = "qirjit_magic"
_COPIED = (PACKAGE, "tests", "notebooks", "labextension")
_MAKE_KERNELS = ("-m", "qirjit_magic.engine.simulators.statevector.kernels")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
_BEGUN = re.compile(r"^(tests/[^\s:]+::\S+)", re.MULTILINE)
_PASSED, _SOME_FAILED = 0, 1
_KERNELS_S = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        mutant: the bug.
        killer: the test that has seen it, with how it ended where it did not simply fail; empty where none has.
        problem: why that is not known, empty where it is.
    """

    mutant: Mutant
    killer: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """How pytest ended.

    Attributes:
        status: its exit status, the signal that it died of as a negative number, or None: it took too long.
        output: what it printed.
    """

    status: int | None
    output: str


def try_mutant(mutant: Mutant, *, limit_s: float) -> Verdict:
    """Put it into a copy, and run its tests there until one fails.

    Args:
        mutant: the bug.
        limit_s: how long its tests may take: longer is as good as a failure.

    Raises:
        NotFoundError: it is not in the sources.
    """
    with _copy() as copy:
        file, content = mutated(mutant, copy / PACKAGE)
        (copy / PACKAGE / file).write_bytes(content)
        if mutant.of_kernels:
            made = _python(copy, *_MAKE_KERNELS, limit_s=_KERNELS_S)
            if made.status != _PASSED:
                return Verdict(mutant, "", f"its kernels cannot be made: {_last_line(made.output)}")
        return verdict(mutant, _test(copy, mutant.tests, "-x", limit_s=limit_s))


def failures(mutants: Iterable[Mutant], *, limit_s: float) -> list[str]:
    """Which of their tests fail without any mutant, or what else is wrong then; nothing, as it should be."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with _copy() as copy:
        where = _python(copy, "-c", f"import {PACKAGE}; print({PACKAGE}.__file__)", limit_s=limit_s)
        if Path(where.output.strip()) != copy / PACKAGE / "__init__.py":
            return [f"the tests would not use the copy in {copy}, but {where.output.strip()}"]
        run = _test(copy, tests, limit_s=limit_s * len(tests))
    if run.status == _PASSED:
        return []
    return _FAILED.findall(run.output) or [f"pytest ended with {run.status}: {_last_line(run.output)}"]


def verdict(mutant: Mutant, run: Run) -> Verdict:
    """What a run of its tests says of a mutant."""
    begun = _BEGUN.findall(run.output)
    last = begun[-1] if begun else "pytest"
    if run.status is None:
        return Verdict(mutant, f"{last} (takes too long)")
    if run.status < 0:
        return Verdict(mutant, f"{last} (dies of {signal.Signals(-run.status).name})")
    if run.status == _PASSED:
        return Verdict(mutant, "")
    failed = _FAILED.search(run.output)
    if run.status != _SOME_FAILED or failed is None or "::" not in failed[1]:
        return Verdict(mutant, "", f"its tests cannot be run: pytest ended with {run.status}: {_last_line(run.output)}")
    return Verdict(mutant, failed[1])


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["without a word"])[-1]


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="qirjit-mutant-", ignore_cleanup_errors=True) as made:
        copy = Path(made).resolve()
        for folder in _COPIED:
            shutil.copytree(REPOSITORY / folder, copy / folder, ignore=shutil.ignore_patterns(".fuzzing"))
        for file in REPOSITORY.glob("*.*"):
            if file.is_file():
                shutil.copy2(file, copy)
        yield copy


def _test(copy: Path, tests: Iterable[str], *options: str, limit_s: float) -> Run:
    without = ("-p", "no:randomly", "-p", "no:cacheprovider")
    always = ("-v", "-rfE", "--no-header", "--tb=line", "--hypothesis-seed=0", *without)
    return _python(copy, "-m", "pytest", *always, *options, *tests, limit_s=limit_s)


def _python(copy: Path, *arguments: str, limit_s: float) -> Run:
    # The current folder and PYTHONPATH come before everything that is installed; so they do for the engine process.
    environment = {**os.environ, "PYTHONPATH": str(copy), "QIRJIT_CACHE": "off", "COLUMNS": "1000"}
    with (copy / "output").open("w+b") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status: int | None = None
        try:
            status = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        output.seek(0)
        return Run(status, output.read().decode("utf-8", "replace"))
