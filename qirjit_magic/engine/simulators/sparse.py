"""The sparse simulator that the package qirrunner brings, and the QIR runtime library in the same file."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Callable
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from qirjit_magic.engine.codegen.builtin_objects import builtin_object
from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import link_texts
from qirjit_magic.engine.runtime.bindings import declared_name, read_ir
from qirjit_magic.engine.simulators.shared_library import AttachedSimulator, SharedLibrary
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.simulator_specs import SPARSE, SimulatorSpec

_STATE = "STATE: "
_OPTIMISED = 2
_FILES = ("results.ll", "rotations.ll", "draws.ll")


def qirrunner_library() -> str:
    """The path of qirrunner's extension module, found without importing it.

    Raises:
        SimulatorError: qirrunner is not installed, or its library is not where it used to be.
    """
    package = importlib.util.find_spec("qirrunner")  # of a module in it, Python would import the package
    folders = package.submodule_search_locations or [] if package else []
    for folder in map(Path, folders):
        for suffix in EXTENSION_SUFFIXES:
            if (found := folder / f"_native{suffix}").is_file():
                return str(found)
    message = "the package qirrunner, which brings the simulator, is not installed: pip install qirrunner."
    raise SimulatorError(message)


@cache
def results_object() -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """The object code of what stands over the library: what it needs of others, and what it has instead of its own."""
    module = link_texts(*(Path(__file__).with_name(name).read_text("utf-8") for name in _FILES))
    module.verify()
    needs = tuple(f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm."))
    offers = tuple(function.name for function in module.functions if "/" in function.name)
    return builtin_object("results", lambda: ObjectEmitter().emit(module, _OPTIMISED)), needs, offers


class SparseSimulator(AttachedSimulator):
    """qirrunner's simulator in this thread.

    Its public way to seed is ``run_bytes``, which also makes it keep what it prints until the next ``run_bytes``: so a
    program that does nothing is run to seed, and to fetch the text of the state dumps.
    """

    holds_dumps = True

    def __init__(self, library: SharedLibrary, spec: SimulatorSpec = SPARSE) -> None:
        self.spec = spec
        self._library = library
        self._nothing = read_ir("nothing.ll").encode()
        object_code, needs, offers = results_object()
        c_library = SharedLibrary(None)
        symbols = {name: ExternalSymbol(library.find(name) or c_library.find(name)) for name in needs}
        self._linked = LinkedObject(object_code, symbols)
        self._own = {declared_name(name): self._linked.address(name) for name in offers}

    def find(self, name: str) -> int:
        """The address of one of its QIR functions."""
        return self._own.get(name) or self._library.find(name)

    def bind_runtime(self, find: Callable[[str], int]) -> None:
        """Bind the runtime's function that leaves a shot."""
        ctypes.c_void_p.from_address(self._linked.address("qirjit_leave_at")).value = find("qirjit_leave")

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
