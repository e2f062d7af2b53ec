"""Carrying out what is queued: gates on few positions at once, others as fused passes, measurements by one draw."""

from __future__ import annotations

from qirjit_magic.engine.simulators.statevector.kernels.branches import (
    begin_branch,
    draw_from_sums,
    enter_branch,
    find_branch,
    is_branch_kept,
    keep_branch,
    make_writable,
)
from qirjit_magic.engine.simulators.statevector.kernels.fusion import (
    begin_fusing,
    fuse_controlled,
    fuse_one,
    fuse_rest,
    fuse_under_controls,
)
from qirjit_magic.engine.simulators.statevector.kernels.groups import apply_by_groups, apply_to_state
from qirjit_magic.engine.simulators.statevector.kernels.lanes import inline, kernel, put_real, put_word, real, word
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    BITS,
    BRANCH,
    CONTROL,
    COUNT,
    CX,
    CZ,
    FILLED,
    GROUPED,
    IM,
    MASK,
    MATRIX,
    MZ,
    NORM,
    ONE,
    OPERATION,
    OTHER,
    OWNERS,
    PASSES,
    POSITIONS,
    QUBIT,
    RE,
    RESET,
    RESULTS,
    STAMP,
    SWAP,
    TURN,
    ZERO,
    X,
    Y,
    Z,
    draw,
    pass_at,
    position_of,
    put_position,
    queue_entry,
    refuse_twice,
)
from qirjit_magic.engine.simulators.statevector.kernels.matrices import is_diagonal, one_qubit, phase_angle, put_four
from qirjit_magic.engine.simulators.statevector.kernels.passes import apply_controlled
from qirjit_magic.engine.simulators.statevector.kernels.state import (
    add_position,
    drop_measured,
    grow_state,
    sample_index,
    turn_phase,
)

_LANE_BITS = 3
SMALL = 9  # positions below which each gate is applied at once
_RIGHT_ANGLE = 1.5707963267948966


@inline
def _apply_small(machine: int, operation: int, angle: float, position: int, controls: int) -> None:
    re, im, size, far = word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS), 1 << position
    a, b, c, d = one_qubit(operation, angle)
    block = 0
    while block < size:
        for i in range(block, block + far):
            if i & controls == controls:
                j = i + far
                x, y = complex(real(re, i), real(im, i)), complex(real(re, j), real(im, j))
                u, v = a * x + b * y, c * x + d * y
                put_real(re, i, u.real)
                put_real(im, i, u.imag)
                put_real(re, j, v.real)
                put_real(im, j, v.imag)
        block += 2 * far


@inline
def _exchange(base: int, i: int, j: int) -> None:
    x, y = real(base, i), real(base, j)
    put_real(base, i, y)
    put_real(base, j, x)


@inline
def _flip_small(machine: int, position: int, controls: int) -> None:
    re, im, size, far = word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS), 1 << position
    block = 0
    while block < size:
        for i in range(block, block + far):
            if i & controls == controls:
                _exchange(re, i, i + far)
                _exchange(im, i, i + far)
        block += 2 * far


@kernel
def _act(machine: int, operation: int, angle: float, position: int, controls: int) -> None:
    """A gate on a position under the control of others, which may be none."""
    if word(machine, POSITIONS) < SMALL:
        if word(machine, FILLED) < word(machine, POSITIONS):
            grow_state(machine)
        if word(machine, POSITIONS) >= _LANE_BITS:
            at = pass_at(machine, 0)
            put_four(at + 8 * MATRIX, one_qubit(operation, angle))
            apply_controlled(
                word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS), position, controls, at
            )
        elif operation == X:
            _flip_small(machine, position, controls)
        else:
            _apply_small(machine, operation, angle, position, controls)
    elif controls == 0:
        fuse_one(machine, operation, angle, position)
    elif controls & (controls - 1) == 0:
        control = 0
        while (controls >> control) != 1:
            control += 1
        fuse_controlled(machine, operation, angle, control, position)
    else:
        fuse_under_controls(machine, operation, angle, controls, position)


@kernel
def _act_on(machine: int, operation: int, angle: float, qubit: int, controls: int) -> None:
    """A gate on a qubit, which is given a position where it needs one."""
    target = position_of(machine, qubit)
    if target >= 0:
        if (controls >> target) & 1:
            refuse_twice(machine)
        _act(machine, operation, angle, target, controls)
        return
    one = target == ONE
    if controls == 0 and X <= operation <= Y:
        put_position(machine, qubit, ZERO if one else ONE)
        if operation == Y:
            turn_phase(machine, -_RIGHT_ANGLE if one else _RIGHT_ANGLE)
    elif controls == 0 and is_diagonal(operation):
        turn_phase(machine, phase_angle(operation, angle, one))
    else:
        _act(machine, operation, angle, add_position(machine, qubit, target), controls)


@inline
def _act_on_two(machine: int, operation: int, one: int, other: int) -> None:
    if one == other:
        refuse_twice(machine)
    first, second = position_of(machine, one), position_of(machine, other)
    if operation == SWAP:
        put_position(machine, one, second)
        put_position(machine, other, first)
        if first >= 0:
            put_word(word(machine, OWNERS), first, other)
        if second >= 0:
            put_word(word(machine, OWNERS), second, one)
        return
    if operation == CZ and first >= 0 and second < 0:  # cz is the same both ways: what is known decides
        one, other, first = other, one, second
    gate = X if operation == CX else Z
    if first >= 0:
        _act_on(machine, gate, 0.0, other, 1 << first)
    elif first == ONE:
        _act_on(machine, gate, 0.0, other, 0)


@inline
def _act_under(machine: int, start: int) -> int:
    """A row of controls and the gate behind them; the index of the gate."""
    index, controls, dead = start, 0, False
    while word(queue_entry(machine, index), OPERATION) == CONTROL:
        control = position_of(machine, word(queue_entry(machine, index), QUBIT))
        if control >= 0:
            if (controls >> control) & 1:
                refuse_twice(machine)
            controls |= 1 << control
        elif control == ZERO:
            dead = True
        index += 1
    at = queue_entry(machine, index)
    if not dead:
        _act_on(machine, word(at, OPERATION), real(at, TURN), word(at, QUBIT), controls)
    return index


@inline
def _apply_passes(machine: int) -> None:
    fuse_rest(machine)
    if word(machine, FILLED) < word(machine, POSITIONS):
        grow_state(machine)
    if word(machine, POSITIONS) >= word(machine, GROUPED) and word(machine, PASSES) > 1:
        apply_by_groups(machine)
    else:
        for index in range(word(machine, PASSES)):
            apply_to_state(machine, pass_at(machine, index))
    begin_fusing(machine)


@inline
def _draw_index(machine: int) -> int:
    """The index of an amplitude, each as likely as it is probable: one measurement of all positions together."""
    target = draw(machine) * real(machine, NORM)
    found = draw_from_sums(machine, target)
    return found if found >= 0 else sample_index(machine, target)


@kernel
def _measure(machine: int, start: int) -> int:
    """All measurements and resets from this entry on, up to the next gate, as one draw; the index of that gate."""
    index, drawn = start, -1
    while index < word(machine, COUNT):
        at = queue_entry(machine, index)
        operation, qubit = word(at, OPERATION), word(at, QUBIT)
        if operation < MZ:
            break
        found = position_of(machine, qubit)
        if found >= 0:
            if drawn < 0:
                drawn = _draw_index(machine)
            value = (drawn >> found) & 1
            put_word(machine, MASK, word(machine, MASK) | 1 << found)
            put_word(machine, BITS, word(machine, BITS) | value << found)
            found = ZERO - value
        if operation != RESET:
            put_word(word(machine, RESULTS), word(at, OTHER), 2 * word(machine, STAMP) + (ZERO - found))
        put_position(machine, qubit, found if operation == MZ else ZERO)
        index += 1
    return index


@inline
def _apply_gates(machine: int, start: int) -> int:
    index = start
    while index < word(machine, COUNT):
        at = queue_entry(machine, index)
        operation = word(at, OPERATION)
        if operation >= MZ:
            break
        if operation < CONTROL:
            _act_on(machine, operation, real(at, TURN), word(at, QUBIT), 0)
        elif operation == CONTROL:
            index = _act_under(machine, index)
        else:
            _act_on_two(machine, operation, word(at, QUBIT), word(at, OTHER))
        index += 1
    if index > start and word(machine, POSITIONS) >= SMALL:
        _apply_passes(machine)
    return index


@kernel
def drop_all_measured(machine: int) -> None:
    """Have a state of nothing but what is not measured, for those who look at it."""
    make_writable(machine)
    if word(machine, MASK):
        drop_measured(machine)
        put_word(machine, BRANCH, -1)


@kernel
def _advance(machine: int, start: int) -> int:
    """Take from this entry on all gates, to what the results before them left; the index of what comes next."""
    branch = find_branch(machine, start)
    if is_branch_kept(machine, branch):
        return start + enter_branch(machine, branch)
    make_writable(machine)
    again = branch >= 0
    if not again:
        branch = begin_branch(machine, start)
    drop_measured(machine)
    index = _apply_gates(machine, start)
    keep_branch(machine, branch, 1 if again else 0)
    return index


@kernel
def flush(machine: int) -> None:
    """Carry out all that is queued."""
    index = 0
    while index < word(machine, COUNT):
        if word(machine, MASK) or word(queue_entry(machine, index), OPERATION) < MZ:
            index = _advance(machine, index)
        if index < word(machine, COUNT):
            index = _measure(machine, index)
    put_word(machine, COUNT, 0)
