"""The text of a state, in the words of qirrunner."""

from __future__ import annotations

import cmath
import ctypes
import math
from collections.abc import Iterator

import msgspec
import numpy as np

from qirjit_magic.engine.simulators.statevector.compiled import MachineWord

Words = ctypes.Array[ctypes.c_int64]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]
Doubles = np.ndarray[tuple[int], np.dtype[np.float64]]


def read_table(words: Words, at: MachineWord, size: int) -> Integers:
    """So many words of a table; none where it is not there yet."""
    there = (ctypes.c_int64 * size).from_address(words[at]) if size and words[at] else (ctypes.c_int64 * 0)()
    return np.ctypeslib.as_array(there)


def amplitude_parts(words: Words) -> tuple[Doubles, Doubles]:
    """The real and the imaginary parts of the amplitudes."""
    kind = ctypes.c_double * (1 << words[MachineWord.POSITIONS])
    re, im = (np.ctypeslib.as_array(kind.from_address(words[at])) for at in (MachineWord.RE, MachineWord.IM))
    return re, im


def qubit_places(words: Words) -> Integers:
    """By qubit: its position in the state, -1 for |0>, -2 for |1>."""
    return read_table(words, MachineWord.PLACES, words[MachineWord.TAKEN])


_ONE = -2
_TINY = 1e-15  # in each part: what rounding leaves of nothing
_POINT = 1e-4  # below it there may be an exponent, and for no amplitude above
_WORD_BITS = 62


def state_text(words: Words) -> str:
    """The text of a dump: the results so far, where there are any, and the settled state."""
    results = _results(words)
    before = f"Global Results: {results}\n" if results else ""
    bases, re, im = _state(words)
    signed = (text if text.startswith("-") else f"+{text}" for text in rust_numbers(im))
    texts = zip(bases, rust_numbers(re), signed, strict=True)
    listed = "".join([f"|{basis}⟩: {real}{imaginary}i, " for basis, real, imaginary in texts])
    return f"{before}STATE: [ {listed}]"


def amplitudes(words: Words) -> Iterator[tuple[int, complex]]:
    """The basis states that a settled state has, in order, with their amplitudes; qubit q is bit q."""
    bases, re, im = _state(words)
    yield from zip(bases, map(complex, re.tolist(), im.tolist()), strict=True)


def rust_numbers(values: Doubles) -> list[str]:
    """Real parts as Rust writes them: the shortest digits that are read back as the same, never with an exponent."""
    texts = msgspec.json.encode(values.tolist()).decode()[1:-1].split(",") if len(values) else []
    sizes = np.abs(values)
    for index in np.flatnonzero(sizes < _TINY).tolist():
        texts[index] = "0"
    for index in np.flatnonzero((sizes >= _TINY) & (sizes < _POINT)).tolist():
        texts[index] = _without_exponent(texts[index])
    for index in np.flatnonzero((sizes >= _TINY) & (values == np.rint(values))).tolist():
        texts[index] = texts[index].removesuffix(".0")
    return texts


def _without_exponent(text: str) -> str:
    digits, _, exponent = text.partition("e")
    if not exponent:
        return text
    sign, size = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return f"{sign}0.{'0' * (-int(exponent) - 1)}{size.replace('.', '')}"


def _state(words: Words) -> tuple[list[int], Doubles, Doubles]:
    # The numbers of the basis states, in order, and their amplitudes.
    re, im = amplitude_parts(words)
    norm, angle = (_double(words[at]) for at in (MachineWord.NORM, MachineWord.ANGLE))
    factor = cmath.rect(1 / math.sqrt(norm), angle)
    owners = read_table(words, MachineWord.OWNERS, words[MachineWord.POSITIONS]).tolist()
    always = sum(1 << qubit for qubit in np.flatnonzero(qubit_places(words) == _ONE).tolist())
    found = np.flatnonzero((np.abs(re) > _TINY) | (np.abs(im) > _TINY))
    # NumPy's words have no room for high qubits, Python's numbers have.
    kind: type[object] = np.int64 if max([always.bit_length() - 1, *owners]) < _WORD_BITS else object
    bases = np.full(len(found), always, dtype=kind)
    for position, qubit in enumerate(owners):
        bases |= (found >> position & 1).astype(kind) << qubit
    order = np.argsort(bases, kind="stable")
    found = found[order]
    # In parts: NumPy may multiply complex numbers with other roundings on other machines.
    real = re[found] * factor.real - im[found] * factor.imag
    imaginary = re[found] * factor.imag + im[found] * factor.real
    return bases[order].tolist(), real, imaginary


def _results(words: Words) -> list[int]:
    # Up to the last one that was measured in this shot; there may be millions of others.
    results = read_table(words, MachineWord.RESULTS, words[MachineWord.RESULT_ROOM] + 1)[1:]
    written = np.flatnonzero(results >> 1 == words[MachineWord.STAMP])
    values = np.zeros(written[-1] + 1 if len(written) else 0, dtype=np.int64)
    values[written] = results[written] & 1
    return [int(value) for value in values]


def _double(word: int) -> float:
    return ctypes.c_double.from_buffer(ctypes.c_int64(word)).value
