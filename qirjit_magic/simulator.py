"""`Simulator`: what a simulator that is written in Python derives from."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import compress, product
from typing import Any

CONTROLLED_NEEDS = ("h", "rz", "cx")  # what `Simulator.controlled` is made of
_PHASES = {"z": 4, "s": 2, "t": 1, "s_adj": -2, "t_adj": -1, "x": 4, "y": 4, "h": 4}  # in eighths of a turn


class Simulator(ABC):
    """A simulator in Python, which programs run on by its name.

    Derive from it, define gates as methods, and register the class. This one has bits instead of qubits:

    >>> class Bits(qir.Simulator):
    ...     def start_shot(self):
    ...         self.ones = set()
    ...
    ...     def h(self, qubit):
    ...         self.ones ^= {qubit}
    ...
    ...     def cx(self, control, target):
    ...         self.ones ^= {target} if control in self.ones else set()
    ...
    ...     def measure(self, qubit):
    ...         return qubit in self.ones
    ...
    ...     def reset(self, qubit):
    ...         self.ones.discard(qubit)
    >>> qir.register_simulator("bits", Bits)
    >>> qir.run(bell, shots=10, simulator="bits").counts()
    {'11': 10}

    **Gates.** A method that has the name of a native gate carries it out: ``h``, ``x``, ``y``, ``z``, ``s``,
    ``s_adj``, ``t``, ``t_adj``, ``sx``, ``rx``, ``ry``, ``rz``, ``cx``, ``cy``, ``cz``, ``swap``, ``ccx``, ``rxx``,
    ``ryy`` and ``rzz``. It takes the angle first, where the gate has one, in radians, then the qubits, controls
    first: ``rz(angle, qubit)``, ``cx(control, target)``. The gates of every dialect are made of these, and those of
    these that are missing of ``h``, ``rz`` and ``cx`` or ``cz``. A program that needs what can neither be found nor
    made is not run: an `UnresolvedSymbolError` names the methods to add.

    **What else there is.** Where there are ``h``, ``rz`` and ``cx``, Q#'s gates under any number of controls, its
    exponentials and its measurements of Pauli operators are made of them. Random numbers that a program draws come from
    a stream that the engine starts with the run's seed. What looks at amplitudes, as ``AssertMeasurementProbability``,
    is not there.

    **Qubits** are integers from 0; what a program allocates gets the lowest number that nobody uses. A qubit that
    nothing was done to is in |0>.

    **Where it runs.** A copy of the class, with all that it uses, is sent to an engine process outside the sandbox as
    functions in Python are (`qirjit_magic.intrinsic`), and one object is made there without arguments. Its methods are
    called one at a time, in one thread, so that what it changes stays there. An exception ends the run with an
    `IntrinsicError` that has its traceback; the finished shots are kept. Shots are run live, one after the other:
    sampling and ``jobs`` do not apply.
    """

    def begin(self, seed: int | None) -> None:  # noqa: B027 - one without randomness has nothing to seed
        """Begin a run; called once before its first shot.

        Args:
            seed: the run's seed, 64 bits, drawn where nobody gave one; it stands in the result. What is random is to
                come from a generator that is seeded with it, so that the same seed gives the same outcomes.
        """

    def start_shot(self) -> None:  # noqa: B027 - one may keep no state
        """Begin a shot: all qubits are in |0>, whatever the shot before did."""

    @abstractmethod
    def measure(self, qubit: int) -> bool:
        """Measure a qubit in the Z basis and leave it in the state that was found.

        Returns:
            Whether it was found in |1>.
        """

    @abstractmethod
    def reset(self, qubit: int) -> None:
        """Put a qubit into |0>, whatever it is entangled with."""

    def release(self, qubit: int) -> None:
        """Take back a qubit, whose number may be used again; by itself it is reset."""
        self.reset(qubit)

    def controlled(self, gate: str, controls: Sequence[int], qubit: int, angle: float) -> None:
        """Carry out a gate under any number of controls, as Q# and CUDA-Q ask for.

        By itself it is made of ``h``, ``rz`` and ``cx``, of which there are about 2ⁿ for n qubits.

        Args:
            gate: ``h``, ``x``, ``y``, ``z``, ``s``, ``s_adj``, ``t``, ``t_adj``, ``rx``, ``ry`` or ``rz``.
            controls: the control qubits; there may be none.
            qubit: the qubit that the gate is on.
            angle: of a rotation, in radians; 0 for the others.
        """
        gates: Any = self  # with methods that this class does not name
        forth, back = _turned(gates, gate, qubit)
        back()
        if gate in _PHASES:
            _put_phase(gates, [*controls, qubit], _PHASES[gate] * math.pi / 4)
        else:
            _put_phase(gates, [*controls, qubit], angle)
            _put_phase(gates, controls, -angle / 2)
        forth()

    def dump(self) -> str:
        """Return the state as text, which is printed where a program dumps it."""
        raise NotImplementedError


def _turned(gates: Any, gate: str, qubit: int) -> tuple[Callable[[], None], Callable[[], None]]:  # noqa: ANN401 - see there
    # What turns Z into the axis of the gate, and what turns it back: each under no control, as they undo each other.
    half, eighth = math.pi / 2, math.pi / 4

    def x_axis() -> None:
        gates.h(qubit)

    def y_axis() -> None:
        gates.h(qubit)
        gates.rz(half, qubit)

    def z_from_y() -> None:
        gates.rz(-half, qubit)
        gates.h(qubit)

    def about_y(angle: float) -> None:
        z_from_y()
        gates.rz(angle, qubit)
        y_axis()

    turns: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "x": (x_axis, x_axis),
        "y": (y_axis, z_from_y),
        "h": (lambda: about_y(eighth), lambda: about_y(-eighth)),
    }
    return turns.get(gate.removeprefix("r"), (lambda: None, lambda: None))


def exponentiate(
    simulator: Simulator, controls: Sequence[int], paulis: Sequence[int], angle: float, qubits: Sequence[int]
) -> None:
    """Carry out exp(i angle P) under controls, by ``h``, ``rz``, ``cx`` and `Simulator.controlled`.

    Args:
        simulator: what has these.
        controls: the control qubits.
        paulis: the factors of P as QIR has them, by their two lowest bits: I is 0, X 1, Z 2, Y 3.
        angle: in radians.
        qubits: what each factor is on.
    """
    gates: Any = simulator
    factors = _factors(paulis, qubits)
    if not factors:  # a phase, which controls make a rotation of one of them
        for count in range(len(controls), 0, -1):
            simulator.controlled("rz", controls[: count - 1], controls[count - 1], angle / 2 ** (len(controls) - count))
        return
    with _parity(gates, factors) as last:
        if controls:
            simulator.controlled("rz", controls, last, -2 * angle)
        else:
            gates.rz(-2 * angle, last)


def measured(simulator: Simulator, paulis: Sequence[int], qubits: Sequence[int]) -> bool:
    """Measure a product of Pauli operators: whether -1 was found; see `exponentiate`."""
    factors = _factors(paulis, qubits)
    if not factors:
        return False
    with _parity(simulator, factors) as last:
        return simulator.measure(last)


def _factors(paulis: Sequence[int], qubits: Sequence[int]) -> list[tuple[str, int]]:
    return [("ixzy"[pauli & 3], qubit) for pauli, qubit in zip(paulis, qubits, strict=True) if pauli & 3]


@contextmanager
def _parity(gates: Any, factors: Sequence[tuple[str, int]]) -> Iterator[int]:  # noqa: ANN401 - see `Simulator.controlled`
    # The last qubit, whose Z is the product meanwhile.
    turns = [_turned(gates, axis, qubit) for axis, qubit in factors]
    *others, last = (qubit for _, qubit in factors)
    for _, back in turns:
        back()
    for other in others:
        gates.cx(other, last)
    yield last
    for other in others:
        gates.cx(other, last)
    for forth, _ in turns:
        forth()


def _put_phase(gates: Any, qubits: Sequence[int], angle: float) -> None:  # noqa: ANN401 - see there
    # The phase where all qubits are one: a product of bits is a sum of parities, each by its sign over 2^(n-1).
    subsets = (list(compress(qubits, chosen)) for chosen in product((False, True), repeat=len(qubits)))
    for *others, last in filter(None, subsets):
        for other in others:
            gates.cx(other, last)
        gates.rz((-1) ** len(others) * angle / 2 ** (len(qubits) - 1), last)
        for other in others:
            gates.cx(other, last)
