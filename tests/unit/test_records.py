from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.runtime.bindings import read_ir
from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind
from qirjit_magic.results.records import Failure, Record, RecordBatch, RecordTable, decode

_NUMBERED = (RecordKind.INT, RecordKind.TUPLE, RecordKind.ARRAY)
_WRITERS = {
    "__quantum__rt__result_record_output": RecordKind.RESULT,
    "__quantum__rt__bool_record_output": RecordKind.BOOL,
    "__quantum__rt__int_record_output": RecordKind.INT,
    "__quantum__rt__double_record_output": RecordKind.DOUBLE,
    "__quantum__rt__tuple_record_output": RecordKind.TUPLE,
    "__quantum__rt__array_record_output": RecordKind.ARRAY,
    "__quantum__rt__message": RecordKind.MESSAGE,
    "qirjit_dumpmachine": RecordKind.DUMP,
    "qirjit_end_shot": RecordKind.END,
    "qirjit_returned": RecordKind.RETURNED,
    "qirjit_leave": RecordKind.FAILURE,
    "__quantum__rt__result_array_record_output": RecordKind.RESULT_ARRAY,
}
_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
_words = st.integers(-(2**63), 2**63 - 1)
_labels = st.none() | st.sampled_from(["a", "b", "0_t0r"]) | _texts
_records = st.one_of(
    st.builds(Record, st.just(RecordKind.RESULT), st.integers(0, 1), _labels),
    st.builds(Record, st.just(RecordKind.BOOL), st.booleans(), _labels),
    st.builds(Record, st.sampled_from(_NUMBERED), _words, _labels),
    st.builds(Record, st.just(RecordKind.DOUBLE), st.floats(allow_nan=False), _labels),
    st.builds(Record, st.just(RecordKind.RESULT_ARRAY), st.text("01", max_size=6), _labels),
    st.builds(Record, st.sampled_from(TEXT_KINDS), _texts),
)
_result_records = st.builds(Record, st.just(RecordKind.RESULT), st.integers(0, 1)) | st.builds(
    Record, st.just(RecordKind.RESULT_ARRAY), st.text("01", max_size=3)
)


@dataclass
class _Writer:
    """What the recorder does: one piece of records in bytes."""

    finished: bytearray = field(default_factory=bytearray)
    text: bytearray = field(default_factory=lambda: bytearray(1))

    def keep(self, text: str) -> int:
        offset = len(self.text)
        self.text += text.encode() + b"\0"
        return offset

    def record(self, record: Record) -> bytes:
        if record.kind in TEXT_KINDS:
            return struct.pack("<IIq", record.kind, self.keep(str(record.value)), 0)
        offset = 0 if record.label is None else self.keep(record.label)
        if isinstance(record.value, float):
            return struct.pack("<IId", record.kind, offset, record.value)
        value = self.keep(record.value) if isinstance(record.value, str) else record.value
        return struct.pack("<IIq", record.kind, offset, value)

    def shot(self, records: list[Record], returned: int = 0) -> None:
        for record in records:
            self.finished += self.record(record)
        self.finished += struct.pack("<IIq", RecordKind.END, 0, returned)

    def piece(self, unfinished: bytes = b"") -> RecordBatch:
        return RecordBatch(bytes(self.finished), unfinished, bytes(self.text))


def _table(shots: list[list[Record]], returned: list[int] | None = None) -> RecordTable:
    writer = _Writer()
    for index, records in enumerate(shots):
        writer.shot(records, returned[index] if returned else 0)
    return decode([writer.piece()]).finished


def _results(*strings: str) -> RecordTable:
    return _table([[Record(RecordKind.RESULT, int(bit)) for bit in string] for string in strings])


def test_the_kinds_have_the_numbers_that_the_ir_writes() -> None:
    bodies = dict(re.findall(r"^define void @(\w+)\((.*?)^\}", read_ir("recorder.ll"), re.MULTILINE | re.DOTALL))
    written = {name: re.findall(r"call void @(?:record|append)\(i32 (\d+)", body) for name, body in bodies.items()}
    assert {name: numbers for name, numbers in written.items() if numbers} == {
        name: [str(kind.value)] for name, kind in _WRITERS.items()
    }
    assert set(_WRITERS.values()) == set(RecordKind)


@given(st.lists(st.lists(st.tuples(st.lists(_records, max_size=5), _words), max_size=4), max_size=3))
def test_records_are_decoded_as_they_were_written(pieces: list[list[tuple[list[Record], int]]]) -> None:
    written = []
    for shots in pieces:
        writer = _Writer()
        for records, returned in shots:
            writer.shot(records, returned)
        written.append(writer.piece())
    table = decode(written).finished
    expected = [shot for shots in pieces for shot in shots]
    assert [table.shot(index) for index in range(len(table))] == [tuple(records) for records, _ in expected]
    assert table.returned.tolist() == [returned for _, returned in expected]


@given(st.lists(st.text("01", max_size=4), max_size=30))
def test_counts_are_those_of_the_strings_in_their_order(strings: list[str]) -> None:
    counts = _results(*strings).counts()
    expected = dict(sorted(Counter(strings).items())) if any(strings) else {}
    assert counts == expected
    assert list(counts) == list(expected)


@pytest.mark.parametrize("width", [1, 63, 64, 65, 300])
def test_strings_of_any_width_are_counted(width: int) -> None:
    zeros, ones = "0" * width, "1" * width
    assert _results(zeros, ones, zeros).counts() == {zeros: 2, ones: 1}


def test_only_results_are_counted() -> None:
    records = [Record(RecordKind.ARRAY, 1), Record(RecordKind.RESULT, 1), Record(RecordKind.BOOL, value=False)]
    assert _table([records, records]).counts() == {"1": 2}


@given(st.lists(st.lists(_result_records, max_size=4), min_size=1, max_size=10))
def test_results_in_arrays_are_counted_as_single_ones_are(shots: list[list[Record]]) -> None:
    expected = Counter("".join(str(record.value) for record in shot) for shot in shots)
    assert _table(shots).counts() == (dict(sorted(expected.items())) if any(shots) else {})


@pytest.mark.parametrize(("stored", "bits"), [(b"0110", "0110"), (b"01x\xff1", "01001"), (b"", "")])
def test_whatever_is_no_1_in_an_array_of_results_reads_as_0(stored: bytes, bits: str) -> None:
    data = struct.pack("<IIq", RecordKind.RESULT_ARRAY, 1, 3) + struct.pack("<IIq", RecordKind.END, 0, 0)
    shot = decode([RecordBatch(data, b"", b"\0a\0" + stored + b"\0rest\0")]).finished.shot(0)
    assert shot == (Record(RecordKind.RESULT_ARRAY, bits, "a"),)


@pytest.mark.parametrize("offset", [0, 3, 2**31, 2**32 - 1, 2**32, -(2**32), -1])
def test_an_array_of_results_that_is_nowhere_is_empty(offset: int) -> None:
    data = struct.pack("<IIq", RecordKind.RESULT_ARRAY, 0, offset)
    piece = RecordBatch(data + struct.pack("<IIq", RecordKind.END, 0, 0), data, b"\0" + b"1\0")
    recording = decode([piece])
    assert recording.finished.shot(0) == recording.unfinished == (Record(RecordKind.RESULT_ARRAY, ""),)
    assert recording.finished.counts() == {"": 1}


def test_an_array_of_results_lies_where_the_low_half_of_its_value_says() -> None:
    data = struct.pack("<IIII", RecordKind.RESULT_ARRAY, 0, 1, 2**32 - 1) + struct.pack("<IIq", RecordKind.END, 0, 0)
    shot = decode([RecordBatch(data, b"", b"\0" + b"10\0")]).finished.shot(0)
    assert shot == (Record(RecordKind.RESULT_ARRAY, "10"),)


def test_messages_and_dumps_come_in_order_over_all_shots() -> None:
    said = [Record(RecordKind.MESSAGE, "b"), Record(RecordKind.RESULT, 1, "x"), Record(RecordKind.DUMP, "a")]
    assert _table([said, [Record(RecordKind.MESSAGE, "")]]).messages() == ["b", "a", ""]


def test_a_text_to_which_many_records_point_is_one_string() -> None:
    data = struct.pack("<IIq", RecordKind.MESSAGE, 1, 4) * 3 + struct.pack("<IIq", RecordKind.END, 0, 0)
    table = decode([RecordBatch(data, b"", b"\0same\0")]).finished
    said, records = table.messages(), table.shot(0)
    assert said == ["same"] * 3
    assert all(text is said[0] for text in said)
    assert all(record.value is records[0].value for record in records)


def test_the_unfinished_shot_stands_apart() -> None:
    writer = _Writer()
    writer.shot([Record(RecordKind.INT, 1)])
    record = Record(RecordKind.INT, 2, "begun")
    recording = decode([writer.piece(writer.record(record))])
    assert len(recording.finished) == 1
    assert recording.unfinished == (record,)
    assert recording.failure is None


@given(_texts, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_failure_has_its_message_and_its_exit_code(message: str, code: int, length: int) -> None:
    writer = _Writer()
    value = struct.unpack("<q", struct.pack("<II", length, code))[0]
    failed = struct.pack("<IIq", RecordKind.FAILURE, writer.keep(message), value)
    recording = decode([writer.piece(failed)])
    assert recording.failure == Failure(message, code)
    assert recording.unfinished == ()


def test_of_an_earlier_piece_nothing_is_unfinished() -> None:
    writer = _Writer()
    stray = writer.record(Record(RecordKind.INT, 2))
    recording = decode([writer.piece(stray), _Writer().piece()])
    assert recording.unfinished == ()


@given(
    st.lists(
        st.builds(RecordBatch, st.binary(max_size=100), st.binary(max_size=40), st.binary(max_size=30)), max_size=3
    )
)
def test_no_bytes_make_decoding_fail(pieces: list[RecordBatch]) -> None:
    table = decode(pieces).finished
    for index in range(len(table)):
        table.shot(index)
    table.messages()


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2**32 - 1), _words), max_size=20), st.binary(max_size=30))
def test_whatever_the_engine_wrote_can_be_looked_at(rows: list[tuple[int, int, int]], text: bytes) -> None:
    data = b"".join(struct.pack("<IIq", *row) for row in rows)
    recording = decode([RecordBatch(data, data, text)])
    table = recording.finished
    assert len(table) == sum(kind == RecordKind.END for kind, _, _ in rows)
    assert sum(len(table.shot(index)) for index in range(len(table))) == len(table.kinds)
    assert all(len(key) <= len(table.kinds) for key in table.counts())
    table.messages()


@given(
    st.lists(st.tuples(st.sampled_from([1, 4, 8, 9, 11]), st.integers(0, 40), st.integers(0, 40)), max_size=40),
    st.binary(max_size=40),
)
def test_strings_are_no_longer_than_the_text_however_many_records_point_to_it(
    rows: list[tuple[int, int, int]], text: bytes
) -> None:
    data = b"".join(struct.pack("<IIq", *row) for row in rows)
    table = decode([RecordBatch(data, b"", text)]).finished
    assert len(table.strings.data) <= len(text) + 2
    assert sum(map(len, table.counts())) <= len(text)


def test_millions_of_records_that_point_into_one_long_text_take_no_more_memory_than_it() -> None:
    text = b"\0" + b"1" * (1 << 20)
    rows = np.zeros(1 << 20, np.dtype([("kind", "<u4"), ("text", "<u4"), ("value", "<i8")]))
    rows["kind"], rows["text"], rows["value"] = RecordKind.RESULT_ARRAY, np.arange(1 << 20), np.arange(1 << 20)
    rows[-1] = (RecordKind.END, 0, 0)
    table = decode([RecordBatch(rows.tobytes(), b"", text)]).finished
    assert len(table.strings.data) == len(text) + 2
    assert table.counts() == {"1" * (1 << 20): 1}


@pytest.mark.parametrize("shots", [0, 1, 2, 3, 4, 5])
def test_the_first_shots_are_what_they_were(shots: int) -> None:
    one, two = Record(RecordKind.INT, 1, "a"), Record(RecordKind.INT, 2)
    table = _table([[one], [], [two, one], [two] * 2], [7, 8, 9, 10])
    some = table.first(shots)
    assert len(some) == min(shots, 4)
    assert [some.shot(index) for index in range(len(some))] == [table.shot(index) for index in range(len(some))]
    assert some.returned.tolist() == [7, 8, 9, 10][:shots]
    assert len(some.kinds) == len(some.texts) == len(some.values)


@pytest.mark.parametrize("value", [2, 200, -1, 208, 2**62])
def test_a_result_that_is_no_bit_can_be_counted(value: int) -> None:
    table = _table([[Record(RecordKind.RESULT, value)]])
    assert table.counts() == {str(value & 1): 1}
    assert table.shot(0) == (Record(RecordKind.RESULT, value & 1),)


@pytest.mark.parametrize("offset", [0, 6, 7, 2**31, 2**32 - 1])
def test_a_text_that_is_nowhere_reads_as_none(offset: int) -> None:
    data = struct.pack("<IIq", RecordKind.INT, offset, 1) + struct.pack("<IIq", RecordKind.END, 0, 0)
    assert decode([RecordBatch(data, b"", b"\0label")]).finished.shot(0) == (Record(RecordKind.INT, 1),)


def test_a_text_without_an_end_goes_to_the_end_of_what_there_is() -> None:
    data = struct.pack("<IIq", RecordKind.INT, 1, 1) + struct.pack("<IIq", RecordKind.END, 0, 0)
    assert decode([RecordBatch(data, b"", b"\0label")]).finished.shot(0) == (Record(RecordKind.INT, 1, "label"),)


def test_the_columns_have_the_types_that_are_promised() -> None:
    table = _table([[Record(RecordKind.INT, 1, "a")]])
    found = [column.dtype for column in (table.kinds, table.texts, table.values, table.ends, table.returned)]
    assert found == [np.dtype(name) for name in ("uint8", "int32", "int64", "int64", "int64")]


@given(st.lists(st.lists(st.none() | _words, max_size=5), max_size=5), st.integers(0, 3))
def test_each_shot_has_the_words_that_it_returned_with_as_many_as_its_type_has(
    shots: list[list[int | None]], words: int
) -> None:
    writer = _Writer()
    for shot in shots:
        for word in shot:  # None: a record between them, which no recorder writes there
            kind = RecordKind.INT if word is None else RecordKind.RETURNED
            writer.finished += struct.pack("<IIq", kind, 0, word or 0)
        writer.shot([])
    unfinished = struct.pack("<IIq", RecordKind.RETURNED, 0, 7)
    recording = decode([writer.piece(unfinished)], words)
    returned = [[word for word in shot if word is not None] for shot in shots]
    assert recording.finished.returned_words.tolist() == [
        [*shot[:words], *[0] * (words - len(shot))] for shot in returned
    ]
    assert [len(recording.finished.shot(i)) for i in range(len(shots))] == [shot.count(None) for shot in shots]
    assert recording.unfinished == ()
