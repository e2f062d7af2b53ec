"""How long `%load_ext qirjit_magic` takes in a new kernel, and how soon after it Hello has said hello.

Run: ``python -m tests.benchmarks.load_extension [ROUNDS]``.
"""

from __future__ import annotations

import sys
from statistics import median

from jupyter_client.manager import start_new_kernel

from tests.notebook.kernels import Kernel, program

_LOAD = """
import time
before = time.perf_counter()
get_ipython().run_line_magic("load_ext", "qirjit_magic")
loaded = time.perf_counter() - before
"""
_FIRST = """
get_ipython().run_cell_magic("qir", "--quiet", {text!r})
first = time.perf_counter() - before
"""


def measure() -> tuple[float, float]:
    """Seconds of the load, and from its beginning to the end of the first run, in a kernel of their own."""
    manager, client = start_new_kernel()
    try:
        kernel = Kernel(manager, client)
        kernel.run(_LOAD)
        kernel.run(_FIRST.format(text=program("Hello")))
        return float(kernel.value("loaded")), float(kernel.value("first"))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main(rounds: int) -> None:
    """Print medians and ranges in milliseconds."""
    figures = list(zip(*(measure() for _ in range(rounds)), strict=True))
    for name, seconds in zip(("%load_ext", "%load_ext to the first result"), figures, strict=True):
        milliseconds = [1000 * s for s in seconds]
        print(f"{name}: median {median(milliseconds):.0f} ms, {min(milliseconds):.0f} to {max(milliseconds):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
