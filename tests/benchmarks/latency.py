"""How long cells take in a warm kernel, through `run_cell` of a real IPython shell, beside an empty cell magic.

Run: ``python -m tests.benchmarks.latency [ROUNDS]``.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from qirjit_magic.session.default import default_session
from tests.files import program

DEPENDANTS, REPLAYED = 20, 50
_numbers = count()


class Shell:
    """An IPython shell with the extension and an empty cell magic."""

    def __init__(self) -> None:
        self._shell: Any = InteractiveShell.instance()
        self._shell.run_line_magic("load_ext", "qirjit_magic")
        self._shell.run_cell("from IPython.core.magic import register_cell_magic")
        self._shell.run_cell("@register_cell_magic\ndef empty(line, cell):\n    pass")

    def run(self, text: str) -> float:
        """Milliseconds that a cell takes."""
        with capture_output():
            before = time.perf_counter()
            result = self._shell.run_cell(text)
            seconds = time.perf_counter() - before
        result.raise_error()
        return 1000 * seconds


def define_users(shell: Shell, users: int) -> None:
    """Cells that use ``@number``, and one, ``@total``, that calls them all."""
    for index in range(users):
        text = f"declare i64 @number()\ndefine i64 @user{index}() {{\n  %x = call i64 @number()\n  ret i64 %x\n}}"
        shell.run(f"%%qir --no-run --name user{index}\n{text}")
    declared = "\n".join(f"declare i64 @user{index}()" for index in range(users))
    calls = "\n".join(f"  %x{index} = call i64 @user{index}()" for index in range(users))
    shell.run(f"%%qir --no-run --name total\n{declared}\ndefine i64 @total() {{\n{calls}\n  ret i64 %x0\n}}")


def new_number(shell: Shell) -> float:
    """Edit the cell that they use."""
    return shell.run(f"%%qir --no-run --name number\ndefine i64 @number() {{ ret i64 {next(_numbers)} }}")


def edit_and_run(shell: Shell) -> float:
    """Edit the cell that all others use, and run what calls them all."""
    return new_number(shell) + shell.run("%qir total --quiet")


def restart(shell: Shell) -> float:
    """Kill the engine, and run what reaches every module."""
    pid = default_session().status().pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # dead, and still its supervisor's to collect
    return shell.run("%qir total --quiet")


def measures(shell: Shell) -> Iterator[tuple[str, Callable[[], float], float | None]]:
    """What is measured, one call of it in milliseconds, and what it may take."""
    bell = program("Bell").decode()
    yield "empty cell magic", lambda: shell.run(f"%%empty\n{bell}"), None
    yield "unchanged Bell cell", lambda: shell.run(f"%%qir --name bell\n{bell}"), 5
    yield "new small cell", lambda: shell.run(f"%%qir --name bell\n{bell}\n; {next(_numbers)}"), 15
    define_users(shell, DEPENDANTS)
    yield f"edit a cell, relink its {DEPENDANTS} users and run", lambda: edit_and_run(shell), 60
    define_users(shell, REPLAYED - 3)
    new_number(shell)
    yield f"engine restart with {REPLAYED} cells", lambda: restart(shell), 1000


def main(rounds: int) -> None:
    """Print medians and ranges in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QIRJIT_CACHE"] = folder  # an empty one: a new cell is compiled, and kept
        _print_all(rounds)
        default_session().close()


def _print_all(rounds: int) -> None:
    shell = Shell()
    for name, measure, allowed in measures(shell):
        for _ in range(3):
            measure()
        times = [measure() for _ in range(rounds)]
        limit = "" if allowed is None else f" (at most {allowed:g})"
        print(f"{name}: median {median(times):.2f} ms{limit}, {min(times):.2f} to {max(times):.2f}")
    print(f"{len(default_session().modules)} modules")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
