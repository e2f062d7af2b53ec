"""A pass over amplitudes: a 4x4 matrix on any two positions, or a 2x2 matrix on one under any number of controls.

Real and imaginary parts are arrays of their own. A coefficient (row, k) multiplies the amplitude whose two bits are
row ^ k: so a row has its own amplitude first, and a bit inside the eight lanes is a flip of them.
"""

from __future__ import annotations

from typing import Any

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
    flip,
    inline,
    kernel,
    load,
    real,
    splat,
    store,
    where,
)
from qirjit_magic.engine.simulators.statevector.kernels.machine import MATRIX

Lanes = Any  # eight doubles


@inline
def _coefficient(m: int, row: int, k: int, part: int) -> Lanes:
    return splat(real(m, 2 * (4 * row + (row ^ k)) + part))


@inline
def _by_bit(m: int, row: int, other: int, k: int, part: int, bit: int) -> Lanes:
    # for lanes with the bit the coefficient of the row `other`
    return where(bit, _coefficient(m, other, k, part), _coefficient(m, row, k, part))


@inline
def _row(
    re: int, im: int, at: int, c: tuple[Lanes, ...], x: tuple[Lanes, Lanes, Lanes, Lanes], y: tuple[Lanes, ...]
) -> None:
    a, b, d, e, p, q, r, s = c
    new_re = (a * x[0] - p * y[0] + (b * x[1] - q * y[1])) + ((d * x[2] - r * y[2]) + (e * x[3] - s * y[3]))
    new_im = (a * y[0] + p * x[0] + (b * y[1] + q * x[1])) + ((d * y[2] + r * x[2]) + (e * y[3] + s * x[3]))
    store(re, at, new_re)
    store(im, at, new_im)


@inline
def _row_by_bits(m: int, low: int, high: int, k: int, part: int) -> Lanes:
    return where(high, _by_bit(m, 2, 3, k, part, low), _by_bit(m, 0, 1, k, part, low))


@inline
def _within_lanes(re: int, im: int, size: int, m: int, low: int, high: int) -> None:
    """Both positions lie inside the lanes: `low` and `high` are their bits."""
    c = (
        _row_by_bits(m, low, high, 0, 0),
        _row_by_bits(m, low, high, 1, 0),
        _row_by_bits(m, low, high, 2, 0),
        _row_by_bits(m, low, high, 3, 0),
        _row_by_bits(m, low, high, 0, 1),
        _row_by_bits(m, low, high, 1, 1),
        _row_by_bits(m, low, high, 2, 1),
        _row_by_bits(m, low, high, 3, 1),
    )
    both = low | high
    at = 0
    while at < size:
        x, y = load(re, at), load(im, at)
        xs, ys = (x, flip(x, low), flip(x, high), flip(x, both)), (y, flip(y, low), flip(y, high), flip(y, both))
        _row(re, im, at, c, xs, ys)
        at += 8


@inline
def _half(m: int, row: int, low: int) -> tuple[Lanes, ...]:
    other = row + 1
    return (
        _by_bit(m, row, other, 0, 0, low),
        _by_bit(m, row, other, 1, 0, low),
        _by_bit(m, row, other, 2, 0, low),
        _by_bit(m, row, other, 3, 0, low),
        _by_bit(m, row, other, 0, 1, low),
        _by_bit(m, row, other, 1, 1, low),
        _by_bit(m, row, other, 2, 1, low),
        _by_bit(m, row, other, 3, 1, low),
    )


@inline
def _across_lanes(re: int, im: int, size: int, m: int, low: int, far: int) -> None:
    """The lower position lies inside the lanes, with the bit `low`; the other one is `far` amplitudes apart."""
    lower, upper = _half(m, 0, low), _half(m, 2, low)
    block = 0
    while block < size:
        at = block
        while at < block + far:
            x, y, u, v = load(re, at), load(im, at), load(re, at + far), load(im, at + far)
            p, q, r, s = flip(x, low), flip(y, low), flip(u, low), flip(v, low)
            _row(re, im, at, lower, (x, p, u, r), (y, q, v, s))
            _row(re, im, at + far, upper, (u, r, x, p), (v, s, y, q))
            at += 8
        block += 2 * far


@inline
def _whole(m: int, row: int) -> tuple[Lanes, ...]:
    return (
        _coefficient(m, row, 0, 0),
        _coefficient(m, row, 1, 0),
        _coefficient(m, row, 2, 0),
        _coefficient(m, row, 3, 0),
        _coefficient(m, row, 0, 1),
        _coefficient(m, row, 1, 1),
        _coefficient(m, row, 2, 1),
        _coefficient(m, row, 3, 1),
    )


@inline
def _outside_lanes(re: int, im: int, size: int, m: int, near: int, far: int) -> None:
    """Both positions lie outside the lanes: `near` and `far` amplitudes apart."""
    block = 0
    while block < size:
        start = block
        while start < block + far:
            at = start
            while at < start + near:
                j, k, n = at + near, at + far, at + near + far
                x, y, u, v = load(re, at), load(im, at), load(re, j), load(im, j)
                z, w, r, s = load(re, k), load(im, k), load(re, n), load(im, n)
                _row(re, im, at, _whole(m, 0), (x, u, z, r), (y, v, w, s))
                _row(re, im, j, _whole(m, 1), (u, x, r, z), (v, y, s, w))
                _row(re, im, k, _whole(m, 2), (z, r, x, u), (w, s, y, v))
                _row(re, im, n, _whole(m, 3), (r, z, u, x), (s, w, v, y))
                at += 8
            start += 2 * near
        block += 2 * far


@kernel
def apply_pair(re: int, im: int, size: int, low: int, high: int, at: int) -> None:
    """Apply the 4x4 matrix of the pass `at` to the positions low < high of `size` amplitudes, 8 or more."""
    m = at + 8 * MATRIX
    if low >= 3:
        _outside_lanes(re, im, size, m, 1 << low, 1 << high)
    elif high >= 3:
        if low == 0:
            _across_lanes(re, im, size, m, 1, 1 << high)
        elif low == 1:
            _across_lanes(re, im, size, m, 2, 1 << high)
        else:
            _across_lanes(re, im, size, m, 4, 1 << high)
    elif high == 1:
        _within_lanes(re, im, size, m, 1, 2)
    elif low == 0:
        _within_lanes(re, im, size, m, 1, 4)
    else:
        _within_lanes(re, im, size, m, 2, 4)


@inline
def _two_terms(re: int, im: int, at: int, c: tuple[Lanes, ...], x: tuple[Lanes, Lanes], y: tuple[Lanes, Lanes]) -> None:
    a, b, p, q = c
    store(re, at, a * x[0] - p * y[0] + (b * x[1] - q * y[1]))
    store(im, at, a * y[0] + p * x[0] + (b * y[1] + q * x[1]))


@inline
def _under(lanes: int, m: int, index: int, part: int, otherwise: float) -> Lanes:
    # the coefficient where the controls inside the lanes are one, else that of the identity
    return where(lanes, splat(real(m, 2 * index + part)), splat(otherwise))


@inline
def _controlled_in_lanes(re: int, im: int, size: int, controls: int, m: int, bit: int) -> None:
    inside, outside = controls & 7, controls & ~7
    c = (
        where(bit, _under(inside, m, 3, 0, 1.0), _under(inside, m, 0, 0, 1.0)),
        where(bit, _under(inside, m, 2, 0, 0.0), _under(inside, m, 1, 0, 0.0)),
        where(bit, _under(inside, m, 3, 1, 0.0), _under(inside, m, 0, 1, 0.0)),
        where(bit, _under(inside, m, 2, 1, 0.0), _under(inside, m, 1, 1, 0.0)),
    )
    at = outside
    while at < size:
        x, y = load(re, at), load(im, at)
        _two_terms(re, im, at, c, (x, flip(x, bit)), (y, flip(y, bit)))
        at = (at + 8) | outside


@inline
def _controlled(re: int, im: int, size: int, controls: int, m: int, far: int) -> None:
    inside, outside = controls & 7, controls & ~7
    lower = (
        _under(inside, m, 0, 0, 1.0),
        _under(inside, m, 1, 0, 0.0),
        _under(inside, m, 0, 1, 0.0),
        _under(inside, m, 1, 1, 0.0),
    )
    upper = (
        _under(inside, m, 3, 0, 1.0),
        _under(inside, m, 2, 0, 0.0),
        _under(inside, m, 3, 1, 0.0),
        _under(inside, m, 2, 1, 0.0),
    )
    at = outside
    while at < size:
        if at & far == 0:
            x, y, u, v = load(re, at), load(im, at), load(re, at + far), load(im, at + far)
            _two_terms(re, im, at, lower, (x, u), (y, v))
            _two_terms(re, im, at + far, upper, (u, x), (v, y))
        at = (at + 8) | outside


@kernel
def apply_controlled(re: int, im: int, size: int, position: int, controls: int, at: int) -> None:
    """Apply the 2x2 matrix of the pass `at` to a position where all bits of `controls` are one."""
    m = at + 8 * MATRIX
    if position >= 3:
        _controlled(re, im, size, controls, m, 1 << position)
    elif position == 0:
        _controlled_in_lanes(re, im, size, controls, m, 1)
    elif position == 1:
        _controlled_in_lanes(re, im, size, controls, m, 2)
    else:
        _controlled_in_lanes(re, im, size, controls, m, 4)
