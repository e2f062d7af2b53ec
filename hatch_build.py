"""Makes the kernels of the state-vector simulator when the package is built or installed in place."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_ROOM = "qirjit_magic.engine.simulators.statevector"


class KernelsHook(BuildHookInterface[Any]):
    """Runs Numba in a process of its own, which leaves ``kernels.ll`` beside the sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface's
        """Make the file, and have it packed although git ignores it."""
        subprocess.run([sys.executable, "-m", f"{_ROOM}.kernels"], cwd=self.root, check=True)
        build_data["artifacts"].append(f"{_ROOM.replace('.', '/')}/kernels.ll")
