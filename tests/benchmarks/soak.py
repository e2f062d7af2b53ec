"""Ten thousand cells in one real kernel, one in fifty of them hostile: right answers, memory, descriptors.

Run: ``python -m tests.benchmarks.soak [--cells 10000]``; the exit status is 1 where something is not as it should be.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil
from jupyter_client.manager import start_new_kernel

from tests.files import REPOSITORY
from tests.notebook.kernels import Cell, Kernel, program

WARM_UP = 500
HOSTILE_EVERY = 50
GROWTH_MIB = 30.0
_MIB = 1 << 20
_SHOWN = 20
_LOOKS, _POLL_S = 20, 0.02
_RECOMPILED_S = 15.0


@dataclass(frozen=True, slots=True)
class Step:
    """A cell, and what it must give.

    Attributes:
        code: the cell.
        printed: what it prints; None for anything.
        error: the error it ends in; empty for none.
    """

    code: str
    printed: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the kernel's process holds.

    Attributes:
        mib: its resident memory.
        descriptors: how many are open.
        engines: how many engine processes it has.
    """

    mib: float
    descriptors: int
    engines: int


@dataclass
class Soak:
    """One kernel, and what came of its cells."""

    kernel: Kernel
    number: int = 0
    returned: int = 0
    wrong: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    seconds: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})

    def run(self, count: int) -> None:
        """So many cells more."""
        for _ in range(count):
            self.number += 1
            hostile = self.number % HOSTILE_EVERY == 0
            step = self._hostile() if hostile else self._honest()
            began = time.perf_counter()
            cell = self.kernel.run(step.code)
            self.seconds[hostile].append(time.perf_counter() - began)
            self.ends[cell.error_name or "ok"] += 1
            self.judge(step, cell)

    def judge(self, step: Step, cell: Cell) -> None:
        """Note what a cell gave where it is not what the step says."""
        right = cell.error_name == step.error and step.printed in {None, cell.stdout}
        if not right or cell.stderr:
            said = f"{cell.error_name} {cell.error_text} {cell.stdout!r} {cell.stderr!r}"
            self.wrong.append(f"cell {self.number}:\n{step.code[:200]}\n{said[:1000]}")

    def _honest(self) -> Step:
        number = self.number
        match number % 5:
            case 0:  # an edited cell; what uses it is bound to it anew
                self.returned = number
                return Step(_NUMBER.format(number))
            case 1:
                return Step("%qir user --quiet -o r\nprint(r.returns)", f"[{self.returned}]\n")
            case 2:
                return Step(f"{_COINS}\nprint(r.counts() == coins)", "True\n")
            case 3:
                return Step(f"{_FLIP}\n; {number}")
            case _:
                return Step("print(r.counts())", "{'1': 10}\n")

    def _hostile(self) -> Step:
        kinds = (*_CRASHES, *_OTHERS)
        header, name, error = kinds[self.number // HOSTILE_EVERY % len(kinds)]
        # Each is another module: one that ends its engine again and again is to be refused.
        return Step(f"%%qir --name hostile --quiet {header}\n{program(name)}\n; {self.number}", error=error)

    def held(self) -> Held:
        """What the kernel's process holds now, with the last result a small one and nothing left to collect."""
        self.kernel.run(f"{_COINS}\nimport gc; gc.collect()")
        self._wait_for_recompiling()
        process = self.kernel.process
        descriptors = min(self._descriptors(process) for _ in range(_LOOKS))  # IPython's history opens one at times
        return Held(process.memory_info().rss / _MIB, descriptors, len(self.kernel.engines()))

    def _wait_for_recompiling(self) -> None:
        # What compiles for the disk in the background comes and goes.
        end = time.monotonic() + _RECOMPILED_S
        while len(self.kernel.engines()) > 1 and time.monotonic() < end:
            time.sleep(_POLL_S)

    @staticmethod
    def _descriptors(process: psutil.Process) -> int:
        time.sleep(_POLL_S)
        return int(process.num_fds())

    def restarts(self) -> int:
        """How many engine processes came after the first."""
        self.kernel.run("from qirjit_magic.session.default import default_session")
        return int(self.kernel.value("default_session().status().restarts"))


_COINS = "%qir coins --shots 20 --seed 5 --quiet -o r"
_NUMBER = "%%qir --no-run --name number\ndefine i64 @number() {{ ret i64 {} }}"
_FLIP = f"%%qir --name flip --shots 10 --quiet -o r\n{program('flip_and_measure')}"
_USER = f"%%qir --no-run --name user\n{program('number_user')}"
_CRASHES = tuple(
    (f"--entry {entry}", "crashes", "WorkerCrashedError")
    for entry in (
        "store_to_16",
        "load_from_null",
        "call_null",
        "recurse",
        "divide_by_zero",
        "trap",
        "allocate_too_much",
    )
)
_OTHERS = (
    ("--timeout 0.2", "endless", "RunTimeoutError"),
    ("--entry messages --args 50000", "floods", ""),
    ("--entry numbers --args 200000", "floods", ""),
    ("--entry long_message --args 20", "floods", ""),
    ("", "refused/value_without_definition", "QirSyntaxError"),
    ("", "refused/gate_of_another_type", "SignatureError"),
    ("", "refused/functions_of_nobody", "UnresolvedSymbolError"),
    ("--strict", "refused/strict_base_measures_first", "ProfileError"),
    ("--entry fails", "failing", "ProgramFailedError"),
)


def _prepare(soak: Soak) -> None:
    coins = f"%%qir --no-run --name coins\n{program('coins')}"
    once = f"{_COINS}\ncoins = r.counts()"
    for code in ("%load_ext qirjit_magic", coins, once, _NUMBER.format(0), _USER):
        cell = soak.kernel.run(code)
        assert cell.status == "ok", (code, cell)


def main(cells: int) -> int:
    """Run them, print the figures; 1 where an answer is wrong or something grew."""
    with tempfile.TemporaryDirectory() as folder:
        # Nobody's cache or history is to be filled.
        environment = {**os.environ, "QIRJIT_CACHE": folder, "QIRJIT_CACHE_MIB": "", "IPYTHONDIR": folder}
        manager, client = start_new_kernel(cwd=str(REPOSITORY / "notebooks"), env=environment)
        try:
            return _soak(Soak(Kernel(manager, client)), cells)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _soak(soak: Soak, cells: int) -> int:
    began = time.perf_counter()
    _prepare(soak)
    soak.run(min(WARM_UP, cells))
    before = soak.held()
    print(f"after {soak.number:,} cells: {before}", flush=True)
    while soak.number < cells:
        soak.run(min(1000, cells - soak.number))
        print(f"after {soak.number:,} cells: {soak.held()}, {len(soak.wrong)} wrong answers", flush=True)
    after = soak.held()
    growth = after.mib - before.mib
    print(f"\n{cells:,} cells in {time.perf_counter() - began:,.0f} s, of them {len(soak.seconds[True]):,} hostile")
    for hostile, times in soak.seconds.items():
        if times:
            middle = sorted(times)[len(times) // 2]
            print(
                f"{'hostile' if hostile else 'honest'} cells: median {1000 * middle:.1f} ms, at most {max(times):.2f} s"
            )
    print(f"ends: {dict(soak.ends.most_common())}")
    print(f"engine restarts: {soak.restarts()}")
    print(f"kernel: {growth:+.1f} MiB (at most {GROWTH_MIB:g}), {after.descriptors - before.descriptors:+} descriptors")
    print(f"wrong answers: {len(soak.wrong)}", *soak.wrong[:_SHOWN], sep="\n")
    return 1 if soak.wrong or growth > GROWTH_MIB or after.descriptors > before.descriptors else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m tests.benchmarks.soak", description=__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    sys.exit(main(parser.parse_args().cells))
