"""A controlled Pauli gate behind a gate on each of its qubits, at half the multiplications of its 4x4 matrix.

Each of the two gates before it is D [[1, r], [-r*, 1]], with a diagonal D, or the same behind an X. What is left of
that bracket is a gate that goes through the cz behind it, and so can wait for a later pass; cx and cy are cz between
gates on one qubit. So there remain for this pass the two brackets, which mix pairs of amplitudes, and a sign.

The brackets are not unitary: each is up to the root of 2 too large, and what waits is so much too small.
"""

from __future__ import annotations

import math

from qirjit_magic.engine.simulators.statevector.kernels.lanes import inline, put_real, put_word, real, word
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    FACTORED,
    FORM,
    HIGH_GATE,
    LOW_GATE,
    MATRIX,
    RATIOS,
    WHOLE,
    X,
    Y,
    get_complex,
    put_complex,
)
from qirjit_magic.engine.simulators.statevector.kernels.matrices import (
    Four,
    get_four,
    multiply_two,
    put_four,
    put_product,
)

_ROOT = math.sqrt(0.5)
_I = complex(0, 1)
_LEAST = 2.0**-20  # of what waits, squared: all states stay far from what a double holds
Bracket = tuple[bool, complex, complex, complex]


@inline
def _square(value: complex) -> float:
    return value.real * value.real + value.imag * value.imag


@inline
def mixes(at: int) -> bool:
    """Return whether the 2x2 matrix has more than one number in a row."""
    first, second = get_complex(at, 0), get_complex(at, 1)
    return _square(first) > 0.0 and _square(second) > 0.0


@inline
def put_gates(at: int, operation: int, target_is_high: bool, low: int, high: int) -> None:  # noqa: FBT001 - Numba's inlining takes no keywords
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
def _bracket(four: Four) -> Bracket:
    """Split a matrix: whether there is an X before the diagonal, the ratio r, and the diagonal."""
    a, b, c, d = four
    if _square(a) >= _square(b):
        return False, b * a.conjugate() * (1.0 / _square(a)), a, d
    return True, d * c.conjugate() * (1.0 / _square(c)), c, b


@inline
def _left(bracket: Bracket, other: Bracket, first: bool) -> Four:  # noqa: FBT001 - likewise
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
def split(at: int, low: int, high: int, low_waits: bool, high_waits: bool) -> bool:  # noqa: FBT001 - likewise
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
def make_whole(at: int, spare: int) -> None:
    """Have a pass be its 4x4 matrix and nothing else."""
    if word(at, FORM) == FACTORED:
        low, high = get_complex(at + 8 * RATIOS, 0), get_complex(at + 8 * RATIOS, 1)
        put_four(spare, (1 + 0j, low, -low.conjugate(), 1 + 0j))
        put_four(spare + 64, (1 + 0j, high, -high.conjugate(), 1 + 0j))
        put_product(at + 8 * MATRIX, spare + 64, spare)
        for word_at in range(24, 32):
            put_real(at + 8 * MATRIX, word_at, -real(at + 8 * MATRIX, word_at))
    put_word(at, FORM, WHOLE)
