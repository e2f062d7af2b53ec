"""Shots that all recorded the same are decoded at once, to what they are decoded to one by one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import fields
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results import record_columns
from qirjit_magic.results.record_columns import layout_of
from qirjit_magic.results.records import RecordBatch, RecordTable, decode

_TEXT = b"\0first\0second\0first\0"
_INSIDE = [kind for kind in RecordKind if kind not in {RecordKind.END, RecordKind.RESULT_ARRAY}]
_heads = st.tuples(st.sampled_from(_INSIDE), st.sampled_from([0, 1, 3, 7, 14, 500]))
_values = st.integers(-(2**63), 2**63 - 1)


def shot(heads: list[tuple[int, int]], value: Callable[[], int]) -> bytes:
    rows = [*heads, (RecordKind.END, 0)]
    return b"".join(struct.pack("<IIq", kind, text, value()) for kind, text in rows)


def assert_same(table: RecordTable, other: RecordTable) -> None:
    for column in fields(RecordTable):
        one, two = getattr(table, column.name), getattr(other, column.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == two.dtype, column.name
            assert np.array_equal(one, two), column.name
        elif column.name != "uniform_shot_length":
            assert one == two


@given(st.lists(_heads, max_size=5), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 3), st.data())
def test_a_layout_decodes_to_what_its_records_do(
    heads: list[tuple[int, int]], counts: list[int], words: int, data: st.DataObject
) -> None:
    finished = [b"".join(shot(heads, lambda: data.draw(_values)) for _ in range(count)) for count in counts]
    pieces = [RecordBatch(piece, b"", _TEXT[number:]) for number, piece in enumerate(finished)]
    assert all(layout_of(piece) is not None for piece in finished)
    at_once = decode(pieces, words).finished
    with patch.object(record_columns, "layout_of", lambda _: None):
        one_by_one = decode(pieces, words).finished
    assert_same(at_once, one_by_one)
    assert at_once.counts() == one_by_one.counts()
    assert (at_once.uniform_shot_length * len(at_once), one_by_one.uniform_shot_length) == (len(at_once.kinds), 0)


@pytest.mark.parametrize(
    "odd",
    [
        shot([(RecordKind.INT, 0)], lambda: 1),
        shot([(RecordKind.RESULT, 1)], lambda: 1),
        shot([(RecordKind.RESULT, 0)] * 2, lambda: 1),
        shot([], lambda: 1),
        shot([(RecordKind.RESULT, 0)], lambda: 1)[:-16],
        b"\0" * 32,
    ],
    ids=["another kind", "another label", "more records", "fewer records", "no end", "nothing"],
)
def test_shots_that_differ_in_more_than_their_values_have_no_layout(odd: bytes) -> None:
    usual = shot([(RecordKind.RESULT, 0)], lambda: 0) * 3
    assert layout_of(usual) is not None
    assert layout_of(usual + odd + usual) is None


def test_pieces_may_differ_in_where_their_labels_stand_but_not_in_kinds() -> None:
    first, label, kind = (RecordBatch(shot([head], lambda: 0), b"", _TEXT) for head in ((2, 0), (2, 7), (4, 0)))
    assert decode([first, label]).finished.uniform_shot_length == 1
    assert decode([first, kind]).finished.uniform_shot_length == 0


def test_texts_that_are_values_have_no_layout() -> None:
    assert layout_of(shot([(RecordKind.RESULT_ARRAY, 0)], lambda: 1)) is None
    assert layout_of(b"") is None
