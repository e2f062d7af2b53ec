"""A simulator small enough to be seen through: the functions of ``simulator.ll`` over a state vector."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qirjit_magic.engine.codegen.object_code import ExternalSymbol
from tests.unit.matrices import (
    OWN,
    OWN_UNDER_ARRAYS,
    OWN_UNDER_ARRAYS_IN_TUPLES,
    Gate,
    Matrix,
    X,
    apply,
    controlled,
    fixed,
)

PREFIX = "__quantum__qis__"
_CTYPES: dict[str, Any] = {
    "void": None,
    "ptr": ctypes.c_void_p,
    "double": ctypes.c_double,
    "i1": ctypes.c_bool,
    "i2": ctypes.c_int8,
    "i32": ctypes.c_int32,
    "i64": ctypes.c_int64,
}


class _Rotation(ctypes.Structure):
    _fields_ = (("angle", ctypes.c_double), ("qubit", ctypes.c_void_p))


class _PauliRotation(ctypes.Structure):
    _fields_ = (("pauli", ctypes.c_int8), ("angle", ctypes.c_double), ("qubit", ctypes.c_void_p))


def function_type(kind: str) -> Any:
    """The ctypes of a function type in LLVM's words."""
    returned, parameters = re.fullmatch(r"(\w+) \((.*)\)", kind).groups()  # type: ignore[union-attr] # it is a function
    return ctypes.CFUNCTYPE(_CTYPES[returned], *(_CTYPES[name] for name in parameters.split(", ") if name))


class Machine:
    """Some states at once, one a column; qubit 0 is the most significant one of the rows.

    Attributes:
        state: the states.
        outcome: what the next measurement finds.
        probability: how likely that was.
        results: what was measured, by result.
        arrays: the qubits of an array, by the pointer that stands for it.
    """

    def __init__(self) -> None:
        self.arrays: dict[int, tuple[int, ...]] = {}
        self._callbacks: dict[str, Any] = {}
        self.prepare(np.eye(1, dtype=complex))

    def prepare(self, state: Matrix, outcome: int = 0) -> None:
        """Begin anew with these states."""
        self.state, self.outcome, self.probability = state, outcome, 1.0
        self.results: dict[int, int] = {}

    def apply(self, matrix: Matrix, qubits: Sequence[int]) -> None:
        """Multiply the states by a matrix on these qubits."""
        self.state = apply(matrix, self.state, qubits)

    def measure(self, qubit: int) -> int:
        """Find the outcome that is wanted."""
        self.apply(np.diag([1.0 - self.outcome, self.outcome]), (qubit,))
        self.probability = float(np.linalg.norm(self.state) ** 2)
        self.state = self.state / np.linalg.norm(self.state)
        return self.outcome

    def reset(self, qubit: int) -> None:
        """Turn a qubit that was just measured to |0>."""
        if self.outcome:
            self.apply(X, (qubit,))

    def symbol(self, name: str, kind: str) -> ExternalSymbol:
        """The address of a function of ``simulator.ll``."""
        if name not in self._callbacks:
            self._callbacks[name] = function_type(kind)(self._function(name.removeprefix(PREFIX)))
        return ExternalSymbol(ctypes.cast(self._callbacks[name], ctypes.c_void_p).value or 0)

    def _function(self, name: str) -> Callable[..., int | None]:
        def act(*arguments: float | None) -> None:
            angles = [argument for argument in arguments if isinstance(argument, float)]
            self.apply(OWN[name](*angles), [int(a or 0) for a in arguments if not isinstance(a, float)])

        def act_under(array: int, qubit: int | None) -> None:
            self._apply_under(array, OWN_UNDER_ARRAYS[name](), qubit)

        if name in OWN:
            return act
        if name in OWN_UNDER_ARRAYS:
            return act_under
        if name in OWN_UNDER_ARRAYS_IN_TUPLES:
            return lambda array, at: self._rotate_under(array, OWN_UNDER_ARRAYS_IN_TUPLES[name], at)
        others: dict[str, Callable[..., int | None]] = {
            "r__ctl": self._turn_phase_under,
            "reset__body": lambda qubit: self.reset(qubit or 0),
            "mz__body": lambda qubit, result: self.results.update({result: self.measure(qubit or 0)}),
            "m__body": lambda qubit: 100 + self.measure(qubit or 0),
        }
        return others[name]

    def _apply_under(self, array: int, matrix: Matrix, qubit: int | None) -> None:
        controls = self.arrays[array]
        self.apply(controlled(fixed(matrix), len(controls))(), (*controls, qubit or 0))

    def _rotate_under(self, array: int, gate: Gate, at: int) -> None:
        rotation = _Rotation.from_address(at)
        self._apply_under(array, gate(rotation.angle), rotation.qubit)

    def _turn_phase_under(self, array: int, at: int) -> None:
        # Of r__ctl only the Pauli operator I is used: R(I, θ) is e^(-iθ/2), see Q#'s Std.Intrinsic.R.
        rotation = _PauliRotation.from_address(at)
        assert rotation.pauli == 0
        self._apply_under(array, np.exp(-0.5j * rotation.angle) * np.eye(2), rotation.qubit)
