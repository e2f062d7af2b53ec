"""The simulators one can name; nothing is loaded here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from qirjit_magic.errors import OptionError, SimulatorError, SimulatorNotFoundError
from qirjit_magic.protocol.operations import NATIVE
from qirjit_magic.protocol.pickles import import_folders, pickled
from qirjit_magic.sanitize import is_utf8

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

    from qirjit_magic.simulator import Simulator

ENTRY_POINT_GROUP = "qirjit_magic.simulators"


class SimulatorSpec(msgspec.Struct, frozen=True):
    """The simulator that an engine is to attach.

    Attributes:
        name: how it is called in flags and results.
        path: the shared library with its QIR symbols; empty for the built-in simulators, which go by their names.
        initialiser: a symbol called once with one integer 0 after loading; empty: `KNOWN_INITIALISERS` are tried.
        seedable: whether a run can choose its random stream.
        by_shot: whether what a shot draws is a function of the seed and the shot's number, whatever was run before it.
        pickled: the class of one in Python, which runs where modules are trusted; empty for the others.
        folders: where modules that this imports may be.
    """

    name: str
    path: str = ""
    initialiser: str = ""
    seedable: bool = False
    by_shot: bool = False
    pickled: bytes = b""
    folders: tuple[str, ...] = ()


KNOWN_INITIALISERS = ("InitQIRSim", "CreateFullstateSimulatorC")
AUTO = SimulatorSpec("auto", seedable=True)  # the engine chooses
SPARSE = SimulatorSpec("sparse", seedable=True)
STATEVECTOR = SimulatorSpec("statevector", seedable=True, by_shot=True)
STABILIZER = SimulatorSpec("stabilizer", seedable=True)
_known: dict[str, SimulatorSpec] = {}  # what this process has registered
# The gates that a simulator in Python may have, by its methods.
GATE_METHODS = {gate.name.replace("__adj", "_adj"): gate for gate in NATIVE.values()}
BUILT_IN = {spec.name: spec for spec in (AUTO, SPARSE, STATEVECTOR, STABILIZER)}


def register_simulator(name: str, simulator: type[Simulator] | SimulatorSpec | str | Path) -> None:
    """Let runs of this process name a simulator, such as ``simulator="coins"`` or ``%%qir --simulator coins``.

    A package registers one for whoever has it installed by an entry point of the group ``qirjit_magic.simulators``,
    which names a class, a path or a `SimulatorSpec`.

    Args:
        name: its name; a later simulator takes the place of one of the same name.
        simulator: a class derived from `Simulator`, of which a copy is taken now; or the path of a shared library with
            QIR symbols, or ``PATH:SYMBOL`` with its initialiser.

    Raises:
        OptionError: the name is a built-in simulator's, or the class has no gates or lacks a method.
        SimulatorError: the class cannot be sent to the engine process, or there is no such library.

    Example:
        >>> class Coin(qir.Simulator):
        ...     def h(self, qubit): ...
        ...     def cx(self, control, target): ...
        ...     def measure(self, qubit):
        ...         return False
        ...     def reset(self, qubit): ...
        >>> qir.register_simulator("coin", Coin)
        >>> qir.run(bell, shots=10, simulator="coin").counts()
        {'00': 10}
    """
    if not isinstance(name, str) or not name.strip() or name in BUILT_IN or not is_utf8(name):
        raise OptionError("name", name, "a name of its own, which no built-in simulator has")
    _known[name] = _spec_of(name, simulator)


def _spec_of(name: str, simulator: object) -> SimulatorSpec:
    if isinstance(simulator, SimulatorSpec):
        if not simulator.path:
            message = (
                f"the simulator '{name}' names no library: its SimulatorSpec has no path. Give it the path of a shared "
                "library with QIR symbols."
            )
            raise SimulatorError(message)
        return simulator
    if isinstance(simulator, str | Path):
        return replace(_library(str(simulator)) or _lost(str(simulator)), name=name)
    from qirjit_magic.simulator import Simulator  # noqa: PLC0415 - most runs need none

    if not isinstance(simulator, type) or not issubclass(simulator, Simulator):
        raise OptionError("simulator", simulator, "a class derived from Simulator, or the path of a library")
    if lacking := sorted(simulator.__abstractmethods__):
        raise OptionError("simulator", simulator, f"a class with the methods {', '.join(lacking)}")
    gates = {method: getattr(simulator, method) for method in GATE_METHODS if hasattr(simulator, method)}
    if wrong := [method for method, gate in gates.items() if not callable(gate)]:
        raise OptionError("simulator", simulator, f"a class whose {', '.join(wrong)} can be called")
    if not gates:
        raise OptionError("simulator", simulator, f"a class with a gate, a method such as {', '.join(GATE_METHODS)}")
    try:
        content = pickled(simulator)
    except Exception as error:  # noqa: BLE001 - an object may refuse as it likes
        message = f"the simulator '{name}' cannot be sent to the engine process: {error}. Make what it needs inside it."
        raise SimulatorError(message) from None
    return SimulatorSpec(name, seedable=True, pickled=content, folders=import_folders())


def _lost(path: str) -> SimulatorSpec:
    message = f"there is no file '{path}': give the path of a shared library with QIR symbols."
    raise SimulatorNotFoundError(message, name=path, known=simulator_names())


def simulator_names() -> tuple[str, ...]:
    """The names one can give: ``auto``, the built-in simulators, and what is registered, sorted."""
    registered = {point.name for point in _registered()}
    return (AUTO.name, *sorted({*registered, *_known, *BUILT_IN} - {AUTO.name}))


def _registered() -> EntryPoints:
    from importlib.metadata import entry_points  # noqa: PLC0415 - it reads mail: most runs need none

    return entry_points(group=ENTRY_POINT_GROUP)


def _load(point: EntryPoint) -> SimulatorSpec:
    try:
        spec = point.load()
    except Exception as error:
        message = f"the simulator '{point.name}' ({point.value}) cannot be loaded: {error!r}."
        raise SimulatorError(message) from error
    try:
        return _spec_of(point.name, spec)
    except OptionError as error:
        message = f"the entry point '{point.name}' of {ENTRY_POINT_GROUP} ({point.value}) is no simulator: {error}"
        raise SimulatorError(message) from None


def find_simulator(text: str) -> SimulatorSpec:
    """The simulator that ``--simulator TEXT`` means.

    Args:
        text: ``auto``, a registered name, the path of a shared library, or ``PATH:SYMBOL`` with its initialiser.

    Raises:
        SimulatorNotFoundError: nothing has this name, and no file has this path.
        OptionError: the path is no UTF-8.
    """
    if found := BUILT_IN.get(text) or _known.get(text) or _library(text):
        return found
    for point in _registered():
        if point.name == text:
            return _load(point)
    names = simulator_names()
    message = (
        f"no simulator is called '{text}', and there is no such file. "
        f"Choose one of {', '.join(names)}, or give the path of a shared library."
    )
    raise SimulatorNotFoundError(message, name=text, known=names)


def _library(text: str) -> SimulatorSpec | None:
    # The library that a path means, or a path with an initialiser; None where there is no such file.
    for path, initialiser in ((text, ""), _split(text)):
        file = Path(os.path.expanduser(path))  # noqa: PTH111 - a ~user that nobody is stays as it is
        if file.is_file():
            found = str(file.resolve())
            if not is_utf8(found):
                raise OptionError("simulator", found, "a path that UTF-8 can write: move the library")
            return SimulatorSpec(name=path, path=found, initialiser=initialiser)
    return None


def _split(text: str) -> tuple[str, str]:
    path, colon, symbol = text.rpartition(":")
    return (path, symbol) if colon and symbol.isidentifier() and len(path) > 1 else (text, "")
