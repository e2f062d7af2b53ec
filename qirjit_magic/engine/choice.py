"""Which simulator carries out a run, where nobody has chosen one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qirjit_magic.engine.simulators.attachments import Attachment, Attachments
from qirjit_magic.engine.simulators.statevector.simulator import StateVectorSimulator
from qirjit_magic.errors import UnresolvedSymbolError
from qirjit_magic.wire.modules import EntryPoint
from qirjit_magic.wire.protocol import RunRequest
from qirjit_magic.wire.simulators import AUTO, SPARSE, STATEVECTOR

_ALWAYS_FITS = 20  # qubits: looking at the memory that there is takes longer than a short run
_NAMED = 3  # functions that a sentence has room for


@dataclass(frozen=True, slots=True)
class Choice:
    """A simulator with the code over it.

    Attributes:
        attachment: the simulator.
        address: of the entry point that is bound to it.
        why: why it was chosen, in words; empty where it is what one would expect.
    """

    attachment: Attachment
    address: int
    why: str = ""

    @property
    def has_room(self) -> bool:
        """Whether the last shot has found memory for its state."""
        simulator = self.attachment.simulator
        return not (isinstance(simulator, StateVectorSimulator) and simulator.lacked_memory)


def choose_simulator(
    request: RunRequest, entry: EntryPoint, *, attachments: Attachments, bind: Callable[[Attachment], int]
) -> Choice:
    """The simulator that is asked for; of its own accord the state vector, or sparse where that one cannot do it.

    Args:
        request: the run.
        entry: its entry point.
        attachments: all simulators.
        bind: links the entry point over a simulator, and gives its address.

    Raises:
        LinkError, SimulatorError: it cannot be run on what is asked for, or on neither.
    """
    if request.simulator != AUTO:
        attachment = attachments.attach(request.simulator)
        return Choice(attachment, bind(attachment))
    attachment = attachments.attach(STATEVECTOR)
    why = _too_wide(entry, attachment)
    bound: Choice | tuple[str, ...] = () if why else _bound(attachment, bind)
    if isinstance(bound, Choice):
        return bound
    if bound:
        why = f"the simulator '{STATEVECTOR.name}' has no {_named(bound)}"
    try:
        return choose_sparse(why, attachments=attachments, bind=bind)
    except UnresolvedSymbolError as error:
        lacking = bound or _bound(attachment, bind)
        # Nobody has asked for sparse: it is named only where the other one has what it lacks.
        if isinstance(lacking, tuple) and set(error.symbols) <= set(lacking):
            raise replace(error, simulator=STATEVECTOR.name) from None
        raise


def choose_sparse(why: str, *, attachments: Attachments, bind: Callable[[Attachment], int]) -> Choice:
    """The simulator for states with few amplitudes.

    Args:
        why: why it is chosen.
        attachments: all simulators.
        bind: see `choose_simulator`.
    """
    attachment = attachments.attach(SPARSE)
    return Choice(attachment, bind(attachment), why)


def _bound(attachment: Attachment, bind: Callable[[Attachment], int]) -> Choice | tuple[str, ...]:
    # What is lacking, and not the error: its traceback would close a circle, in which LLVM is freed in any order.
    try:
        return Choice(attachment, bind(attachment))
    except UnresolvedSymbolError as error:
        return error.symbols


def _too_wide(entry: EntryPoint, attachment: Attachment) -> str:
    simulator = attachment.simulator
    wanted = entry.required_qubits or 0
    if wanted <= _ALWAYS_FITS or not isinstance(simulator, StateVectorSimulator):
        return ""
    if wanted > (most := simulator.most_qubits()):
        return f"it wants {wanted:,} qubits, and there is memory for the amplitudes of {most}"
    return ""


def _named(symbols: tuple[str, ...]) -> str:
    left = len(symbols) - _NAMED
    return ", ".join(symbols[:_NAMED]) + (f" and {left} more" if left > 0 else "")
