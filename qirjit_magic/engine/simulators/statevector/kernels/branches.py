"""The states that the shots of a run went through: where the same gates come again, nothing is computed again.

They are a tree. From the beginning, or from a state that is known, the same gates on the same results lead to the same
state, to the last bit: so a shot that takes a known way only draws what it measures, from amplitudes that are there.
Where it leaves that way it takes a copy of them.
"""

from __future__ import annotations

import numpy as np

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
    differ,
    first_above,
    inline,
    kernel,
    load,
    put_real,
    put_word,
    real,
    store,
    word,
)
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    ANGLE,
    BITS,
    BRANCH,
    BRANCH_SLOTS,
    BRANCH_TABLE,
    BRANCHES,
    COUNT,
    FILLED,
    IM,
    KEEPING,
    KEEPING_FIRST,
    MASK,
    MZ,
    NORM,
    OPERATION,
    OWN_IM,
    OWN_RE,
    OWNERS,
    PLACES,
    POSITIONS,
    RE,
    ROOM,
    TAKEN,
    give_back,
    make_room,
    queue_entry,
    take_memory,
)

# What there is of a branch: what leads to it, and what it leads to. `MEMORY` has the gates, the places of all qubits
# before them and after them, and the owners of positions. `SUMS` has, where a draw adds up one amplitude after the
# other, how probable those up to each are; behind them stands the last amplitude that there is.
_WORDS, _PARENT, _MASK, _BITS, _TAKEN, _GATES, _MEMORY, _POSITIONS, _NORM, _ANGLE, _RE, _IM, _SUMS = 16, *range(12)
_NONE, _BEGINNING = -1, 0
_MOST, _SLOT_BITS, _PROBES = 512, 11, 4
_LANES, _OWNERS = 8, 64
# Positions up to which a state is kept at once, as that is cheaper than its gates; a larger one has to come again.
_SMALL = 10
SUMMED = 5  # positions up to which a draw adds up one amplitude after the other


@inline
def _branch_at(machine: int, index: int) -> int:
    return word(machine, BRANCH_TABLE) + 8 * _WORDS * index


@inline
def _gates_of(at: int) -> int:
    return word(at, _MEMORY)


@inline
def _places_before(at: int) -> int:
    return word(at, _MEMORY) + 32 * word(at, _GATES)


@inline
def _places_after(at: int) -> int:
    return _places_before(at) + 8 * word(at, _TAKEN)


@inline
def _owners(at: int) -> int:
    return _places_after(at) + 8 * word(at, _TAKEN)


@inline
def _same(one: int, other: int, count: int) -> bool:
    index = 0
    while index + _LANES <= count:
        if differ(one, other, index):
            return False
        index += _LANES
    while index < count:
        if word(one, index) != word(other, index):
            return False
        index += 1
    return True


@inline
def _copy_words(to: int, base: int, count: int) -> None:
    for index in range(count):
        put_word(to, index, word(base, index))


@inline
def _copy_amplitudes(to: int, base: int, count: int) -> None:
    # there is always memory for eight
    index = 0
    while index < count:
        store(to, index, load(base, index))
        index += _LANES


@inline
def _slot(machine: int, probe: int) -> int:
    parent, mask, bits = word(machine, BRANCH), word(machine, MASK), word(machine, BITS)
    mixed = np.uint64(parent + (mask << 9) + (bits << 20)) * np.uint64(0x9E3779B97F4A7C15)
    return (int(mixed >> np.uint64(64 - _SLOT_BITS)) + probe) & ((1 << _SLOT_BITS) - 1)


@inline
def _leads_on(machine: int, at: int, start: int) -> bool:
    if word(at, _PARENT) != word(machine, BRANCH) or word(at, _MASK) != word(machine, MASK):
        return False
    if word(at, _BITS) != word(machine, BITS) or word(at, _TAKEN) != word(machine, TAKEN):
        return False
    end = start + word(at, _GATES)
    if end > word(machine, COUNT) or not _same(queue_entry(machine, start), _gates_of(at), 4 * word(at, _GATES)):
        return False
    # all gates that there are: with fewer at once, rounding would be another
    if end < word(machine, COUNT) and word(queue_entry(machine, end), OPERATION) < MZ:
        return False
    return _same(word(machine, PLACES), _places_before(at), word(at, _TAKEN))


@inline
def find_branch(machine: int, start: int) -> int:
    """The branch that the gates from this entry on lead to, -1 where it is not known."""
    if word(machine, BRANCH) < 0:
        return _NONE
    for probe in range(_PROBES):
        index = word(word(machine, BRANCH_SLOTS), _slot(machine, probe))
        if index == 0:
            return _NONE
        if _leads_on(machine, _branch_at(machine, index), start):
            return index
    return _NONE


@inline
def is_branch_kept(machine: int, branch: int) -> bool:
    """Return whether the state of a branch is there."""
    return branch >= 0 and word(_branch_at(machine, branch), _RE) != 0


@inline
def enter_branch(machine: int, branch: int) -> int:
    """Stand there; how many gates it took."""
    at = _branch_at(machine, branch)
    _copy_words(word(machine, PLACES), _places_after(at), word(at, _TAKEN))
    put_word(machine, BRANCH, branch)
    put_word(machine, MASK, 0)
    put_word(machine, BITS, 0)
    put_word(machine, POSITIONS, word(at, _POSITIONS))
    put_word(machine, FILLED, word(at, _POSITIONS))
    put_real(machine, NORM, real(at, _NORM))
    put_real(machine, ANGLE, real(at, _ANGLE))
    put_word(machine, RE, word(at, _RE))
    put_word(machine, IM, word(at, _IM))
    return word(at, _GATES)


@kernel
def make_writable(machine: int) -> None:
    """Have the amplitudes where they may be changed."""
    re, im = word(machine, RE), word(machine, IM)
    if re == word(machine, OWN_RE):
        return
    if word(machine, POSITIONS) > word(machine, ROOM):
        make_room(machine)
    size = 1 << word(machine, POSITIONS)
    _copy_amplitudes(word(machine, OWN_RE), re, size)
    _copy_amplitudes(word(machine, OWN_IM), im, size)
    _copy_words(word(machine, OWNERS), _owners(_branch_at(machine, word(machine, BRANCH))), word(machine, POSITIONS))
    put_word(machine, RE, word(machine, OWN_RE))
    put_word(machine, IM, word(machine, OWN_IM))


@inline
def draw_from_sums(machine: int, target: float) -> int:
    """Return what `draw_index` finds for this target, from sums that are there; -1 where there are none."""
    branch = word(machine, BRANCH)
    if branch <= 0 or word(machine, RE) == word(machine, OWN_RE):
        return _NONE
    at = _branch_at(machine, branch)
    sums, size = word(at, _SUMS), max(1 << word(at, _POSITIONS), _LANES)
    if sums == 0:
        return _NONE
    index = 0
    while index < size:
        found = first_above(sums, index, target)
        if found < _LANES:
            return index + found
        index += _LANES
    return word(sums, size)


@inline
def _put_sums(sums: int, re: int, im: int, size: int) -> None:
    added, last, index = 0.0, 0, 0
    while index < size:
        one = real(re, index) * real(re, index) + real(im, index) * real(im, index)
        if one > 0.0:
            last = index
            added += one
        put_real(sums, index, added)
        index += 1
    while index < _LANES:
        put_real(sums, index, added)
        index += 1
    put_word(sums, max(size, _LANES), last)


@inline
def _take(machine: int, size: int, of: int) -> int:
    if size > word(machine, of):
        return 0
    put_word(machine, of, word(machine, of) - size)
    return take_memory(size)


@inline
def _free_slot(machine: int) -> int:
    for probe in range(_PROBES):
        slot = _slot(machine, probe)
        if word(word(machine, BRANCH_SLOTS), slot) == 0:
            return slot
    return _NONE


@kernel
def begin_branch(machine: int, start: int) -> int:
    """A branch of its own for what comes now, -1 where there is none; its state is still to come."""
    index, taken = word(machine, BRANCHES), word(machine, TAKEN)
    if word(machine, BRANCH) < 0 or index >= _MOST:
        return _NONE
    slot = _free_slot(machine)
    if slot < 0:
        return _NONE
    end = start
    while end < word(machine, COUNT) and word(queue_entry(machine, end), OPERATION) < MZ:
        end += 1
    memory = _take(machine, 8 * (4 * (end - start) + 2 * taken + _OWNERS), KEEPING)
    if memory == 0:
        return _NONE
    at = _branch_at(machine, index)
    put_word(at, _PARENT, word(machine, BRANCH))
    put_word(at, _MASK, word(machine, MASK))
    put_word(at, _BITS, word(machine, BITS))
    put_word(at, _TAKEN, taken)
    put_word(at, _GATES, end - start)
    put_word(at, _MEMORY, memory)
    put_word(at, _RE, 0)
    _copy_words(memory, queue_entry(machine, start), 4 * (end - start))
    _copy_words(_places_before(at), word(machine, PLACES), taken)
    put_word(word(machine, BRANCH_SLOTS), slot, index)
    put_word(machine, BRANCHES, index + 1)
    return index


@kernel
def keep_branch(machine: int, branch: int, again: int) -> None:
    """This is the state of a branch: keep it where that pays; `again` says that it is here for the second time."""
    put_word(machine, BRANCH, branch)
    if branch < 0:
        return
    at, positions = _branch_at(machine, branch), word(machine, POSITIONS)
    if positions > _SMALL and not again:
        return
    size = max(1 << positions, _LANES)
    summed = positions <= SUMMED
    re = _take(machine, 8 * (3 * size + 1) if summed else 16 * size, KEEPING)
    if re == 0 and word(at, _PARENT) == _BEGINNING:  # every shot comes by
        re = _take(machine, 16 * size, KEEPING_FIRST)
    if re == 0:
        return
    put_word(at, _SUMS, re + 16 * size if summed else 0)
    if summed:
        _put_sums(re + 16 * size, word(machine, RE), word(machine, IM), 1 << positions)
    put_word(at, _RE, re)
    put_word(at, _IM, re + 8 * size)
    put_word(at, _POSITIONS, positions)
    put_real(at, _NORM, real(machine, NORM))
    put_real(at, _ANGLE, real(machine, ANGLE))
    _copy_amplitudes(re, word(machine, RE), size)
    _copy_amplitudes(re + 8 * size, word(machine, IM), size)
    _copy_words(_places_after(at), word(machine, PLACES), word(at, _TAKEN))
    _copy_words(_owners(at), word(machine, OWNERS), positions)


@kernel
def forget_branches(machine: int) -> None:
    """Free them all, but for the beginning."""
    for index in range(1, word(machine, BRANCHES)):
        at = _branch_at(machine, index)
        give_back(word(at, _MEMORY))
        if word(at, _RE):
            give_back(word(at, _RE))
    if word(machine, BRANCHES) > 1:
        for slot in range(1 << _SLOT_BITS):
            put_word(word(machine, BRANCH_SLOTS), slot, 0)
    put_word(machine, BRANCHES, 1)
    put_word(machine, BRANCH, _NONE)
    put_word(machine, RE, word(machine, OWN_RE))
    put_word(machine, IM, word(machine, OWN_IM))
