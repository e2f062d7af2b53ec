"""The fuzzer's mutations: what a number gives is the same at each time, and each way to change a program does."""

from __future__ import annotations

from random import Random

import pytest

from tests.files import program
from tests.fuzzing import bitcode
from tests.fuzzing.mutations import TEXT_MUTATORS, mutate
from tests.fuzzing.seeds import Seeds
from tests.fuzzing.text import Mutator
from tests.fuzzing.tokens import dictionary, tokens

_TEXTS = {name: program(name) for name in ("coins", "crashes", "returns", "failing")}
_SEEDS = Seeds(
    _TEXTS, {"a": b"BC\xc0\xde" + bytes(range(1, 200)), "b": b"BC\xc0\xde" + bytes(100)}, dictionary(_TEXTS.values())
)
_TRIES = 20


def _changes(mutator: Mutator, programs: list[bytes]) -> set[bytes]:
    draws = [Random(number) for number in range(_TRIES)]  # noqa: S311 - the same at each time
    return {mutator(draw, data, _SEEDS) for draw in draws for data in programs} - set(programs)


def test_a_number_and_an_index_give_the_same_mutation_at_each_time() -> None:
    first = [mutate(_SEEDS, 7, index) for index in range(200)]
    assert first == [mutate(_SEEDS, 7, index) for index in reversed(range(200))][::-1]


def test_another_number_or_index_gives_another_mutation() -> None:
    made = [mutate(_SEEDS, seed, index).data for seed in (1, 2) for index in range(200)]
    assert len(set(made)) > 0.9 * len(made)


def test_a_mutation_names_what_was_done() -> None:
    for index in range(300):
        mutation = mutate(_SEEDS, 3, index)
        original = {**_SEEDS.texts, **_SEEDS.bitcodes}[mutation.origin]
        assert bool(mutation.steps) == (mutation.data != original) or len(mutation.steps) > 1
        assert mutation.suffix == (".bc" if mutation.origin in _SEEDS.bitcodes else ".ll") or not mutation.steps


@pytest.mark.parametrize("mutator", [mutator for _, mutator in TEXT_MUTATORS], ids=lambda mutator: mutator.__name__)
def test_each_way_to_change_text_gives_many_other_texts(mutator: Mutator) -> None:
    assert len(_changes(mutator, list(_TEXTS.values()))) > _TRIES


@pytest.mark.parametrize("mutator", [mutator for _, mutator in bitcode.MUTATORS], ids=lambda mutator: mutator.__name__)
def test_each_way_to_change_bitcode_gives_other_bitcode(mutator: Mutator) -> None:
    assert len(_changes(mutator, [_SEEDS.bitcodes["a"]])) > 1


def test_the_words_of_a_program_are_all_of_it() -> None:
    text = _TEXTS["coins"]
    rest, position = b"", 0
    for token in tokens(text):
        rest += text[position : token.start]
        position = token.end
    assert all(not line.strip() or line.strip().startswith(b";") for line in rest.splitlines())
