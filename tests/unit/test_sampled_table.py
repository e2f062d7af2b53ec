"""Sampled shots as a table: the records of one, and the bits of all; what does not fit together has no shots."""

from __future__ import annotations

import numpy as np
import pytest

from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.records import RecordTable, Sampled
from qirjit_magic.results.sampled import SampledTable, sampled_table
from tests.runs import columns_of

# A result, an array of two, an array of none, an int, another array of two.
KINDS = [RecordKind.RESULT, RecordKind.RESULT_ARRAY, RecordKind.RESULT_ARRAY, RecordKind.INT, RecordKind.RESULT_ARRAY]
LAYOUT = columns_of(
    kinds=np.array(KINDS, np.uint8),
    texts=np.array([-1, 0, -1, -1, -1], np.int32),
    values=np.array([0, 1, 2, 7, 1]),
    ends=np.array([5]),
    returned=np.array([0]),
    returned_words=np.zeros((1, 0), np.int64),
    strings=("label", "00", ""),
)
SHOTS = ("00000", "10110", "01101")  # a character for each result


def packed(columns: int = 5) -> bytes:
    bits = np.array([[int(shot[column % 5]) for shot in SHOTS] for column in range(columns)], np.uint8)
    return np.packbits(bits, axis=1).tobytes()


def test_results_in_arrays_and_alone_are_read_in_their_order() -> None:
    table = sampled_table(LAYOUT, Sampled(3, 5, packed()))
    assert isinstance(table, SampledTable)
    values = [[record.value for record in table.shot(index)] for index in range(3)]
    assert values == [[int(s[0]), s[1:3], "", 7, s[3:]] for s in SHOTS]
    assert table.shot(1)[1].label == "label"
    assert table.counts() == table.whole.counts() == {"00000": 1, "01101": 1, "10110": 1}
    assert [table.whole.shot(index) for index in range(3)] == [table.shot(index) for index in range(3)]
    assert [table.first(2).whole.shot(1)] == [table.shot(1)]


@pytest.mark.parametrize(
    ("layout", "sampled"),
    [
        (LAYOUT, Sampled(3, 4, packed(4))),
        (LAYOUT, Sampled(3, 6, packed(6))),
        (LAYOUT, Sampled(3, 0, b"")),
        (LAYOUT, Sampled(1 << 60, 0, b"")),
        (LAYOUT, Sampled(3, 5, packed()[:-1])),
        (LAYOUT.first(0), Sampled(3, 5, packed())),
    ],
)
def test_what_does_not_fit_together_has_no_shots(layout: RecordTable, sampled: Sampled) -> None:
    assert len(sampled_table(layout, sampled)) == 0


def test_a_billion_shots_of_the_same_take_no_memory() -> None:
    layout = columns_of(
        kinds=np.array([RecordKind.INT], np.uint8),
        texts=np.array([-1], np.int32),
        values=np.array([5]),
        ends=np.array([1]),
        returned=np.zeros(1, np.int64),
        returned_words=np.zeros((1, 0), np.int64),
        strings=(),
    )
    table = sampled_table(layout, Sampled(10**9, 0, b""))
    assert len(table) == 10**9
    assert table.returned.strides == (0,)
    records, left = table.first_records(3)
    assert [record.value for record in records] == [5, 5, 5]
    assert left == 10**9 - 3
