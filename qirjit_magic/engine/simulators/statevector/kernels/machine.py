"""What the kernels and ``machine.ll`` share: a block of words, and the tables that it leads to.

A qubit that is known to be |0> or |1> has no position in the state: only the others double it. A table has for each
qubit its position, or -1 for |0> and -2 for |1>.
"""

from __future__ import annotations

import numpy as np
from numba import types

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
    declare,
    inline,
    kernel,
    put_real,
    put_word,
    real,
    word,
)

# The words, in the order of %Machine in machine.ll; NORM and ANGLE are doubles.
COUNT, POSITIONS, ROOM, MASK, BITS, SEED, SHOT, DRAW, NORM, ANGLE = range(10)
RE, IM, QUEUE, PLACES, RESULTS, STAMP, OWNERS, WAITING = range(10, 18)
LAST, PASSES, PASS_TABLE, SCRATCH, GROUP, GROUPED, FILLED, INITIAL = range(18, 26)
MOST, AVAILABLE, TAKEN = range(26, 29)
BRANCH, BRANCHES, BRANCH_TABLE, BRANCH_SLOTS, KEEPING, OWN_RE, OWN_IM, KEY, KEEPING_FIRST = range(36, 45)

# An entry of the queue: four words.
ENTRY, OPERATION, QUBIT, OTHER, TURN = 4, 0, 1, 2, 3
# Its operations, in this order in the .ll files as well.
H, X, Y, Z, S, S_ADJ, T, T_ADJ, SX, RX, RY, RZ, P, CONTROL, CX, CZ, SWAP, MZ, MRESETZ, RESET = range(20)

# A pass over the state: a 4x4 matrix on two positions, or a 2x2 matrix on one under several controls. `LOCAL_` are
# its positions in a cached group; the matrix begins at MATRIX, a complex number in two doubles. `FORM` is FACTORED, or
# WHOLE, or above these where the pass may yet be factored: see fusion.py, for which the words behind the matrix are.
PASS, LOW, HIGH, CONTROLS, LOCAL_LOW, LOCAL_HIGH, LOCAL_CONTROLS, DONE, FORM, MATRIX = 56, *range(9)
LOW_GATE, HIGH_GATE, RATIOS = 40, 48, 40
WHOLE, FACTORED = 0, 1

ZERO, ONE = -1, -2
MAX_POSITIONS = 60  # bits of a word; no memory holds as many
_STEP = np.uint64(0x9E3779B97F4A7C15)
make_room = declare("qirjit_make_room", types.void, types.int64)  # for all positions; it may end the shot
# Calls `apply_to_groups` for the groups that hold the positions of a mask, each thread for its part of them.
share_groups = declare("qirjit_share_groups", types.void, types.int64, types.int64)
take_memory = declare("qirjit_take_memory", types.int64, types.int64)  # so many bytes; 0 where they are not there
give_back = declare("qirjit_give_back", types.void, types.int64)
refuse_twice = declare("qirjit_refuse_twice", types.void, types.int64)  # ends the shot


@inline
def queue_entry(machine: int, index: int) -> int:
    """The address of an entry of the queue."""
    return word(machine, QUEUE) + 8 * ENTRY * index


@inline
def pass_at(machine: int, index: int) -> int:
    """The address of a pass."""
    return word(machine, PASS_TABLE) + 8 * PASS * index


@inline
def position_of(machine: int, qubit: int) -> int:
    """The position of a qubit, or that it has none."""
    return word(word(machine, PLACES), qubit)


@inline
def put_position(machine: int, qubit: int, position: int) -> None:
    """Give a qubit another place."""
    put_word(word(machine, PLACES), qubit, position)


@inline
def get_complex(base: int, index: int) -> complex:
    """A complex number of a matrix."""
    return complex(real(base, 2 * index), real(base, 2 * index + 1))


@inline
def put_complex(base: int, index: int, value: complex) -> None:
    """Set one."""
    put_real(base, 2 * index, value.real)
    put_real(base, 2 * index + 1, value.imag)


@inline
def _mix(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@kernel
def draw(machine: int) -> float:
    """A number in [0, 1) that seed, shot and the number of draws in this shot fix: splitmix64 (Steele, Lea, Flood)."""
    count = word(machine, DRAW) + 1
    put_word(machine, DRAW, count)
    if count == 1:
        key = _mix(np.uint64(word(machine, SEED)) + np.uint64(word(machine, SHOT)) * _STEP)
        put_word(machine, KEY, np.int64(key))
    return float(_mix(np.uint64(word(machine, KEY)) + np.uint64(count) * _STEP) >> np.uint64(11)) * 2.0**-53
