"""The text of a state, in the words of qirrunner."""

from __future__ import annotations

import cmath
import ctypes
import math
from collections.abc import Iterator

import numpy as np

from qirjit_magic.engine.simulators.statevector.tables import Words, parts, places, table
from qirjit_magic.engine.simulators.statevector.words import MachineWord

_ONE = -2
_TINY = 1e-15  # in each part: what rounding leaves of nothing


def state_text(words: Words) -> str:
    """The text of a dump: the results so far, where there are any, and the settled state."""
    results = _results(words)
    before = f"Global Results: {results}\n" if results else ""
    listed = "".join(f"|{basis}⟩: {_number(amplitude)}, " for basis, amplitude in amplitudes(words))
    return f"{before}STATE: [ {listed}]"


def amplitudes(words: Words) -> Iterator[tuple[int, complex]]:
    """The basis states that a settled state has, in order, with their amplitudes; qubit q is bit q."""
    re, im = parts(words)
    norm, angle = (_double(words[at]) for at in (MachineWord.NORM, MachineWord.ANGLE))
    factor = cmath.rect(1 / math.sqrt(norm), angle)
    owners = table(words, MachineWord.OWNERS, words[MachineWord.POSITIONS]).tolist()
    always = sum(1 << qubit for qubit in np.flatnonzero(places(words) == _ONE).tolist())
    found = []
    for index in np.flatnonzero((np.abs(re) > _TINY) | (np.abs(im) > _TINY)).tolist():
        basis = always | sum(1 << qubit for position, qubit in enumerate(owners) if index >> position & 1)
        found.append((basis, complex(re[index], im[index]) * factor))
    yield from sorted(found, key=lambda pair: pair[0])


def _results(words: Words) -> list[int]:
    # Up to the last one that was measured in this shot; there may be millions of others.
    results = table(words, MachineWord.RESULTS, words[MachineWord.RESULT_ROOM] + 1)[1:]
    written = np.flatnonzero(results >> 1 == words[MachineWord.STAMP])
    values = np.zeros(written[-1] + 1 if len(written) else 0, dtype=np.int64)
    values[written] = results[written] & 1
    return [int(value) for value in values]


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
