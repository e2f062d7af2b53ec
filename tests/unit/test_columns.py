"""Columns that grow in place, a part of the memory at a time; results counted in parts: to what they are at once."""

from __future__ import annotations

import pickle
import struct
from collections import Counter
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.shared_memory import RECORD_SIZE, RecordKind
from qirjit_magic.results import counts, record_columns, records
from qirjit_magic.results.counts import PackedBits, distinct_bits
from qirjit_magic.results.record_columns import GrowingColumn, TextPool
from qirjit_magic.results.records import RecordBatch, RecordTable, decode

_TEXT = b"\0first\0second\0\0" + b"01\0" * 40
_rows = st.tuples(st.sampled_from([1, 1, 2, 4, 8, 11, 12]), st.integers(0, 20), st.integers(0, 100))
_pieces = st.lists(st.lists(_rows, max_size=30), max_size=3)
_words = st.lists(st.lists(st.sampled_from(["", "0", "1", "01", "110", 0, 1]), max_size=4), min_size=1, max_size=20)


def written(rows: list[tuple[int, int, int]]) -> RecordBatch:
    return RecordBatch(b"".join(struct.pack("<IIq", *row) for row in rows), b"", _TEXT)


def seen(table: RecordTable) -> tuple[list[object], list[int], list[list[int]], list[str], dict[str, int]]:
    shots: list[object] = [table.shot(index) for index in range(len(table))]
    return shots, table.returned.tolist(), table.returned_words.tolist(), table.messages(), table.counts()


@given(_pieces, st.integers(1, 4))
def test_records_that_are_read_in_parts_are_those_that_are_read_at_once(
    pieces: list[list[tuple[int, int, int]]], at_once: int
) -> None:
    whole = seen(decode([written(rows) for rows in pieces], 2).finished)
    with patch.object(record_columns, "_READ", at_once * RECORD_SIZE), patch.object(record_columns, "_STEP", 64):
        assert seen(decode([written(rows) for rows in pieces], 2).finished) == whole


@given(_words, st.integers(1, 3))
def test_results_of_shots_of_any_width_are_counted_in_parts_as_python_counts_them(
    shots: list[list[str | int]], at_once: int
) -> None:
    rows, text = b"", bytearray(b"\0")
    for shot in shots:
        for item in shot:
            if isinstance(item, int):
                rows += struct.pack("<IIq", RecordKind.RESULT, 0, item)
                continue
            rows += struct.pack("<IIq", RecordKind.RESULT_ARRAY, 0, len(text))
            text += item.encode() + b"\0"
        rows += struct.pack("<IIq", RecordKind.END, 0, 0)
    table = decode([RecordBatch(rows, b"", bytes(text))]).finished
    expected = Counter("".join(map(str, shot)) for shot in shots) if any(shots) else Counter[str]()
    with (
        patch.object(records, "_COMPARED", at_once),
        patch.object(records, "_GATHERED", at_once),
        patch.object(record_columns, "_GATHERED", at_once),
        patch.object(record_columns, "_AT_ONCE", at_once),
    ):
        assert table.counts() == expected
        tally = table.top_counts(3)
    assert (tally.total, tally.distinct) == (expected.total(), len(expected))
    ordered = sorted(expected.items(), key=lambda item: (-item[1], item[0]))
    assert tally.rows == tuple(sorted(ordered[:3]))


@given(st.integers(1, 70), st.integers(1, 40), st.integers(0, 2**32), st.integers(1, 3))
def test_packed_bits_are_counted_as_those_that_are_not(width: int, shots: int, seed: int, eighths: int) -> None:
    bits = np.random.default_rng(seed).integers(0, 2, (width, shots), dtype=np.uint8)
    packed = PackedBits.of(bits)
    assert (packed[:, :] == bits).all()
    assert (packed[:, np.arange(shots)[::-1]] == bits[:, ::-1]).all()
    assert (packed.first(shots - 1)[:, :] == bits[:, : shots - 1]).all()
    with patch.object(counts, "_AT_ONCE", 8 * eighths):
        assert distinct_bits(packed).all_counts() == distinct_bits(bits).all_counts()


def test_a_column_keeps_what_it_had_when_it_grows() -> None:
    column = GrowingColumn(np.int64)
    for number in range(300):
        column.more(number)[:] = number
    assert column.size >= 8 * len(column)
    column.widen_items(np.int64)
    assert column.filled().tolist() == [number for number in range(300) for _ in range(number)]
    assert column.size == 8 * len(column)


def test_texts_are_pickled_without_the_strings_that_were_made() -> None:
    made, places = TextPool.of(["some", "text", ""])
    assert [made[place] for place in places.tolist()] == ["some", "text", ""]
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    assert len(pickle.dumps(made)) < 200


def test_the_end_of_one_piece_s_text_is_no_beginning_of_the_next() -> None:
    end = struct.pack("<IIq", RecordKind.END, 0, 0)
    pieces = [
        RecordBatch(struct.pack("<IIq", RecordKind.MESSAGE, 1, 3) + end, b"", b"\0cut"),
        RecordBatch(b"", b"", b"more"),
    ]
    assert decode([*pieces, RecordBatch(end, b"", b"again")]).finished.messages() == ["cut"]


def test_arrays_of_results_that_lie_in_each_other_s_text_multiply_nothing() -> None:
    text = b"\0" + b"1" * 5000 + b"\0"
    rows = b"".join(struct.pack("<IIq", RecordKind.RESULT_ARRAY, 0, 1) for _ in range(5000))
    table = decode([RecordBatch(rows + struct.pack("<IIq", RecordKind.END, 0, 0), b"", text)]).finished
    assert table.counts() == {"1" * 5000: 1}
