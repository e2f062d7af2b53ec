"""`Distribution`: indices of a state's amplitudes are drawn, each as likely as it is probable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

_BLOCK = 1 << 16  # amplitudes whose probabilities are added up one by one, where one of them was drawn
_FEW = 8  # indices among which comparing is faster than searching
_MANY = 1 << 14  # targets that are worth a guide
_CELLS = 1 << 16
_STEPS = 4
_ROUNDING = 1e-12
_AT_ONCE = 4  # numbers that Philox makes of one count


class Distribution:
    """The distribution of what measuring all positions of a state finds.

    The number of a shot and the seed fix what is drawn for it, however many are drawn at once. Beyond the state itself
    it takes some memory for each of those, and for each block of amplitudes.

    Args:
        re: ``float64[2**n]``, the real parts of the amplitudes, of any norm.
        im: the imaginary parts.
        seed: of the random numbers.
    """

    def __init__(self, re: Doubles, im: Doubles, seed: int) -> None:
        self._re, self._im, self._seed = re, im, seed
        self._size = min(len(re), _BLOCK)
        starts = range(0, len(re), self._size)
        self._ends = np.cumsum([self._weight(slice(start, start + self._size)) for start in starts])
        self._index = np.min_scalar_type(len(re) - 1)
        self._only = self._cumulated(0) if len(starts) == 1 else None

    @property
    def is_one(self) -> bool:
        """Return whether the amplitudes are those of a state."""
        return bool(0 < self._ends[-1] < np.inf)

    def _weight(self, part: slice) -> float:
        return float(np.dot(self._re[part], self._re[part]) + np.dot(self._im[part], self._im[part]))

    def _cumulated(self, block: int) -> Doubles:
        part = slice(block * self._size, (block + 1) * self._size)
        return np.cumsum(np.square(self._re[part]) + np.square(self._im[part]))

    def draw(self, first: int, count: int) -> NDArray[np.unsignedinteger]:
        """The indices that shots find.

        Args:
            first: the number of the first shot, a multiple of 4.
            count: of how many shots.
        """
        generator = np.random.Generator(np.random.Philox(key=self._seed, counter=first // _AT_ONCE))
        targets = generator.random(count)
        if self._only is not None:
            targets *= self._only[-1]
            return _found(self._only, targets, self._index)
        return self._from_blocks(targets * self._ends[-1])

    def _from_blocks(self, targets: Doubles) -> NDArray[np.unsignedinteger]:
        blocks = _found(self._ends, targets, np.dtype(np.uint32))
        order = np.argsort(blocks, kind="stable")
        drawn, begins = np.unique(blocks[order], return_index=True)
        indices = np.empty(len(targets), self._index)
        for block, chosen in zip(drawn.tolist(), np.split(order, begins[1:]), strict=True):
            before = self._ends[block - 1] if block else 0.0
            inside = _found(self._cumulated(block), targets[chosen] - before, self._index)
            indices[chosen] = inside + self._index.type(block * self._size)
        return indices


def _found(cumulated: Doubles, targets: Doubles, kind: np.dtype[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    # Where something is impossible the sum does not grow, and nothing is found there: not even for a target that
    # rounding has put at the end or beyond.
    np.minimum(targets, np.nextafter(cumulated[-1], 0.0), out=targets)
    if len(cumulated) <= _FEW:
        found = np.zeros(len(targets), kind)
        for bound in cumulated[:-1]:
            found += targets >= bound
        return found
    if len(targets) < _MANY:
        return np.searchsorted(cumulated, targets, side="right").astype(kind)
    return _guided(cumulated, targets, kind)


def _guided(cumulated: Doubles, targets: Doubles, kind: np.dtype[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    # The same, where searching would miss the cache for each of many targets: a guide has for each of equal cells of
    # the sum the first index that may be meant, and most targets are at most a few steps behind it.
    scale = _CELLS / cumulated[-1]
    guide = np.searchsorted(cumulated, np.arange(_CELLS) * ((1 - _ROUNDING) / scale), side="right").astype(kind)
    found: NDArray[np.unsignedinteger] = guide[np.minimum((targets * scale).astype(np.int64), _CELLS - 1)]
    left = np.flatnonzero(cumulated[found] <= targets)
    for _ in range(_STEPS):
        found[left] += found.dtype.type(1)
        left = left[cumulated[found[left]] <= targets[left]]
    found[left] = np.searchsorted(cumulated, targets[left], side="right")
    return found
