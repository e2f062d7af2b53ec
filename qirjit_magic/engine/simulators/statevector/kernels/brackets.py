"""A pass in its factored form: a bracket [[1, r], [-r*, 1]] on each of two positions, and cz behind them."""

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
from qirjit_magic.engine.simulators.statevector.kernels.machine import RATIOS

Lanes = Any  # eight doubles
Pair = tuple[Lanes, Lanes]  # real and imaginary parts


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
def _by_bit(r: Pair, bit: int) -> Pair:
    # r where the bit is zero, else -r*
    return r[0] * where(bit, splat(-1.0), splat(1.0)), r[1]


@inline
def _signed(x: Pair, sign: Lanes) -> Pair:
    return x[0] * sign, x[1] * sign


@inline
def _within_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
    """Both positions lie inside the lanes: `near` and `far` are their bits."""
    r, s, sign = _by_bit(low, near), _by_bit(high, far), where(near | far, splat(-1.0), splat(1.0))
    s = _signed(s, sign)
    at = 0
    while at < size:
        x = _load(re, im, at)
        x = _upper(x, _flip(x, near), r)
        _store(re, im, at, _upper(_signed(x, sign), _flip(x, far), s))
        at += 8


@inline
def _across_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
    """The lower position lies inside the lanes, with the bit `near`; the other one is `far` amplitudes apart."""
    r, sign = _by_bit(low, near), where(near, splat(1.0), splat(-1.0))
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
def _outside_lanes(re: int, im: int, size: int, low: Pair, high: Pair, near: int, far: int) -> None:
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
        _outside_lanes(re, im, size, r, s, 1 << low, 1 << high)
    elif high >= 3:
        if low == 0:
            _across_lanes(re, im, size, r, s, 1, 1 << high)
        elif low == 1:
            _across_lanes(re, im, size, r, s, 2, 1 << high)
        else:
            _across_lanes(re, im, size, r, s, 4, 1 << high)
    elif high == 1:
        _within_lanes(re, im, size, r, s, 1, 2)
    elif low == 0:
        _within_lanes(re, im, size, r, s, 1, 4)
    else:
        _within_lanes(re, im, size, r, s, 2, 4)
