"""The state of a small circuit as one NumPy array: it is there before the kernels of a state vector are compiled."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from qirjit_magic.engine.simulators.tape import Circuit, Gate, Op

if TYPE_CHECKING:
    from numpy.typing import NDArray

    State = NDArray[np.complex128]

Matrix = tuple[tuple[complex, complex], tuple[complex, complex]]
_HALF = math.sqrt(0.5)


def amplitudes(circuit: Circuit) -> State:
    """The state in which a circuit ends, ``complex128[2**wires]``; bit w of the index is wire w.

    Args:
        circuit: of few wires and gates: above some 2^16 amplitudes that they touch the kernels are faster.
    """
    state: State = np.zeros(1 << circuit.wires, np.complex128)
    state[0] = 1
    axes = state.reshape((2,) * circuit.wires)  # a view; wire w is axis -1 - w
    for gate in circuit.gates:
        _apply(axes, gate)
    return state


def _apply(axes: State, gate: Gate) -> None:
    *controls, target = gate.wires
    if gate.op in _MATRICES:
        _turn(axes, target, _MATRICES[gate.op](gate.angle))
    elif gate.op in _CONTROLLED:
        _turn(axes, target, _MATRICES[_CONTROLLED[gate.op]](0.0), controls=tuple(controls))
    else:
        _rotate_together(axes, gate)


def _turn(axes: State, target: int, matrix: Matrix, *, controls: tuple[int, ...] = ()) -> None:
    (a, b), (c, d) = matrix
    zero, one = (_part(axes, {**dict.fromkeys(controls, 1), target: bit}) for bit in (0, 1))
    if b == c == 0:
        if a != 1:
            axes[zero] *= a
        axes[one] *= d
        return
    before = axes[zero].copy()
    axes[zero] = a * before + b * axes[one]
    axes[one] = c * before + d * axes[one]


def _part(axes: State, bits: dict[int, int]) -> tuple[slice | int, ...]:
    return tuple(bits.get(axes.ndim - 1 - axis, slice(None)) for axis in range(axes.ndim))


def _rotate_together(axes: State, gate: Gate) -> None:
    # exp(-i angle/2 P P): between h for X, and between the turn that takes Y to Z for Y, it is that of Z Z.
    around = {Op.RXX: Op.H, Op.RYY: Op.RX}.get(gate.op)
    if around is not None:
        for wire in gate.wires:
            _turn(axes, wire, _MATRICES[around](math.pi / 2))
    for bits in ((0, 0), (0, 1), (1, 0), (1, 1)):
        sign = -1 if bits[0] == bits[1] else 1
        axes[_part(axes, dict(zip(gate.wires, bits, strict=True)))] *= cmath.exp(sign * 0.5j * gate.angle)
    if around is not None:
        for wire in gate.wires:
            _turn(axes, wire, _MATRICES[around](-math.pi / 2))


def _rx(angle: float) -> Matrix:
    c, s = math.cos(angle / 2), -1j * math.sin(angle / 2)
    return (c, s), (s, c)


def _ry(angle: float) -> Matrix:
    c, s = math.cos(angle / 2), math.sin(angle / 2)
    return (c, -s), (s, c)


def _rz(angle: float) -> Matrix:
    return (cmath.exp(-0.5j * angle), 0), (0, cmath.exp(0.5j * angle))


def _constant(matrix: Matrix) -> Callable[[float], Matrix]:
    return lambda _: matrix


_MATRICES: dict[Op, Callable[[float], Matrix]] = {
    Op.H: _constant(((_HALF, _HALF), (_HALF, -_HALF))),
    Op.X: _constant(((0, 1), (1, 0))),
    Op.Y: _constant(((0, -1j), (1j, 0))),
    Op.Z: _constant(((1, 0), (0, -1))),
    Op.S: _constant(((1, 0), (0, 1j))),
    Op.S_ADJ: _constant(((1, 0), (0, -1j))),
    Op.T: _constant(((1, 0), (0, _HALF + _HALF * 1j))),
    Op.T_ADJ: _constant(((1, 0), (0, _HALF - _HALF * 1j))),
    Op.SX: _constant(((0.5 + 0.5j, 0.5 - 0.5j), (0.5 - 0.5j, 0.5 + 0.5j))),
    Op.RX: _rx,
    Op.RY: _ry,
    Op.RZ: _rz,
}
_CONTROLLED = {Op.CX: Op.X, Op.CY: Op.Y, Op.CZ: Op.Z, Op.CCX: Op.X}
