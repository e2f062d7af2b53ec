"""States that no cache holds: passes are applied to one group of amplitudes after the other.

Every pass that can come first, and whose positions fit, is. A group is the run of the lowest positions for all values
of some higher ones. A group of zeros stays one: so as long as a state is no superposition of some qubits, as at the
beginning of a program, passes on the others cost a part of what they do later.
"""

from __future__ import annotations

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
    any_set,
    inline,
    kernel,
    load,
    put_word,
    store,
    word,
)
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    CONTROLS,
    DONE,
    FACTORED,
    FORM,
    GROUP,
    HIGH,
    IM,
    LOCAL_CONTROLS,
    LOCAL_HIGH,
    LOCAL_LOW,
    LOW,
    PASSES,
    POSITIONS,
    RE,
    pass_at,
    share_groups,
)
from qirjit_magic.engine.simulators.statevector.kernels.passes import apply_controlled, apply_factored, apply_pair

GROUP_BITS, RUN_BITS = 16, 6
HELD = GROUP_BITS - RUN_BITS  # how many positions above the run a group has
_RUN, _SIZE = 1 << RUN_BITS, 1 << GROUP_BITS
_WAITS, _CHOSEN, _APPLIED = 0, 1, 2


@inline
def _wires(at: int) -> int:
    return word(at, CONTROLS) | 1 << word(at, LOW) | 1 << word(at, HIGH)


@inline
def _bits(mask: int) -> int:
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@inline
def apply_to_state(machine: int, at: int) -> None:
    """Apply a pass to the whole state."""
    re, im, size = word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS)
    if word(at, CONTROLS):
        apply_controlled(re, im, size, word(at, LOW), word(at, CONTROLS), at)
    elif word(at, FORM) == FACTORED:
        apply_factored(re, im, size, word(at, LOW), word(at, HIGH), at)
    else:
        apply_pair(re, im, size, word(at, LOW), word(at, HIGH), at)


@inline
def _choose(machine: int) -> int:
    """Mark the passes for the next groups; the mask of their positions above the run, -1 where there is no pass."""
    held, blocked, chosen = 0, 0, False
    for index in range(word(machine, PASSES)):
        at = pass_at(machine, index)
        if word(at, DONE) != _WAITS:
            continue
        wires = _wires(at)
        wanted = held | (wires >> RUN_BITS << RUN_BITS)
        if wires & blocked or _bits(wanted) > HELD:
            blocked |= wires
            continue
        held, chosen = wanted, True
        put_word(at, DONE, _CHOSEN)
    return held if chosen else -1


@inline
def _fill(held: int) -> int:
    # every group has the full size
    position = RUN_BITS
    while _bits(held) < HELD:
        held |= 1 << position
        position += 1
    return held


@inline
def _local(held: int, position: int) -> int:
    # where a position of the state lies in a group
    if position < RUN_BITS:
        return position
    return RUN_BITS + _bits(held & ((1 << position) - 1))


@inline
def _place_in_groups(machine: int, held: int) -> None:
    for index in range(word(machine, PASSES)):
        at = pass_at(machine, index)
        if word(at, DONE) != _CHOSEN:
            continue
        put_word(at, LOCAL_LOW, _local(held, word(at, LOW)))
        put_word(at, LOCAL_HIGH, _local(held, word(at, HIGH)))
        controls = 0
        for position in range(word(machine, POSITIONS)):
            if (word(at, CONTROLS) >> position) & 1:
                controls |= 1 << _local(held, position)
        put_word(at, LOCAL_CONTROLS, controls)


@inline
def _spread(bits: int, mask: int) -> int:
    # the bits, one after the other, to where the mask has ones
    result = 0
    while mask:
        lowest = mask & -mask
        if bits & 1:
            result |= lowest
        bits >>= 1
        mask &= mask - 1
    return result


@inline
def _move(machine: int, part_re: int, base: int, held: int, gather: bool) -> None:  # noqa: FBT001 - Numba's inlining takes no keywords
    re, im = word(machine, RE), word(machine, IM)
    part_im = part_re + 8 * _SIZE
    run = 0
    for copy in range(1 << HELD):
        at, to = base | run, copy * _RUN
        run = ((run | ~held) + 1) & held  # the next one of these bits
        index = 0
        while index < _RUN:
            if gather:
                store(part_re, to + index, load(re, at + index))
                store(part_im, to + index, load(im, at + index))
            else:
                store(re, at + index, load(part_re, to + index))
                store(im, at + index, load(part_im, to + index))
            index += 8


@inline
def _is_zero(machine: int, base: int, held: int) -> bool:
    re, im = word(machine, RE), word(machine, IM)
    run = 0
    for _ in range(1 << HELD):
        at = base | run
        run = ((run | ~held) + 1) & held
        index = 0
        while index < _RUN:
            if any_set(re, at + index) or any_set(im, at + index):
                return False
            index += 8
    return True


@kernel
def _apply_to_group(machine: int, part_re: int, base: int, held: int) -> None:
    if _is_zero(machine, base, held):
        return
    part_im = part_re + 8 * _SIZE
    _move(machine, part_re, base, held, True)  # noqa: FBT003 - likewise
    for index in range(word(machine, PASSES)):
        at = pass_at(machine, index)
        if word(at, DONE) != _CHOSEN:
            continue
        if word(at, CONTROLS):
            apply_controlled(part_re, part_im, _SIZE, word(at, LOCAL_LOW), word(at, LOCAL_CONTROLS), at)
        elif word(at, FORM) == FACTORED:
            apply_factored(part_re, part_im, _SIZE, word(at, LOCAL_LOW), word(at, LOCAL_HIGH), at)
        else:
            apply_pair(part_re, part_im, _SIZE, word(at, LOCAL_LOW), word(at, LOCAL_HIGH), at)
    _move(machine, part_re, base, held, False)  # noqa: FBT003 - likewise


@kernel
def apply_to_groups(machine: int, held: int, part: int, parts: int) -> None:
    """Apply the chosen passes to one part of all groups; each part has memory of its own for a group."""
    positions, buffer = word(machine, POSITIONS), word(machine, GROUP) + 16 * _SIZE * part
    above = ((1 << positions) - 1) & ~held & ~(_RUN - 1)
    groups = 1 << (positions - GROUP_BITS)
    for index in range(groups):
        if _bits(index) % parts == part:  # where one of these bits is zero in the state, each part still has its share
            _apply_to_group(machine, buffer, _spread(index, above), held)


@inline
def _finish(machine: int) -> int:
    left = 0
    for index in range(word(machine, PASSES)):
        at = pass_at(machine, index)
        if word(at, DONE) == _CHOSEN:
            put_word(at, DONE, _APPLIED)
        elif word(at, DONE) == _WAITS:
            left += 1
    return left


@inline
def _apply_first(machine: int) -> None:
    # the first that waits is under more controls than a group has positions
    for index in range(word(machine, PASSES)):
        at = pass_at(machine, index)
        if word(at, DONE) == _WAITS:
            apply_to_state(machine, at)
            put_word(at, DONE, _APPLIED)
            return


@kernel
def apply_by_groups(machine: int) -> None:
    """Apply all passes, in an order that makes no difference."""
    left = word(machine, PASSES)
    while left > 0:
        held = _choose(machine)
        if held < 0:
            _apply_first(machine)
        else:
            held = _fill(held)
            _place_in_groups(machine, held)
            share_groups(machine, held)
        left = _finish(machine)
