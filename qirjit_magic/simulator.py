"""`Simulator`: what a simulator that is written in Python derives from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence


class Simulator(ABC):
    """A simulator in Python, which programs run on by its name.

    Derive from it, define gates as methods, and register the class::

        class Coins(qir.Simulator):
            def begin(self, seed):
                self.random = random.Random(seed)

            def start_shot(self):
                self.ones = set()

            def x(self, qubit):
                self.ones ^= {qubit}

            def measure(self, qubit):
                return qubit in self.ones

            def reset(self, qubit):
                self.ones.discard(qubit)


        qir.register_simulator("coins", Coins)
        qir.run("flips.ll", shots=100, simulator="coins")

    **Gates.** A method that has the name of a native gate carries it out: ``h``, ``x``, ``y``, ``z``, ``s``,
    ``s_adj``, ``t``, ``t_adj``, ``sx``, ``rx``, ``ry``, ``rz``, ``cx``, ``cy``, ``cz``, ``swap``, ``ccx``, ``rxx``,
    ``ryy`` and ``rzz``. It takes the angle first, where the gate has one, in radians, then the qubits, controls
    first: ``rz(angle, qubit)``, ``cx(control, target)``. The gates of every dialect are made of these, and each of
    these of others where it is missing: of ``h``, ``rz`` and ``cx`` all on one qubit but ``sx``, and ``cz``,
    ``swap``, ``rxx`` and ``rzz``; of these, ``s``, ``s_adj``, ``t`` and ``t_adj`` the rest. A program that needs what
    can neither be found nor made is not run: an `UnresolvedSymbolError` names the methods to add.

    **Qubits** are integers from 0; what a program allocates gets the lowest number that nobody uses. A qubit that
    nothing was done to is in |0>.

    **Where it runs.** A copy of the class, with all that it uses, is sent to an engine process outside the sandbox as
    functions in Python are (`qirjit_magic.intrinsic`), and one object is made there without arguments. Its methods are
    called one at a time, in one thread, so that what it changes stays there. An exception ends the run with an
    `IntrinsicError` that has its traceback; the finished shots are kept. Shots are run live, one after the other:
    sampling and ``jobs`` do not apply.
    """

    def begin(self, seed: int | None) -> None:  # noqa: B027 - one without randomness has nothing to seed
        """A run begins; called once before its first shot.

        Args:
            seed: the run's seed, 64 bits, drawn where nobody gave one; it stands in the result. What is random is to
                come from a generator that is seeded with it, so that the same seed gives the same outcomes.
        """

    def start_shot(self) -> None:  # noqa: B027 - one may keep no state
        """A shot begins: all qubits are in |0>, whatever the shot before did."""

    @abstractmethod
    def measure(self, qubit: int) -> bool:
        """Measure a qubit in the Z basis and leave it in the state that was found; true for |1>."""

    @abstractmethod
    def reset(self, qubit: int) -> None:
        """Put a qubit into |0>, whatever it is entangled with."""

    def release(self, qubit: int) -> None:
        """A qubit is given back, and its number may be used again; by itself it is reset."""
        self.reset(qubit)

    def controlled(self, gate: str, controls: Sequence[int], qubit: int, angle: float) -> None:
        """Carry out a gate under any number of controls, as Q# and CUDA-Q ask for.

        Args:
            gate: ``h``, ``x``, ``y``, ``z``, ``s``, ``s_adj``, ``t``, ``t_adj``, ``rx``, ``ry`` or ``rz``.
            controls: the control qubits; there may be none.
            qubit: the qubit that the gate is on.
            angle: of a rotation, in radians; 0 for the others.
        """
        raise NotImplementedError

    def dump(self) -> str:
        """The state as text, which is printed where a program dumps it."""
        raise NotImplementedError
