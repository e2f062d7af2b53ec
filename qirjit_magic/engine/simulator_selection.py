"""The simulator of a run: chosen where nobody has, and kept while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
from msgspec import structs

from qirjit_magic.engine.simulators.instances import SimulatorInstance, SimulatorInstances
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.protocol.messages import Outcome, RunRequest
from qirjit_magic.protocol.module_info import EntryPoint
from qirjit_magic.protocol.simulator_specs import AUTO, SPARSE, STATEVECTOR

_ALWAYS_FITS = 20  # qubits: looking at the memory that there is takes longer than a short run
_NAMED = 3  # functions that a sentence has room for


class SimulatorChoice(msgspec.Struct, frozen=True):
    """A simulator with the code over it.

    Attributes:
        instance: the simulator.
        address: of the entry point that is bound to it.
        why: why it was chosen, in words; empty where it is what one would expect.
    """

    instance: SimulatorInstance
    address: int
    why: str = ""

    @property
    def has_room(self) -> bool:
        """Return whether the last shot has found memory for its state."""
        simulator = self.instance.simulator
        return not (isinstance(simulator, StateVectorSimulator) and simulator.lacked_memory)


def choose_simulator(
    request: RunRequest, entry: EntryPoint, *, instances: SimulatorInstances, bind: Callable[[SimulatorInstance], int]
) -> SimulatorChoice:
    """The simulator that is asked for; of its own accord the state vector, or sparse where that one cannot do it.

    Args:
        request: the run.
        entry: its entry point.
        instances: all simulators.
        bind: links the entry point over a simulator, and gives its address.

    Raises:
        LinkError, SimulatorError: it cannot be run on what is asked for, or on neither.
    """
    if request.simulator != AUTO:
        instance = instances.attach(request.simulator)
        return SimulatorChoice(instance, bind(instance))
    instance = instances.attach(STATEVECTOR)
    why = _too_wide(entry, instance)
    bound: SimulatorChoice | tuple[str, ...] = () if why else _bound(instance, bind)
    if isinstance(bound, SimulatorChoice):
        return bound
    if bound:
        why = f"the simulator '{STATEVECTOR.name}' has no {_named(bound)}"
    try:
        return choose_sparse(why, instances=instances, bind=bind)
    except UnresolvedSymbolError as error:
        lacking = bound or _bound(instance, bind)
        # Nobody has asked for sparse: it is named only where the other one has what it lacks.
        if isinstance(lacking, tuple) and set(error.symbols) <= set(lacking):
            raise replace(error, simulator=STATEVECTOR.name) from None
        raise


def choose_sparse(
    why: str, *, instances: SimulatorInstances, bind: Callable[[SimulatorInstance], int]
) -> SimulatorChoice:
    """The simulator for states with few amplitudes.

    Args:
        why: why it is chosen.
        instances: all simulators.
        bind: see `choose_simulator`.
    """
    instance = instances.attach(SPARSE)
    return SimulatorChoice(instance, bind(instance), why)


def _bound(instance: SimulatorInstance, bind: Callable[[SimulatorInstance], int]) -> SimulatorChoice | tuple[str, ...]:
    # What is lacking, and not the error: its traceback would close a circle, in which LLVM is freed in any order.
    try:
        return SimulatorChoice(instance, bind(instance))
    except UnresolvedSymbolError as error:
        return error.symbols


def _too_wide(entry: EntryPoint, instance: SimulatorInstance) -> str:
    simulator = instance.simulator
    wanted = entry.required_qubits or 0
    if wanted <= _ALWAYS_FITS or not isinstance(simulator, StateVectorSimulator):
        return ""
    if wanted > (most := simulator.max_qubits()):
        return f"it wants {wanted:,} qubits, and there is memory for the amplitudes of {most}"
    return ""


def _named(symbols: tuple[str, ...]) -> str:
    left = len(symbols) - _NAMED
    return ", ".join(symbols[:_NAMED]) + (f" and {left} more" if left > 0 else "")


class ActiveRun:
    """The simulator that carries out a run, and whether it still knows the states of its shots.

    Between the parts of one run they are kept; they are given back when it ends, or when anything else is asked for.
    """

    def __init__(self) -> None:
        self._choice: SimulatorChoice | None = None
        self._run: RunRequest | None = None

    @property
    def choice(self) -> SimulatorChoice:
        """The simulator of the run."""
        assert self._choice is not None  # noqa: S101 - what goes on was begun
        return self._choice

    @choice.setter
    def choice(self, choice: SimulatorChoice) -> None:
        self._choice = choice

    def begins_with(self, request: RunRequest) -> bool:
        """Return whether a request begins a run here, so that nothing of another one may be left."""
        if request.first > request.begins:
            return False
        if self._run is not None and self._run == self._without_shots(request):
            return False
        self.end()
        return True

    def end(self) -> None:
        """Give back what is kept, if anything is."""
        if self._run is not None:
            self._run = None
            self.choice.instance.simulator.end()

    def note(self, request: RunRequest, outcome: Outcome) -> None:
        """A request has been carried out: keep everything where more of its run may come."""
        if outcome == "full":
            return
        is_part = outcome == "stopped" or (outcome == "done" and request.ends is not None)
        self._run = self._without_shots(request) if request.run and is_part else None
        if self._run is None:
            self.choice.instance.simulator.end()

    def _without_shots(self, request: RunRequest) -> RunRequest:
        # What the requests for parts of one run have in common.
        simulator = self.choice.instance.simulator.spec if request.simulator == AUTO else request.simulator
        return structs.replace(request, first=0, begins=0, ends=None, method="live", simulator=simulator)
