"""Gates to passes: what acts on one qubit waits for a gate on two, and that becomes one with the last pass on these.

`waiting` has 32 doubles for a position: in the first eight the matrix that waits, in the ninth whether there is one.
"""

from __future__ import annotations

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
    HIGH,
    LAST,
    LOW,
    MATRIX,
    PASSES,
    POSITIONS,
    SCRATCH,
    WAITING,
    pass_at,
)
from qirjit_magic.engine.simulators.statevector.kernels.matrices import (
    get_four,
    mix_rows,
    multiply_into,
    multiply_two,
    one_qubit,
    put_four,
    put_product,
)

_NONE = -1
_FLAG = 8
_IDENTITY = (1 + 0j, 0j, 0j, 1 + 0j)


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
    return at


@kernel
def _fuse_scratch(machine: int, low: int, high: int) -> None:
    """The 4x4 matrix in the scratch memory, on two positions."""
    scratch = word(machine, SCRATCH)
    last = _last(machine, low)
    if last >= 0 and last == _last(machine, high) and word(pass_at(machine, last), CONTROLS) == 0:
        multiply_into(scratch, pass_at(machine, last) + 8 * MATRIX)
        return
    at = _new_pass(machine, low, high, 0)
    for row in range(4):
        store(at + 8 * MATRIX, 8 * row, load(scratch, 8 * row))
    _put_last(machine, low, word(machine, PASSES) - 1)
    _put_last(machine, high, word(machine, PASSES) - 1)


@kernel
def fuse_controlled(machine: int, operation: int, angle: float, control: int, target: int) -> None:
    """A gate on one position under the control of another."""
    low, high = min(control, target), max(control, target)
    scratch = word(machine, SCRATCH)
    put_product(scratch, _take(machine, high), _take(machine, low))
    first, second = (1, 3) if control == low else (2, 3)  # the rows where the control is one
    mix_rows(scratch, first, second, one_qubit(operation, angle))
    _fuse_scratch(machine, low, high)


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
    multiply_into(word(machine, SCRATCH), pass_at(machine, last) + 8 * MATRIX)


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
