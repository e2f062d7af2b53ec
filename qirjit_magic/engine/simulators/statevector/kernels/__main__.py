"""Makes ``kernels.ll``: ``python -m qirjit_magic.engine.simulators.statevector.kernels [FILE]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Before Numba is imported: the same text on every machine, for whichever the engine compiles it.
os.environ.update(
    NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="", NUMBA_LOOP_VECTORIZE="0", NUMBA_SLP_VECTORIZE="0", NUMBA_OPT="0"
)

from qirjit_magic.engine.simulators.statevector.kernels.extraction import kernels_text

if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "kernels.ll"
    target.write_text(kernels_text(), "utf-8")
