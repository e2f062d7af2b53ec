"""The tables that the words of ``@machine`` lead to, as NumPy arrays over the simulator's own memory."""

from __future__ import annotations

import ctypes

import numpy as np

from qirjit_magic.engine.simulators.statevector.machine_words import MachineWord

Words = ctypes.Array[ctypes.c_int64]
Integers = np.ndarray[tuple[int], np.dtype[np.int64]]
Doubles = np.ndarray[tuple[int], np.dtype[np.float64]]


def table(words: Words, at: MachineWord, size: int) -> Integers:
    """So many words of a table; none where it is not there yet."""
    there = (ctypes.c_int64 * size).from_address(words[at]) if size and words[at] else (ctypes.c_int64 * 0)()
    return np.ctypeslib.as_array(there)


def parts(words: Words) -> tuple[Doubles, Doubles]:
    """The real and the imaginary parts of the amplitudes."""
    kind = ctypes.c_double * (1 << words[MachineWord.POSITIONS])
    re, im = (np.ctypeslib.as_array(kind.from_address(words[at])) for at in (MachineWord.RE, MachineWord.IM))
    return re, im


def places(words: Words) -> Integers:
    """By qubit: its position in the state, -1 for |0>, -2 for |1>."""
    return table(words, MachineWord.PLACES, words[MachineWord.TAKEN])
