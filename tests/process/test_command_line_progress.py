"""``qirjit`` on a terminal and not: a bar while it runs, and how long each step took."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

from tests.files import PROGRAMS, REPOSITORY
from tests.process.support import LIVENESS_S

SLOW = PROGRAMS / "slow_shots.ll"
BELL = REPOSITORY / "notebooks" / "programs" / "Bell.ll"
FAILED, INTERRUPTED = 3, 130


def run(*words: str | Path, terminal: bool, interrupt: bool = False) -> tuple[int, str, str]:
    """Exit status, output and errors of the command, whose errors may go to a terminal."""
    ours, theirs = os.openpty() if terminal else os.pipe()
    if terminal:
        termios.tcsetwinsize(theirs, (24, 80))
    command = [sys.executable, "-m", "qirjit_magic", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, cwd=REPOSITORY, text=True) as process:
        os.close(theirs)
        hanging = threading.Timer(LIVENESS_S, process.kill)
        hanging.start()
        written = b""
        with contextlib.suppress(OSError):  # how Linux says that nobody has the other end any more
            while chunk := os.read(ours, 1 << 16):
                written += chunk
                if interrupt and b"| 1/5 [" in written:
                    interrupt = False
                    process.send_signal(signal.SIGINT)
        output = process.stdout.read() if process.stdout else ""
        hanging.cancel()
    os.close(ours)
    return process.returncode, output, written.decode().replace("\r\n", "\n")


def test_on_a_terminal_a_long_run_has_a_bar_that_is_gone_at_its_end() -> None:
    words = (SLOW, "second_shot_endless", "--shots", "5", "--timeout", "1.5", "--format", "counts")
    status, output, errors = run(*words, terminal=True)
    assert (status, output) == (FAILED, "")
    steps = errors.split("\r")
    bar = r" +0%\|.*\| 0/5 \[00:0\d<\?, \?shot/s\]| 20%\|.*\| 1/5 \[00:0\d<00:\d\d, .*s/shot\]"
    assert all(re.fullmatch(bar, step) for step in steps[1:-2]), steps
    assert "1/5" in steps[-3]
    assert len(steps) > 3
    assert not steps[-2].strip()  # it is wiped out
    assert steps[-1].startswith("qirjit: the run was stopped after 1.5 s")


def test_no_bar_is_drawn_where_the_errors_go_to_a_file() -> None:
    status, _, errors = run(SLOW, "endless", "--timeout", "1.5", terminal=False)
    assert status == FAILED
    assert errors.startswith("qirjit: the run was stopped after 1.5 s")


def test_a_short_run_and_a_quiet_one_have_none() -> None:
    words = (SLOW, "quick", "--simulator", "sparse", "--method", "live", "--format", "counts")
    assert any(run(*words, terminal=True)[2] == "" for _ in range(3))  # on a busy machine one may take a second
    assert "%" not in run(SLOW, "endless", "--timeout", "1.5", "--quiet", terminal=True)[2]


def test_an_interrupt_ends_the_run_and_its_bar() -> None:
    status, output, errors = run(
        SLOW, "second_shot_endless", "--shots", "5", "--format", "ordered", terminal=True, interrupt=True
    )
    assert status == INTERRUPTED
    assert output.count("END\t0\n") == 1
    assert errors.split("\r")[-1].strip() == "qirjit: interrupted after 1 of 5 shots."


def test_time_is_told_aside_and_the_output_stays_what_it_is() -> None:
    words = (BELL, "--shots", "2000", "--seed", "1", "--format", "counts")
    _, plain, nothing = run(*words, terminal=False)
    status, output, errors = run(*words, "--time", terminal=False)
    assert (status, output, nothing) == (0, plain, "")
    plan, *steps = errors.splitlines()
    assert plan.startswith("qirjit: sampled shots on the simulator 'statevector': ")
    names = [line.split()[0] for line in steps]
    assert names[0] == "start"
    assert names[-3:] == ["decode", "rest", "total"]
    assert "sample" in names
    assert run(*words, "--time", "--quiet", terminal=False)[1] == ""
    assert "link" not in run(BELL, "--no-run", "--time", terminal=False)[2]


def test_what_is_not_needed_is_not_imported() -> None:
    code = (
        "import sys; from qirjit_magic.cli import main; main(sys.argv[1:]); "
        "print([name for name in ('tqdm', 'IPython', 'ipywidgets') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(BELL), "--format", "none"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout == "[]\n"
