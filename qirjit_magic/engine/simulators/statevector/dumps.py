"""The text of a state, in the words of qirrunner."""

from __future__ import annotations

import cmath
import ctypes
import math
from collections.abc import Iterator

_POSITIONS, _NORM, _ANGLE, _RE, _IM, _PLACES, _OWNERS, _TAKEN = 1, 8, 9, 10, 11, 13, 16, 26
_ONE = -2
_TINY = 1e-15  # in each part: what rounding leaves of nothing


def amplitudes(words: ctypes.Array[ctypes.c_int64]) -> Iterator[tuple[int, complex]]:
    """The basis states that a settled state has, in order, with their amplitudes; qubit q is bit q.

    Args:
        words: those of ``@machine``.
    """
    size = 1 << words[_POSITIONS]
    re, im = ((ctypes.c_double * size).from_address(words[at]) for at in (_RE, _IM))
    norm, angle = (ctypes.c_double.from_buffer(ctypes.c_int64(words[at])).value for at in (_NORM, _ANGLE))
    factor = cmath.rect(1 / math.sqrt(norm), angle)
    places = (ctypes.c_int64 * words[_TAKEN]).from_address(words[_PLACES]) if words[_TAKEN] else ()
    always = sum(1 << qubit for qubit, place in enumerate(places) if place == _ONE)
    owners = list((ctypes.c_int64 * words[_POSITIONS]).from_address(words[_OWNERS])) if words[_POSITIONS] else []
    found = []
    for index in range(size):
        if abs(re[index]) > _TINY or abs(im[index]) > _TINY:
            basis = always | sum(1 << qubit for position, qubit in enumerate(owners) if index >> position & 1)
            found.append((basis, complex(re[index], im[index]) * factor))
    yield from sorted(found, key=lambda pair: pair[0])


def state_text(words: ctypes.Array[ctypes.c_int64]) -> str:
    """The text of a dump."""
    listed = "".join(f"|{basis}⟩: {_number(amplitude)}, " for basis, amplitude in amplitudes(words))
    return f"STATE: [ {listed}]"


def _number(value: complex) -> str:
    imaginary = _real(value.imag)
    return f"{_real(value.real)}{'' if imaginary.startswith('-') else '+'}{imaginary}i"


def _real(value: float) -> str:
    # as Rust writes it: never with an exponent, and a whole number without a point
    if abs(value) < _TINY:
        return "0"
    text = f"{value!r}"
    if "e" in text:
        text = f"{value:.30f}".rstrip("0")
    return text.removesuffix(".0")
