"""The matrices of gates, and products of matrices in memory."""

from __future__ import annotations

import math
from typing import Any

from qirjit_magic.engine.simulators.statevector.kernels.lanes import flip, inline, load, real, splat, store, where
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    RX,
    RY,
    RZ,
    S_ADJ,
    SX,
    T_ADJ,
    H,
    P,
    S,
    T,
    X,
    Y,
    Z,
    get_complex,
    put_complex,
)

Lanes = Any  # eight doubles
Four = tuple[complex, complex, complex, complex]
_ROOT = math.sqrt(0.5)
_I = complex(0, 1)


@inline
def is_diagonal(operation: int) -> bool:
    """Return whether a gate on one qubit is diagonal."""
    return (Z <= operation <= T_ADJ) or operation >= RZ


@inline
def one_qubit(operation: int, angle: float) -> Four:
    """The 2x2 matrix of a gate, row by row."""
    if operation == H:
        return _ROOT + 0j, _ROOT + 0j, _ROOT + 0j, -_ROOT + 0j
    if operation == X:
        return 0j, 1 + 0j, 1 + 0j, 0j
    if operation == Y:
        return 0j, -_I, _I, 0j
    if operation == SX:
        return complex(0.5, 0.5), complex(0.5, -0.5), complex(0.5, -0.5), complex(0.5, 0.5)
    if RX <= operation <= RZ:
        return rotation(operation, math.cos(angle / 2), math.sin(angle / 2))
    return 1 + 0j, 0j, 0j, phase(operation, angle)


@inline
def rotation(operation: int, cosine: float, sine: float) -> Four:
    """The matrix of rx, ry or rz, by those of half the angle."""
    if operation == RX:
        return cosine + 0j, complex(0, -sine), complex(0, -sine), cosine + 0j
    if operation == RY:
        return cosine + 0j, -sine + 0j, sine + 0j, cosine + 0j
    return complex(cosine, -sine), 0j, 0j, complex(cosine, sine)


@inline
def phase(operation: int, angle: float) -> complex:
    """The factor of |1> under z, s, t, their adjoints and p."""
    if operation == P:
        return complex(math.cos(angle), math.sin(angle))
    if operation == Z:
        return -1 + 0j
    if operation == S:
        return _I
    if operation == S_ADJ:
        return -_I
    return complex(_ROOT, _ROOT) if operation == T else complex(_ROOT, -_ROOT)


@inline
def phase_angle(operation: int, angle: float, one: bool) -> float:  # noqa: FBT001 - Numba's inlining takes no keywords
    """By what angle a diagonal gate turns the phase of |0> or |1>."""
    if operation == RZ:
        return angle / 2 if one else -angle / 2
    if not one:
        return 0.0
    value = phase(operation, angle)
    return math.atan2(value.imag, value.real)


@inline
def put_four(to: int, four: Four) -> None:
    """Write a 2x2 matrix."""
    put_complex(to, 0, four[0])
    put_complex(to, 1, four[1])
    put_complex(to, 2, four[2])
    put_complex(to, 3, four[3])


@inline
def get_four(at: int) -> Four:
    """Read one."""
    return get_complex(at, 0), get_complex(at, 1), get_complex(at, 2), get_complex(at, 3)


@inline
def multiply_two(left: Four, right: Four) -> Four:
    """The product of two 2x2 matrices."""
    a, b, c, d = left
    e, f, g, h = right
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


@inline
def times_i(row: Lanes) -> Lanes:
    """A row of four complex numbers, each times i."""
    return flip(row, 1) * where(1, splat(1.0), splat(-1.0))


@inline
def _row_of_product(left: int, x: tuple[Lanes, ...], y: tuple[Lanes, ...], row: int) -> Lanes:
    at = 8 * row
    first = splat(real(left, at)) * x[0] + splat(real(left, at + 1)) * y[0]
    second = splat(real(left, at + 2)) * x[1] + splat(real(left, at + 3)) * y[1]
    third = splat(real(left, at + 4)) * x[2] + splat(real(left, at + 5)) * y[2]
    fourth = splat(real(left, at + 6)) * x[3] + splat(real(left, at + 7)) * y[3]
    return (first + second) + (third + fourth)


@inline
def multiply_into(left: int, right: int) -> None:
    """Put the product of two 4x4 matrices into the place of the right one: a row is eight doubles."""
    x = load(right, 0), load(right, 8), load(right, 16), load(right, 24)
    y = times_i(x[0]), times_i(x[1]), times_i(x[2]), times_i(x[3])
    for row in range(4):
        store(right, 8 * row, _row_of_product(left, x, y, row))


@inline
def mix_rows(matrix: int, first: int, second: int, four: Four) -> None:
    """Apply a 2x2 matrix to two rows of a 4x4 one."""
    a, b, c, d = four
    x, y = load(matrix, 8 * first), load(matrix, 8 * second)
    u, v = times_i(x), times_i(y)
    store(matrix, 8 * first, splat(a.real) * x + splat(a.imag) * u + (splat(b.real) * y + splat(b.imag) * v))
    store(matrix, 8 * second, splat(c.real) * x + splat(c.imag) * u + (splat(d.real) * y + splat(d.imag) * v))


@inline
def put_product(to: int, high: int, low: int) -> None:
    """The Kronecker product of two 2x2 matrices: `high` acts on the more significant bit."""
    for row in range(4):
        for column in range(4):
            upper = get_complex(high, (row >> 1) * 2 + (column >> 1))
            lower = get_complex(low, (row & 1) * 2 + (column & 1))
            put_complex(to, 4 * row + column, upper * lower)
