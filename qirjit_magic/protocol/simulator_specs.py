"""The simulators one can name; nothing is loaded here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qirjit_magic.errors import OptionError, SimulatorError, SimulatorNotFoundError
from qirjit_magic.sanitize import is_utf8

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

ENTRY_POINT_GROUP = "qirjit_magic.simulators"


class SimulatorSpec(msgspec.Struct, frozen=True):
    """Which simulator to attach.

    Attributes:
        name: how it is called in flags and results.
        path: the shared library with its QIR symbols; empty for the built-in simulators, which go by their names.
        initialiser: a symbol called once with one integer 0 after loading; empty: `KNOWN_INITIALISERS` are tried.
        seedable: whether a run can choose its random stream.
        by_shot: whether what a shot draws is a function of the seed and the shot's number, whatever was run before it.
    """

    name: str
    path: str = ""
    initialiser: str = ""
    seedable: bool = False
    by_shot: bool = False


KNOWN_INITIALISERS = ("InitQIRSim", "CreateFullstateSimulatorC")
AUTO = SimulatorSpec("auto", seedable=True)  # the engine chooses
SPARSE = SimulatorSpec("sparse", seedable=True)
STATEVECTOR = SimulatorSpec("statevector", seedable=True, by_shot=True)
STABILIZER = SimulatorSpec("stabilizer", seedable=True)
_BUILT_IN = {spec.name: spec for spec in (AUTO, SPARSE, STATEVECTOR, STABILIZER)}


def simulator_names() -> tuple[str, ...]:
    """The names one can give: ``auto``, the built-in simulators, and what installed packages register, sorted.

    A package registers a `SimulatorSpec` in the entry-point group ``qirjit_magic.simulators``.
    """
    registered = {point.name for point in _registered()}
    return (AUTO.name, *sorted({*registered, *_BUILT_IN} - {AUTO.name}))


def _registered() -> EntryPoints:
    from importlib.metadata import entry_points  # noqa: PLC0415 - it reads mail: most runs need none

    return entry_points(group=ENTRY_POINT_GROUP)


def _load(point: EntryPoint) -> SimulatorSpec:
    try:
        spec = point.load()
    except Exception as error:
        message = f"the simulator '{point.name}' ({point.value}) cannot be loaded: {error!r}."
        raise SimulatorError(message) from error
    if not isinstance(spec, SimulatorSpec):
        message = f"the entry point '{point.name}' of {ENTRY_POINT_GROUP} is {type(spec).__name__}, no SimulatorSpec."
        raise SimulatorError(message)
    if not spec.path:
        message = (
            f"the simulator '{point.name}' ({point.value}) names no library: its SimulatorSpec has no path. Give it the"
            " path of a shared library with QIR symbols."
        )
        raise SimulatorError(message)
    return spec


def find_simulator(text: str) -> SimulatorSpec:
    """The simulator that ``--simulator TEXT`` means.

    Args:
        text: ``auto``, a name, the path of a shared library, or ``PATH:SYMBOL`` with its initialiser.

    Raises:
        SimulatorNotFoundError: nothing has this name, and no file has this path.
        OptionError: the path is no UTF-8.
    """
    if text in _BUILT_IN:
        return _BUILT_IN[text]
    for path, initialiser in ((text, ""), _split(text)):
        file = Path(os.path.expanduser(path))  # noqa: PTH111 - a ~user that nobody is stays as it is
        if file.is_file():
            found = str(file.resolve())
            if not is_utf8(found):
                raise OptionError("simulator", found, "a path that UTF-8 can write: move the library")
            return SimulatorSpec(name=path, path=found, initialiser=initialiser)
    for point in _registered():
        if point.name == text:
            return _load(point)
    names = simulator_names()
    message = (
        f"no simulator is called '{text}', and there is no such file. "
        f"Choose one of {', '.join(names)}, or give the path of a shared library."
    )
    raise SimulatorNotFoundError(message, name=text, known=names)


def _split(text: str) -> tuple[str, str]:
    path, colon, symbol = text.rpartition(":")
    return (path, symbol) if colon and symbol.isidentifier() and len(path) > 1 else (text, "")
