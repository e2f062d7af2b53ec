"""A second trace: what a program does with other outcomes, other memory and other addresses.

That all shots do the same is proved before anything is traced (`engine/sampling/alike_shots.py`). This is a check
that does not depend on the proof: a measurement that returns its result returns One or Zero themselves, as it does in a
shot, memory that nobody has written holds something else, and what is allocated lies elsewhere, as it may in the next
shot.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qirjit_magic.engine.simulators.operation_trace import ENTRY, FIRST_RETURNED
from qirjit_magic.protocol.operations import Op
from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RECORDS_START, TEXT_START, RecordKind, RecordMemory, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUTCOMES = 0x9E3779B97F4A7C15  # odd: what the outcomes of a second trace are drawn with, see tracer.ll
LOWER = 5 * 4096 + 64  # bytes on the stack
PATTERN = 0x5C3A_7F1B_A5C4_E3D2  # of a stack that nobody has written
_BIT = 41
_BYTE = 0xA7  # of memory that was allocated and not written
_M_PERTURB = -6  # of glibc's mallopt
_SIZES = (
    *range(24, 1040, 16),
    *(1 << bits for bits in range(11, 17)),
)  # what malloc keeps for the next who wants as much
_ENTRY_WORDS = ENTRY.itemsize // 8
_RECORD = np.dtype([("kind", "<u4"), ("text", "<u4"), ("value", "<i8")])


class Output(NamedTuple):
    """The output of a trace: its tape, its records, their text."""

    tape: NDArray[np.void]
    records: NDArray[np.void]
    text: bytes


def take_output(tape: NDArray[np.void], memory: RecordMemory) -> Output:
    """A copy of what a trace has written down."""
    view, end = memory.region.view, memory.committed_bytes() // RECORD_SIZE * RECORD_SIZE
    records = np.frombuffer(bytes(view[RECORDS_START : RECORDS_START + end]), _RECORD)
    return Output(tape.copy(), records, bytes(view[TEXT_START : TEXT_START + memory.word(Word.TEXT_POSITION)]))


@contextlib.contextmanager
def shifted_heap() -> Iterator[None]:
    """While this lasts what is allocated lies elsewhere, and in glibc holds something else than before."""
    library = _c_library()
    kept = [library.malloc(size) for size in _SIZES]
    perturb = getattr(library, "mallopt", None)
    if perturb is not None:
        perturb(_M_PERTURB, _BYTE)
    try:
        yield
    finally:
        if perturb is not None:
            perturb(_M_PERTURB, 0)
        for block in kept:
            library.free(block)


@cache
def _c_library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
    library.free.restype, library.free.argtypes = None, (ctypes.c_void_p,)
    return library


def find_change(first: Output, second: Output | None) -> str:
    """Find what a second trace has otherwise than it must be, in words; empty where there is nothing.

    Args:
        first: what a trace has written down whose measurements return entries of the tape.
        second: what one has whose measurements return what `OUTCOMES` gives; None where it did not come to its end.
    """
    if second is None:
        return "it does not come to its end with other outcomes, memory or addresses"
    expected = first.tape.copy()
    returned = np.flatnonzero((expected["op"] == Op.RECORD) & (expected["a"] >= FIRST_RETURNED))
    drawn = expected["a"][returned].astype(np.uint64) * np.uint64(OUTCOMES) >> np.uint64(_BIT) & np.uint64(1)
    expected["op"][returned] = np.where(drawn, int(Op.RECORD_ONE), int(Op.RECORD_ZERO))
    expected["a"][returned] = 0
    shared = min(len(expected), len(second.tape))
    changed = np.flatnonzero(_words(expected[:shared]) != _words(second.tape[:shared]))
    if len(changed) or len(expected) != len(second.tape):
        place = int(changed[0]) // _ENTRY_WORDS if len(changed) else shared
        return f"its operation {place + 1:,} is another one with other outcomes, memory or addresses"
    same = len(first.records) == len(second.records) and first.text == second.text
    if not same or not _same_records(first.records, second.records):
        return "it records something else with other outcomes, memory or addresses"
    return ""


def _words(tape: NDArray[np.void]) -> NDArray[np.uint64]:
    return tape.view(np.uint64)  # which compares them many times as fast, and tells numbers that are none apart


def _same_records(first: NDArray[np.void], second: NDArray[np.void]) -> bool:
    results = first["kind"] == RecordKind.RESULT
    same = (first["kind"] == second["kind"]) & (first["text"] == second["text"])
    return bool((same & (results | (first["value"] == second["value"]))).all())
