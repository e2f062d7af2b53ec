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
from qirjit_magic.engine.simulators.statevector.kernels.machine import MATRIX, RATIOS

Lanes = Any  # eight doubles
Pair = tuple[Lanes, Lanes]  # real and imaginary parts


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


# ---- a pass in its factored form: a bracket [[1, r], [-r*, 1]] on each of two positions, and cz behind them ----


@inline
def _load(re: int, im: int, at: int) -> Pair:
    return load(re, at), load(im, at)


@inline
def _store(re: int, im: int, at: int, x: Pair) -> None:
    store(re, at, x[0])
    store(im, at, x[1])


@inline
def _flip(x: Pair, bit: int) -> Pair:
    return flip(x[0], bit), flip(x[1], bit)


@inline
def _upper(x: Pair, u: Pair, r: Pair) -> Pair:
    # x + r u
    return x[0] + r[0] * u[0] - r[1] * u[1], x[1] + r[0] * u[1] + r[1] * u[0]


@inline
def _lower(x: Pair, u: Pair, r: Pair) -> Pair:
    # u - r* x
    return u[0] - r[0] * x[0] - r[1] * x[1], u[1] - r[0] * x[1] + r[1] * x[0]


@inline
def _negative(x: Pair, u: Pair, r: Pair) -> Pair:
    # r* x - u: the lower one, negative
    return r[0] * x[0] - u[0] + r[1] * x[1], r[0] * x[1] - u[1] - r[1] * x[0]


@inline
def _ratio(at: int, index: int) -> Pair:
    return splat(real(at, RATIOS + 2 * index)), splat(real(at, RATIOS + 2 * index + 1))


@inline
def _ratio_by_bit(r: Pair, bit: int) -> Pair:
    # r where the bit is zero, else -r*
    return r[0] * where(bit, splat(-1.0), splat(1.0)), r[1]


@inline
def _signed(x: Pair, sign: Lanes) -> Pair:
    return x[0] * sign, x[1] * sign


@inline
def _factored_within_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
    """Both positions lie inside the lanes: `near` and `far` are their bits."""
    r, s, sign = _ratio_by_bit(low, near), _ratio_by_bit(high, far), where(near | far, splat(-1.0), splat(1.0))
    s = _signed(s, sign)
    at = 0
    while at < size:
        x = _load(re, im, at)
        x = _upper(x, _flip(x, near), r)
        _store(re, im, at, _upper(_signed(x, sign), _flip(x, far), s))
        at += 8


@inline
def _factored_across_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
    """The lower position lies inside the lanes, with the bit `near`; the other one is `far` amplitudes apart."""
    r, sign = _ratio_by_bit(low, near), where(near, splat(1.0), splat(-1.0))
    s = _signed(high, sign)
    block = 0
    while block < size:
        at = block
        while at < block + far:
            x, u = _load(re, im, at), _load(re, im, at + far)
            x, u = _upper(x, _flip(x, near), r), _upper(u, _flip(u, near), r)
            _store(re, im, at, _upper(x, u, high))
            _store(re, im, at + far, _negative(x, _signed(u, sign), s))
            at += 8
        block += 2 * far


@inline
def _factored_outside_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
    """Both positions lie outside the lanes: `near` and `far` amplitudes apart."""
    block = 0
    while block < size:
        start = block
        while start < block + far:
            at = start
            while at < start + near:
                j, k, n = at + near, at + far, at + near + far
                x, u, z, r = _load(re, im, at), _load(re, im, j), _load(re, im, k), _load(re, im, n)
                x, u = _upper(x, u, low), _lower(x, u, low)
                z, r = _upper(z, r, low), _lower(z, r, low)
                _store(re, im, at, _upper(x, z, high))
                _store(re, im, k, _lower(x, z, high))
                _store(re, im, j, _upper(u, r, high))
                _store(re, im, n, _negative(u, r, high))
                at += 8
            start += 2 * near
        block += 2 * far


@kernel
def apply_factored(re: int, im: int, size: int, low: int, high: int, at: int) -> None:
    """Apply the factored pass `at` to the positions low < high of `size` amplitudes, 8 or more."""
    r, s = _ratio(at, 0), _ratio(at, 1)
    if low >= 3:
        _factored_outside_lanes(re, im, size, r, s, 1 << low, 1 << high)
    elif high >= 3:
        if low == 0:
            _factored_across_lanes(re, im, size, r, s, 1, 1 << high)
        elif low == 1:
            _factored_across_lanes(re, im, size, r, s, 2, 1 << high)
        else:
            _factored_across_lanes(re, im, size, r, s, 4, 1 << high)
    elif high == 1:
        _factored_within_lanes(re, im, size, r, s, 1, 2)
    elif low == 0:
        _factored_within_lanes(re, im, size, r, s, 1, 4)
    else:
        _factored_within_lanes(re, im, size, r, s, 2, 4)
