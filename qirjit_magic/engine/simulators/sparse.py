"""The sparse simulator that the package qirrunner brings, and the QIR runtime library in the same file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.engine.simulators.library import SharedLibrary
from qirjit_magic.errors import SimulatorError
from qirjit_magic.wire.simulators import SPARSE, SimulatorSpec

_STATE = "STATE: "


def qirrunner_library() -> str:
    """The path of qirrunner's extension module, found without importing it.

    Raises:
        SimulatorError: qirrunner is not installed, or its library is not where it used to be.
    """
    spec = importlib.util.find_spec("qirrunner._native")
    if spec is None or not spec.origin or not Path(spec.origin).is_file():
        message = "the package qirrunner, which brings the simulator, is not installed: pip install qirrunner."
        raise SimulatorError(message)
    return spec.origin


class SparseSimulator:
    """qirrunner's simulator in this thread.

    Its public way to seed is ``run_bytes``, which also makes it keep what it prints until the next ``run_bytes``: so a
    program that does nothing is run to seed, and to fetch the text of the state dumps.
    """

    holds_dumps = True

    def __init__(self, library: SharedLibrary, spec: SimulatorSpec = SPARSE) -> None:
        self.spec = spec
        self._library = library
        self._nothing = read_ir("nothing.ll").encode()

    def find(self, name: str) -> int:
        """The address of one of its QIR functions."""
        return self._library.find(name)

    def begin(self, seed: int | None) -> None:
        """A run begins: its random stream starts anew where there is a seed; text that was left over is dropped."""
        self._run_nothing(seed)

    def take_dumps(self) -> list[str]:
        """The text of each state dump since the last call, without the final newline."""
        dumps: list[str] = []
        pending: list[str] = []
        for line in self._run_nothing(None).splitlines():
            if line.startswith(("START", "METADATA\t", "END\t")):
                continue
            pending.append(line)
            if line.startswith(_STATE):
                dumps.append("\n".join(pending))
                pending.clear()
        return dumps

    def _run_nothing(self, seed: int | None) -> str:
        import qirrunner  # noqa: PLC0415 - 30 ms that an engine with another simulator does not need

        printed: list[str] = []
        qirrunner.run_bytes(self._nothing, None, 1, seed, lambda output: printed.append(str(output)))
        return "".join(printed)
