"""Any shared library with QIR symbols, as a simulator."""

from __future__ import annotations

import ctypes
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection

from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.simulator_specs import KNOWN_INITIALISERS, SimulatorSpec
from qirjit_magic.sandbox.readable_paths import VARIABLE

_NOT_OPENED = "cannot open shared object file"  # of glibc, whatever the reason was
_HINT = (
    f" Behind the fence it can open the libraries beside it and the system's: name folders of others in the "
    f"environment variable {VARIABLE}, with {os.pathsep} between them, and start a new session."
)


class AttachedSimulator(ABC):
    """A simulator as the engine runs programs on one: by the addresses of its functions of QIR.

    Each kind of simulator is a class derived from it; `qirjit_magic.Simulator`, which people derive from, is not: a
    `PythonSimulator` makes native functions of its methods.

    A simulator is attached once to a process. Then `bind_runtime` is called once, and for each run `begin`, the shots,
    and `end`, all in one thread.

    Attributes:
        spec: which it is.
        holds_dumps: whether `take_dumps` has the text of state dumps, which otherwise is printed.
    """

    spec: SimulatorSpec
    holds_dumps = False

    @abstractmethod
    def find(self, name: str) -> int:
        """The address of one of its ``__quantum__`` functions, 0 where it has none of this name."""

    def methods_for(self, names: Collection[str]) -> tuple[str, ...]:  # noqa: ARG002 - most have none
        """By which methods, which its class lacks, it would have these functions: of one in Python."""
        return ()

    def bind_runtime(self, find: Callable[[str], int]) -> None:  # noqa: B027 - most know no runtime
        """Bind the runtime that is linked over it: ``find`` gives the addresses of its functions."""

    @abstractmethod
    def begin(self, seed: int | None) -> None:
        """A run begins: start the random stream anew; None leaves it alone.

        Raises:
            SimulatorError: it takes no seed, or cannot begin.
        """

    def end(self) -> None:  # noqa: B027 - most keep nothing for a run
        """A run is over: what only it needed can go."""

    def take_dumps(self) -> list[str]:
        """The text of the state dumps since the last call; only where it ``holds_dumps``."""
        return []


class SharedLibrary:
    """A shared library by its path; None is what the process itself has loaded."""

    def __init__(self, path: str | None) -> None:
        try:
            self._library = ctypes.CDLL(path)
        except OSError as error:
            hint = _HINT if _NOT_OPENED in str(error) else ""
            message = f"the simulator library '{path}' cannot be loaded: {error}.{hint}"
            raise SimulatorError(message) from None

    def find(self, name: str) -> int:
        """The address of a symbol, 0 where the library has none."""
        try:
            return ctypes.cast(self._library[name], ctypes.c_void_p).value or 0
        except AttributeError:
            return 0


class LibrarySimulator(AttachedSimulator):
    """A simulator in a shared library that the user names.

    Its initialiser is called once with one 64-bit zero, which a function without parameters ignores.
    """

    def __init__(self, spec: SimulatorSpec) -> None:
        self.spec = spec
        self._library = SharedLibrary(spec.path)
        names = (spec.initialiser,) if spec.initialiser else KNOWN_INITIALISERS
        address = next(filter(None, map(self._library.find, names)), 0)
        if spec.initialiser and not address:
            message = f"the simulator library '{spec.path}' has no symbol '{spec.initialiser}' to initialise it with."
            raise SimulatorError(message)
        if address:
            ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_int64)(address)(0)

    def find(self, name: str) -> int:
        """The address of one of its QIR functions: the names of its own dependencies are out of reach."""
        return self._library.find(name) if name.startswith("__quantum__") else 0

    def begin(self, seed: int | None) -> None:
        """Nothing, without a seed.

        Raises:
            SimulatorError: with one.
        """
        if seed is None:
            return
        message = f"the simulator '{self.spec.name}' takes no seed (asked for {seed}): leave --seed away."
        raise SimulatorError(message)
