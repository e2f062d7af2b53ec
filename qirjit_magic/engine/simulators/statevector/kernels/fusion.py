"""Gates to passes: what acts on one qubit waits for a gate on two, and that becomes one with the last pass on these.

`waiting` has 32 doubles for a position: in the first eight the matrix that waits, in the ninth whether there is one.

A controlled Pauli gate behind a gate on each of its qubits is a pass at half the multiplications of its 4x4 matrix.
Each of the two gates before it is D [[1, r], [-r*, 1]], with a diagonal D, or the same behind an X. What is left of
that bracket is a gate that goes through the cz behind it, and so can wait for a later pass; cx and cy are cz between
gates on one qubit. So there remain for this pass the two brackets, which mix pairs of amplitudes, and a sign. The
brackets are not unitary: each is up to the root of 2 too large, and what waits is so much too small.
"""

from __future__ import annotations

import math

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
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
    CONTROLS,
    DONE,
    FACTORED,
    FORM,
    HIGH,
    HIGH_GATE,
    LAST,
    LOW,
    LOW_GATE,
    MATRIX,
    PASSES,
    POSITIONS,
    RATIOS,
    SCRATCH,
    WAITING,
    WHOLE,
    X,
    Y,
    Z,
    get_complex,
    pass_at,
    put_complex,
)
from qirjit_magic.engine.simulators.statevector.kernels.matrices import (
    Four,
    get_four,
    mix_rows,
    multiply_into,
    multiply_two,
    one_qubit,
    put_four,
    put_product,
)

FACTORED_FROM = 9  # positions; of fewer, what there is to think about takes longer than it saves
_NONE = -1
_FLAG = 8
_IDENTITY = (1 + 0j, 0j, 0j, 1 + 0j)
_ROOT = math.sqrt(0.5)
_I = complex(0, 1)
_LEAST = 2.0**-20  # of what waits, squared: all states stay far from what a double holds
_Bracket = tuple[bool, complex, complex, complex]


@inline
def _square(value: complex) -> float:
    return value.real * value.real + value.imag * value.imag


@inline
def _mixes(at: int) -> bool:
    """Return whether the 2x2 matrix has more than one number in a row."""
    first, second = get_complex(at, 0), get_complex(at, 1)
    return _square(first) > 0.0 and _square(second) > 0.0


@inline
def _put_gates(at: int, operation: int, target_is_high: bool, low: int, high: int) -> None:  # noqa: FBT001 - Numba's inlining takes no keywords
    """Note for a pass what gates it consists of."""
    put_four(at + 8 * LOW_GATE, get_four(low))
    put_four(at + 8 * HIGH_GATE, get_four(high))
    put_word(at, FORM, 2 * operation + (1 if target_is_high else 0))


@inline
def _frame(operation: int) -> Four:
    # what makes a cz this gate, on its target and behind the cz
    if operation == X:
        return _ROOT + 0j, _ROOT + 0j, _ROOT + 0j, -_ROOT + 0j
    if operation == Y:
        return _ROOT + 0j, _ROOT + 0j, _ROOT * _I, -_ROOT * _I
    return 1 + 0j, 0j, 0j, 1 + 0j


@inline
def _adjoint(four: Four) -> Four:
    a, b, c, d = four
    return a.conjugate(), c.conjugate(), b.conjugate(), d.conjugate()


@inline
def _bracket(four: Four) -> _Bracket:
    """Split a matrix: whether there is an X before the diagonal, the ratio r, and the diagonal."""
    a, b, c, d = four
    if _square(a) >= _square(b):
        return False, b * a.conjugate() * (1.0 / _square(a)), a, d
    return True, d * c.conjugate() * (1.0 / _square(c)), c, b


@inline
def _left(bracket: _Bracket, other: _Bracket, first: bool) -> Four:  # noqa: FBT001 - likewise
    # behind the cz: an X has left a Z on the other qubit, before the X of the first and behind that of the second
    swapped, _, upper, lower = bracket
    if other[0]:
        if first or not swapped:
            lower = -lower
        else:
            upper = -upper
    if swapped:
        return 0j, lower, upper, 0j
    return upper, 0j, 0j, lower


@inline
def _put_before(waiting: int, waits: bool, left: Four) -> None:  # noqa: FBT001 - likewise
    put_four(waiting, multiply_two(get_four(waiting), left) if waits else left)


@inline
def _split(at: int, low: int, high: int, low_waits: bool, high_waits: bool) -> bool:  # noqa: FBT001 - likewise
    """Have a pass do no more than it must, and the rest wait at `low` and `high`; whether that went."""
    form = word(at, FORM)
    operation, target_is_high = form >> 1, form & 1
    one, other, frame = get_four(at + 8 * LOW_GATE), get_four(at + 8 * HIGH_GATE), _frame(operation)
    if target_is_high:
        other = multiply_two(_adjoint(frame), other)
    else:
        one = multiply_two(_adjoint(frame), one)
    if min(_square(one[0]) + _square(one[1]), _square(other[0]) + _square(other[1])) < _LEAST:
        return False
    below, above = _bracket(one), _bracket(other)
    left, right = _left(below, above, True), _left(above, below, False)  # noqa: FBT003 - likewise
    if target_is_high:
        right = multiply_two(frame, right)
    else:
        left = multiply_two(frame, left)
    _put_before(low, low_waits, left)
    _put_before(high, high_waits, right)
    put_complex(at + 8 * RATIOS, 0, below[1])
    put_complex(at + 8 * RATIOS, 1, above[1])
    put_word(at, FORM, FACTORED)
    return True


@inline
def _make_whole(at: int, spare: int) -> None:
    """Have a pass be its 4x4 matrix and nothing else."""
    if word(at, FORM) == FACTORED:
        low, high = get_complex(at + 8 * RATIOS, 0), get_complex(at + 8 * RATIOS, 1)
        put_four(spare, (1 + 0j, low, -low.conjugate(), 1 + 0j))
        put_four(spare + 64, (1 + 0j, high, -high.conjugate(), 1 + 0j))
        put_product(at + 8 * MATRIX, spare + 64, spare)
        for word_at in range(24, 32):
            put_real(at + 8 * MATRIX, word_at, -real(at + 8 * MATRIX, word_at))
    put_word(at, FORM, WHOLE)


@inline
def _waiting(machine: int, position: int) -> int:
    return word(machine, WAITING) + 256 * position


@inline
def _take(machine: int, position: int) -> int:
    """The address of the matrix that waits for a pass, the identity where none does; it waits no longer."""
    at = _waiting(machine, position)
    if real(at, _FLAG) == 0.0:
        put_four(at, _IDENTITY)
    put_real(at, _FLAG, 0.0)
    return at


@inline
def _last(machine: int, position: int) -> int:
    return word(word(machine, LAST), position)


@inline
def _put_last(machine: int, position: int, index: int) -> None:
    put_word(word(machine, LAST), position, index)


@kernel
def begin_fusing(machine: int) -> None:
    """No pass, nothing that waits."""
    put_word(machine, PASSES, 0)
    for position in range(64):
        _put_last(machine, position, _NONE)
        put_real(_waiting(machine, position), _FLAG, 0.0)


@kernel
def fuse_one(machine: int, operation: int, angle: float, position: int) -> None:
    """A gate on one position."""
    four = one_qubit(operation, angle)
    at = _waiting(machine, position)
    if real(at, _FLAG) != 0.0:
        put_four(at, multiply_two(four, get_four(at)))
    else:
        put_four(at, four)
        put_real(at, _FLAG, 1.0)


@inline
def _new_pass(machine: int, low: int, high: int, controls: int) -> int:
    index = word(machine, PASSES)
    put_word(machine, PASSES, index + 1)
    at = pass_at(machine, index)
    put_word(at, LOW, low)
    put_word(at, HIGH, high)
    put_word(at, CONTROLS, controls)
    put_word(at, DONE, 0)
    put_word(at, FORM, WHOLE)
    return at


@inline
def _is_last_on_both(machine: int, low: int, high: int) -> bool:
    last = _last(machine, low)
    return last >= 0 and last == _last(machine, high) and word(pass_at(machine, last), CONTROLS) == 0


@kernel
def _fuse_scratch(machine: int, low: int, high: int) -> None:
    """The 4x4 matrix in the scratch memory, on two positions."""
    scratch = word(machine, SCRATCH)
    if _is_last_on_both(machine, low, high):
        at = pass_at(machine, _last(machine, low))
        _make_whole(at, scratch + 256)
        multiply_into(scratch, at + 8 * MATRIX)
        return
    at = _new_pass(machine, low, high, 0)
    for row in range(4):
        store(at + 8 * MATRIX, 8 * row, load(scratch, 8 * row))
    _put_last(machine, low, word(machine, PASSES) - 1)
    _put_last(machine, high, word(machine, PASSES) - 1)


@inline
def _waits(machine: int, position: int) -> bool:
    return real(_waiting(machine, position), _FLAG) != 0.0


@kernel
def _split_last(machine: int, position: int, mixing: int) -> None:
    """Factor the last pass on a position, if it was the last on both, and it or the next mixes amplitudes."""
    last = _last(machine, position)
    at = pass_at(machine, last)
    if last < 0 or word(at, FORM) <= FACTORED:
        return
    low, high = word(at, LOW), word(at, HIGH)
    if _last(machine, low) != _last(machine, high):
        return
    if not (mixing != 0 or _mixes(at + 8 * LOW_GATE) or _mixes(at + 8 * HIGH_GATE)):
        return
    one, other = _waiting(machine, low), _waiting(machine, high)
    if _split(at, one, other, _waits(machine, low), _waits(machine, high)):
        put_real(one, _FLAG, 1.0)
        put_real(other, _FLAG, 1.0)


@kernel
def fuse_controlled(machine: int, operation: int, angle: float, control: int, target: int) -> None:
    """A gate on one position under the control of another."""
    low, high = min(control, target), max(control, target)
    scratch = word(machine, SCRATCH)
    new = word(machine, POSITIONS) >= FACTORED_FROM and not _is_last_on_both(machine, low, high)
    if new:
        mixing = _waits(machine, low) and _mixes(_waiting(machine, low))
        mixing = mixing or (_waits(machine, high) and _mixes(_waiting(machine, high)))
        _split_last(machine, low, 1 if mixing else 0)
        _split_last(machine, high, 1 if mixing else 0)
    at_high, at_low = _take(machine, high), _take(machine, low)
    put_product(scratch, at_high, at_low)
    first, second = (1, 3) if control == low else (2, 3)  # the rows where the control is one
    mix_rows(scratch, first, second, one_qubit(operation, angle))
    _fuse_scratch(machine, low, high)
    if new and X <= operation <= Z:
        _put_gates(pass_at(machine, word(machine, PASSES) - 1), operation, target == high, at_low, at_high)


@inline
def _fuse_pair(machine: int, one: int, other: int) -> None:
    low, high = min(one, other), max(one, other)
    put_product(word(machine, SCRATCH), _take(machine, high), _take(machine, low))
    _fuse_scratch(machine, low, high)


@kernel
def _emit(machine: int, position: int) -> None:
    """Make what waits for this position a part of a pass."""
    if real(_waiting(machine, position), _FLAG) == 0.0:
        return
    last = _last(machine, position)
    if last < 0 or word(pass_at(machine, last), CONTROLS) != 0:
        _fuse_pair(machine, position, 1 if position == 0 else 0)
        return
    low, high = word(pass_at(machine, last), LOW), word(pass_at(machine, last), HIGH)
    other = high if position == low else low
    spare = word(machine, SCRATCH) + 256
    put_four(spare, _IDENTITY)
    if other == high:
        put_product(word(machine, SCRATCH), spare, _take(machine, position))
    else:
        put_product(word(machine, SCRATCH), _take(machine, position), spare)
    at = pass_at(machine, last)
    _make_whole(at, spare)
    multiply_into(word(machine, SCRATCH), at + 8 * MATRIX)


@kernel
def fuse_under_controls(machine: int, operation: int, angle: float, controls: int, target: int) -> None:
    """A gate on one position under the control of two or more: a pass of its own."""
    wires = controls | 1 << target
    for position in range(word(machine, POSITIONS)):
        if (wires >> position) & 1:
            _emit(machine, position)
    at = _new_pass(machine, target, target, controls)
    put_four(at + 8 * MATRIX, one_qubit(operation, angle))
    for position in range(word(machine, POSITIONS)):
        if (wires >> position) & 1:
            _put_last(machine, position, word(machine, PASSES) - 1)


@kernel
def fuse_rest(machine: int) -> None:
    """Nothing waits any longer: two that met no pass become one."""
    alone = _NONE
    for position in range(word(machine, POSITIONS)):
        if real(_waiting(machine, position), _FLAG) == 0.0:
            continue
        last = _last(machine, position)
        if last >= 0 and word(pass_at(machine, last), CONTROLS) == 0:
            _emit(machine, position)
        elif alone < 0:
            alone = position
        else:
            _fuse_pair(machine, alone, position)
            alone = _NONE
    if alone >= 0:
        _emit(machine, alone)
