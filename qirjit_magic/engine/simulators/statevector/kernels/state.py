"""The state as a whole: positions that come and go, probabilities, the draw of an index."""

from __future__ import annotations

import math

from qirjit_magic.engine.simulators.statevector.kernels.lanes import (
    inline,
    kernel,
    load,
    put_real,
    put_word,
    real,
    splat,
    store,
    total,
    word,
)
from qirjit_magic.engine.simulators.statevector.kernels.machine import (
    ANGLE,
    BITS,
    FILLED,
    IM,
    INITIAL,
    MASK,
    MAX_POSITIONS,
    NORM,
    OWNERS,
    POSITIONS,
    RE,
    ROOM,
    ZERO,
    make_room,
    put_position,
)

_WIDTH = 8
_PART, _SMALL_PART = 1024, 32  # amplitudes whose probability is added up before anybody looks
_SMALL_NORM = 1e-9


@inline
def _copy(base: int, to: int, at: int, count: int) -> None:
    if count < _WIDTH:
        for index in range(count):
            put_real(base, to + index, real(base, at + index))
        return
    index = 0
    while index < count:
        store(base, to + index, load(base, at + index))
        index += _WIDTH


@inline
def _clear(base: int, to: int, count: int) -> None:
    index = 0
    while index < count and (count - index) % _WIDTH:
        put_real(base, to + index, 0.0)
        index += 1
    while index < count:
        store(base, to + index, splat(0.0))
        index += _WIDTH


@inline
def add_position(machine: int, qubit: int, before: int) -> int:
    """Give a qubit that was |0> or |1> the next position; `grow_state` gives that its amplitudes."""
    position = word(machine, POSITIONS)
    put_word(machine, POSITIONS, position + 1)
    if position >= MAX_POSITIONS:
        make_room(machine)
    if before != ZERO:
        put_word(machine, INITIAL, word(machine, INITIAL) | 1 << position)
    put_word(word(machine, OWNERS), position, qubit)
    put_position(machine, qubit, position)
    return position


@kernel
def grow_state(machine: int) -> None:
    """Double the state for each new position."""
    if word(machine, POSITIONS) > word(machine, ROOM):
        make_room(machine)
    before, size, to = 1 << word(machine, FILLED), 1 << word(machine, POSITIONS), word(machine, INITIAL)
    for base in (word(machine, RE), word(machine, IM)):
        if to:
            _copy(base, to, 0, before)
            _clear(base, 0, to)
        _clear(base, to + before, size - to - before)
    put_word(machine, FILLED, word(machine, POSITIONS))
    put_word(machine, INITIAL, 0)


@inline
def _drop(machine: int, position: int, value: int) -> None:
    """Keep the half of the state where this position has this value, and close the gap."""
    positions = word(machine, POSITIONS)
    block, half = 1 << position, 1 << (positions - 1)
    for base in (word(machine, RE), word(machine, IM)):
        at = 0
        while at < half:
            if at > 0 or value:
                _copy(base, at, 2 * at + value * block, block)
            at += block
    owners = word(machine, OWNERS)
    for upper in range(position, positions - 1):
        put_word(owners, upper, word(owners, upper + 1))
    put_word(machine, POSITIONS, positions - 1)
    put_word(machine, FILLED, positions - 1)


@inline
def _probability(re: int, im: int, start: int, end: int) -> float:
    if end - start < _WIDTH:
        added = 0.0
        for at in range(start, end):
            added += real(re, at) * real(re, at) + real(im, at) * real(im, at)
        return added
    lanes, others = splat(0.0), splat(0.0)
    at = start
    while at < end:
        x, y = load(re, at), load(im, at)
        lanes, others = lanes + x * x, others + y * y
        at += _WIDTH
    return total(lanes + others)


@inline
def _scale(base: int, size: int, factor: float) -> None:
    for at in range(size):
        put_real(base, at, real(base, at) * factor)


@kernel
def drop_measured(machine: int) -> None:
    """Drop the positions of measured qubits, from the highest on, and all amplitudes that the results exclude."""
    mask, bits = word(machine, MASK), word(machine, BITS)
    if mask == 0:
        return
    put_word(machine, MASK, 0)
    put_word(machine, BITS, 0)
    before = word(machine, POSITIONS)
    for index in range(before):
        position = before - 1 - index
        if (mask >> position) & 1:
            _drop(machine, position, (bits >> position) & 1)
    positions, owners = word(machine, POSITIONS), word(machine, OWNERS)
    for position in range(positions):
        put_position(machine, word(owners, position), position)
    re, im, size = word(machine, RE), word(machine, IM), 1 << positions
    norm = _probability(re, im, 0, size)
    if norm < _SMALL_NORM and norm > 0.0:
        factor = 1.0 / math.sqrt(norm)
        _scale(re, size, factor)
        _scale(im, size, factor)
        norm = 1.0
    put_real(machine, NORM, norm)


@kernel
def sample_index(machine: int, target: float) -> int:
    """The first index at which the probabilities of all up to it come to more than this."""
    re, im, size = word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS)
    reached, start = 0.0, 0
    for part in (_PART, _SMALL_PART):
        while start + part < size:
            added = _probability(re, im, start, start + part)
            if reached + added > target:
                break
            reached += added
            start += part
    found = -1
    at = start
    while at < size:
        one = real(re, at) * real(re, at) + real(im, at) * real(im, at)
        if one > 0.0:
            found = at
            reached += one
            if reached > target:
                return found
        at += 1
    while found < 0 and start > 0:  # rounding left nothing for the end: the last amplitude that there is
        start -= 1
        if real(re, start) != 0.0 or real(im, start) != 0.0:
            found = start
    return max(found, 0)


@kernel
def parity_probability(machine: int, mask: int) -> float:
    """The probability that an odd number of these positions is one."""
    re, im, size = word(machine, RE), word(machine, IM), 1 << word(machine, POSITIONS)
    odd, even = 0.0, 0.0
    for at in range(size):
        parity = at & mask
        parity ^= parity >> 32
        parity ^= parity >> 16
        parity ^= parity >> 8
        parity ^= parity >> 4
        one = real(re, at) * real(re, at) + real(im, at) * real(im, at)
        if (0x6996 >> (parity & 15)) & 1:
            odd += one
        else:
            even += one
    return odd / (odd + even)


@inline
def turn_phase(machine: int, angle: float) -> None:
    """Turn the phase of the whole state: nobody can measure it, but dumps show it."""
    put_real(machine, ANGLE, real(machine, ANGLE) + angle)
