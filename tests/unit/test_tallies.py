from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results import counts
from qirjit_magic.results.counts import (
    Counts,
    PackedBits,
    count_values,
    count_values_in_words,
    distinct_bits,
    most_frequent,
)
from qirjit_magic.results.sampled import SampledTable
from tests.runs import Row, bits, run_of, table_of

_WORDS = st.integers(1, 150).flatmap(
    lambda width: st.lists(st.text("01", min_size=width, max_size=width), min_size=1, max_size=5).flatmap(
        lambda words: st.lists(st.sampled_from(words), min_size=1, max_size=30)
    )
)
_ARRAYS = ("", "0", "01", "11")


@given(_WORDS)
def test_strings_are_counted_as_python_counts_them(words: list[str]) -> None:
    columns = np.array([[int(bit) for bit in word] for word in words], np.uint8).T
    counted = distinct_bits(columns).all_counts()
    assert counted == Counter(words)
    assert list(counted) == sorted(counted)


@given(_WORDS, st.integers(1, 4))
def test_a_tally_names_the_most_frequent(words: list[str], most: int) -> None:
    result = run_of([bits(word) for word in words])
    tally = result.table.top_counts(most)
    ordered = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    assert tally == Counts(tuple(sorted(ordered[:most])), len(words), len(set(words)))
    assert tally.unlisted == sum(count for _, count in ordered[most:])
    columns = np.array([[int(b) for b in word] for word in words], np.uint8).T
    sampled = SampledTable(table_of([bits(words[0])]), PackedBits.of(columns))
    assert sampled.top_counts(most) == tally
    assert sampled.counts() == result.counts()


@given(st.lists(st.lists(st.sampled_from([*_ARRAYS, 0, 1]), max_size=4), min_size=1, max_size=20), st.integers(1, 20))
def test_arrays_and_results_are_tallied_as_they_are_counted(shots: list[list[str | int]], most: int) -> None:
    def row(item: str | int) -> Row:
        return (
            (RecordKind.RESULT, -1, item)
            if isinstance(item, int)
            else (RecordKind.RESULT_ARRAY, -1, _ARRAYS.index(item))
        )

    result = run_of([[row(item) for item in shot] for shot in shots], _ARRAYS)
    tally = result.table.top_counts(most)
    assert (tally.total, tally.distinct) == (sum(result.counts().values()), len(result.counts()))
    assert dict(tally.rows).items() <= result.counts().items()
    assert len(tally.rows) == min(most, tally.distinct)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 9))
def test_the_highest_counts_come_first_and_equal_ones_in_their_order(counts: list[int], most: int) -> None:
    places = most_frequent(np.array(counts, np.int64), most).tolist()
    assert places == sorted(range(len(counts)), key=lambda place: (-counts[place], place))[:most]


@pytest.mark.parametrize("converted", [0, 10_000])
def test_words_are_tallied_by_what_they_stand_for(converted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_CONVERTED", converted)
    words = np.array([[3, 1, 3, 2], [0, 0, 0, 9]])
    tally = count_values_in_words(words, tuple, 2)
    assert replace(tally, rows=()) == Counts((), 4, 3)
    assert dict(tally.rows) == {"(1, 0)": 1, "(3, 0)": 2}


def test_different_words_of_one_value_are_one() -> None:
    assert count_values_in_words(np.array([[1, 3, 2]]), lambda row: bool(row[0] & 1), 5) == Counts(
        (("False", 1), ("True", 2)), 3, 2
    )


def test_numbers_are_sorted_by_their_size() -> None:
    values = [(10, 1), (-1.5, 1), (float("nan"), 1), (2, 1), (float("inf"), 1)]
    assert [name for name, _ in count_values(values, 9).rows] == ["-1.5", "2", "10", "inf", "nan"]


def test_the_texts_of_sampled_shots_are_those_of_each() -> None:
    layout = table_of([[(RecordKind.MESSAGE, 0, 0), (RecordKind.MESSAGE, 1, 0), *bits("0")]], ["a", "b"])
    table = SampledTable(layout, PackedBits.of(np.zeros((1, 3), np.uint8)))
    assert table.first_texts(RecordKind.MESSAGE, 3) == (("a", "b", "a"), 6)
    assert table.first_texts(RecordKind.DUMP, 3) == ((), 0)
    assert table.first_texts(RecordKind.MESSAGE, 100) == (("a", "b") * 3, 6)
