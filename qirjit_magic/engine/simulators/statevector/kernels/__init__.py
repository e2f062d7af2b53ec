"""The kernels' source, in Numba: turned into ``kernels.ll`` when the package is built, never imported where it runs.

``python -m qirjit_magic.engine.simulators.statevector.kernels`` makes it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def kernels_digest() -> str:
    """The same for the same sources; the first line of ``kernels.ll`` has it."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
