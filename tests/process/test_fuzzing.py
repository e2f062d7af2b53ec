"""Mutations of real programs for a fixed time: each ends in a result or a `QirError`; the kernel lives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.files import REPOSITORY
from tests.fuzzing.seeds import read_seeds

SECONDS = float(os.environ.get("QIRJIT_FUZZ_SECONDS", "20"))
MUTATIONS_AT_LEAST = 50
MORE_S = 240.0  # to start, and to end what is in hand


def _fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzzing", *arguments]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=SECONDS + MORE_S, check=False
    )


@pytest.mark.timeout(SECONDS + MORE_S)
def test_nothing_that_is_done_to_a_program_is_more_than_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = _fuzz("--seconds", str(SECONDS), "--folder", str(tmp_path))
    with capsys.disabled():
        print(f"\n{done.stdout}")  # noqa: T201 - the report
    assert done.returncode == 0, done.stderr
    assert "findings: 0" in done.stdout
    counted = re.search(r"([\d,]+) mutations in", done.stdout)
    assert counted is not None
    assert int(counted[1].replace(",", "")) >= MUTATIONS_AT_LEAST


def test_a_mutation_is_replayed_and_written_down(tmp_path: Path) -> None:
    first, again = (_fuzz("--seed", "9", "--only", "4", "--folder", str(tmp_path / name)) for name in ("a", "b"))
    assert first.returncode == again.returncode == 0
    (one,), (other,) = (list((tmp_path / name).iterdir()) for name in ("a", "b"))
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_no_mutation_is_made_of_machine_code_or_functions_of_the_system() -> None:
    # Mutants run; whatever they are, they shall not be asked to call the system.
    seeds = read_seeds()
    assert len(seeds.texts) > 50
    assert len(seeds.bitcodes) > 20
    assert not {b"asm", b"syscall"} & {*seeds.words["word"]}
    assert not {b"@system", b"@open", b"@fork", b"@kill", b"@unlink", b"@syscall", b"@socket"} & {*seeds.words["name"]}
