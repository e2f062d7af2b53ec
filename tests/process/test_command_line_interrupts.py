"""Ctrl-C and the command line: status 130 at any moment from our first line on, and no traceback."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.files import PROGRAMS, REPOSITORY
from tests.process.command_interrupts import INTERRUPTED, Commands, endings
from tests.process.support import LIVENESS_S

SCRIPT = (
    "import sys; sys.argv[0] = '/usr/bin/qirjit'\n"  # what the script of the package does
    "from qirjit_magic.__main__ import main\nsys.exit(main())"
)
MOMENTS = int(os.environ.get("QIRJIT_MOMENTS", "12"))


def test_an_interrupt_at_any_moment_is_status_130_without_a_traceback(tmp_path: Path) -> None:
    found = list(endings(Commands(tmp_path), MOMENTS, seed=int(time.time())))
    assert [end for end in found if not end.right] == []


def test_an_interrupt_at_our_first_lines_is_status_130(tmp_path: Path) -> None:
    for program in ((sys.executable, "-m", "qirjit_magic"), (sys.executable, "-c", SCRIPT)):
        found = Commands(tmp_path, program).interrupted(0)
        assert (found.status, found.errors) == (INTERRUPTED, "")


@pytest.mark.parametrize("words", [("notebook", str(PROGRAMS / "add.ll"), "-o", "-"), ("--help",)])
def test_a_command_that_is_done_before_the_interrupt_says_all_that_it_had_to_say(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    commands = Commands(tmp_path)
    process, _ = commands.start(*words)
    began = time.perf_counter()
    whole = process.communicate(timeout=LIVENESS_S)[0]
    took = time.perf_counter() - began
    for part in (0.5, 0.97, 1.0):
        process, _ = commands.start(*words)
        time.sleep(part * took)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=LIVENESS_S)
        assert errors == ""
        assert process.returncode == INTERRUPTED or (process.returncode, output) == (0, whole)


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupt_ends_what_waits_for_a_reader_that_does_not_read(times: int) -> None:
    words = [sys.executable, "-m", "qirjit_magic", str(PROGRAMS / "floods.ll"), "messages", "--args", "1000000"]
    with subprocess.Popen(
        [*words, "--format", "none"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # less than is shown of a flood
        assert process.stdout.read(1)
        time.sleep(0.5)  # the pipe is full long before
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        assert process.wait(LIVENESS_S) == INTERRUPTED
        assert b"Traceback" not in process.stderr.read()


def test_an_interrupt_that_is_ignored_stays_ignored_while_nothing_runs() -> None:
    # As a shell starts what goes on behind it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "qirjit_magic", "--help"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)
        output, errors = process.communicate(timeout=LIVENESS_S)
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("usage: qirjit ")
