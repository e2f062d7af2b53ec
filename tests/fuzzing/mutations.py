"""`mutate`: a number and an index give one mutation, the same at each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.fuzzing import alike, bitcode, text
from tests.fuzzing.seeds import Seeds
from tests.fuzzing.text import Mutator

_BITCODES = 0.25
_STEPS = (1, 1, 1, 1, 2, 3)
_LONG = 1 << 18  # bytes; what is longer is changed no more, since that would take us longer than anybody else
_SEVERAL_SHOTS = 0.01
_SHOTS = (0, -1, 7, 1000, 1 << 31, 1 << 63, 10**30)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed program.

    Attributes:
        index: which mutation it is.
        origin: the program that it was made from.
        steps: what was done to that, in order.
        data: the program.
        shots: how many shots it is run for.
    """

    index: int
    origin: str
    steps: tuple[str, ...]
    data: bytes
    shots: int = 1

    @property
    def suffix(self) -> str:
        """The suffix of a file that holds it."""
        return ".bc" if self.steps and self.steps[0] in _BITCODE_STEPS else ".ll"


TEXT_MUTATORS = (*text.MUTATORS, (5, alike.swap_alike), (4, alike.swap_everywhere), (5, alike.mark))
_BITCODE_STEPS = frozenset(mutator.__name__ for _, mutator in bitcode.MUTATORS)


def mutate(seeds: Seeds, seed: int, index: int) -> Mutation:
    """Mutation ``index`` of all those that the number ``seed`` gives."""
    random = Random(f"{seed}:{index}")
    if random.random() < _BITCODES:
        return _mutated(random, seeds, index, seeds.bitcodes, bitcode.MUTATORS)
    return _mutated(random, seeds, index, seeds.texts, TEXT_MUTATORS)


def _mutated(
    random: Random, seeds: Seeds, index: int, programs: Mapping[str, bytes], mutators: tuple[tuple[int, Mutator], ...]
) -> Mutation:
    origin = random.choice(list(programs))
    data = programs[origin]
    steps: list[str] = []
    weights, choices = zip(*mutators, strict=True)
    for _ in range(random.choice(_STEPS)):
        if not 0 < len(data) <= _LONG:
            break
        (mutator,) = random.choices(choices, weights)
        changed = mutator(random, data, seeds)
        if changed != data:
            data, steps = changed, [*steps, mutator.__name__]
    shots = random.choice(_SHOTS) if random.random() < _SEVERAL_SHOTS else 1
    return Mutation(index, origin, tuple(steps), data, shots)
