"""The text of a state, in the words of qirrunner."""

from __future__ import annotations

import cmath
import ctypes
import math
from collections.abc import Iterator

from qirjit_magic.engine.simulators.statevector.words import MachineWord

Words = ctypes.Array[ctypes.c_int64]
_ONE = -2
_TINY = 1e-15  # in each part: what rounding leaves of nothing


def state_text(words: Words) -> str:
    """The text of a dump: the results so far, where there are any, and the settled state."""
    results = list(_results(words))
    before = f"Global Results: {results}\n" if results else ""
    listed = "".join(f"|{basis}⟩: {_number(amplitude)}, " for basis, amplitude in amplitudes(words))
    return f"{before}STATE: [ {listed}]"


def amplitudes(words: Words) -> Iterator[tuple[int, complex]]:
    """The basis states that a settled state has, in order, with their amplitudes; qubit q is bit q."""
    re, im = (_doubles(words, at, 1 << words[MachineWord.POSITIONS]) for at in (MachineWord.RE, MachineWord.IM))
    norm, angle = (_double(words[at]) for at in (MachineWord.NORM, MachineWord.ANGLE))
    factor = cmath.rect(1 / math.sqrt(norm), angle)
    places = _table(words, MachineWord.PLACES, words[MachineWord.TAKEN])
    owners = _table(words, MachineWord.OWNERS, words[MachineWord.POSITIONS])
    always = sum(1 << qubit for qubit, place in enumerate(places) if place == _ONE)
    found = []
    for index, (real, imaginary) in enumerate(zip(re, im, strict=True)):
        if abs(real) > _TINY or abs(imaginary) > _TINY:
            basis = always | sum(1 << qubit for position, qubit in enumerate(owners) if index >> position & 1)
            found.append((basis, complex(real, imaginary) * factor))
    yield from sorted(found, key=lambda pair: pair[0])


def _results(words: Words) -> Iterator[int]:
    # Up to the last one that was measured in this shot.
    stamp, table = words[MachineWord.STAMP], _table(words, MachineWord.RESULTS, words[MachineWord.RESULT_ROOM] + 1)
    end = len(table)
    while end > 1 and table[end - 1] >> 1 != stamp:
        end -= 1
    return (word & 1 if word >> 1 == stamp else 0 for word in table[1:end])


def _table(words: Words, at: MachineWord, size: int) -> list[int]:
    return list((ctypes.c_int64 * size).from_address(words[at])) if size and words[at] else []


def _doubles(words: Words, at: MachineWord, size: int) -> ctypes.Array[ctypes.c_double]:
    return (ctypes.c_double * size).from_address(words[at])


def _double(word: int) -> float:
    return ctypes.c_double.from_buffer(ctypes.c_int64(word)).value


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
