"""A Jupyter server that ends with whoever started it: ``python -m tests.notebook.browser.launcher jupyterlab``."""

from __future__ import annotations

import ctypes
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

if __name__ == "__main__":
    # Also where that one is killed; the server then ends its kernels, and their engines with them.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
