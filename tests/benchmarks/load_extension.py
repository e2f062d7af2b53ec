"""How long `%load_ext qirjit_magic` takes in a new kernel, and how soon after it Hello has said hello.

Run: ``python -m tests.benchmarks.load_extension [ROUNDS]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
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
get_ipython().run_cell_magic("qir", {flags!r}, {text!r})
first = time.perf_counter() - before
"""


def measure(
    text: str | None = None, *, flags: str = "--quiet", environment: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Seconds of the load, and from its beginning to the end of the first cell, in a kernel of their own.

    Args:
        text: of the cell, Hello where it is None.
        flags: of the cell.
        environment: of the kernel, that of this process where it is None.
    """
    manager, client = start_new_kernel(env=dict(environment or os.environ), stderr=subprocess.DEVNULL)
    try:
        kernel = Kernel(manager, client)
        kernel.run(_LOAD)
        first = kernel.run(_FIRST.format(flags=flags, text=program("Hello") if text is None else text))
        assert first.status == "ok", first.traceback
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
