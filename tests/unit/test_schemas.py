from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.wire.memory import RecordKind
from qirjit_magic.wire.records import Record
from qirjit_magic.wire.schemas import Schema, double_text, header, record_line, shot_lines

_ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def _unescaped(text: str) -> str:
    plain, rest = "", text
    while rest:
        pair = _ESCAPES.get(rest[:2])
        plain, rest = (plain + pair, rest[2:]) if pair else (plain + rest[0], rest[1:])
    return plain


@pytest.mark.parametrize("schema", ["labeled", "ordered"])
def test_the_header_names_the_schema_and_its_version(schema: Schema) -> None:
    assert header(schema) == [f"HEADER\tschema_id\t{schema}", "HEADER\tschema_version\t2.1"]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (Record(RecordKind.RESULT, 0, "r"), "OUTPUT\tRESULT\t0\tr"),
        (Record(RecordKind.RESULT, 1), "OUTPUT\tRESULT\t1"),
        (Record(RecordKind.BOOL, value=True, label="b"), "OUTPUT\tBOOL\ttrue\tb"),
        (Record(RecordKind.BOOL, value=False), "OUTPUT\tBOOL\tfalse"),
        (Record(RecordKind.INT, -(2**63), "i"), "OUTPUT\tINT\t-9223372036854775808\ti"),
        (Record(RecordKind.INT, 1, ""), "OUTPUT\tINT\t1\t"),
        (Record(RecordKind.DOUBLE, 0.5, "d"), "OUTPUT\tDOUBLE\t0.5\td"),
        (Record(RecordKind.DOUBLE, 3.0), "OUTPUT\tDOUBLE\t3.0"),
        (Record(RecordKind.TUPLE, 2, "t"), "OUTPUT\tTUPLE\t2\tt"),
        (Record(RecordKind.ARRAY, 0), "OUTPUT\tARRAY\t0"),
        (Record(RecordKind.MESSAGE, "Hello"), "INFO\tHello"),
        (Record(RecordKind.DUMP, "STATE:\n|0⟩\t1"), "STATE:\n|0⟩\t1"),
    ],
)
def test_each_record_is_a_line_of_the_specification(record: Record, line: str) -> None:
    assert record_line(record, labeled=True) == line


@pytest.mark.parametrize("kind", [RecordKind.RESULT, RecordKind.INT, RecordKind.TUPLE, RecordKind.ARRAY])
def test_the_ordered_schema_leaves_labels_out(kind: RecordKind) -> None:
    assert record_line(Record(kind, 1, "label"), labeled=False) == f"OUTPUT\t{kind.name}\t1"


@given(st.text())
def test_a_message_is_one_line_from_which_it_can_be_read_back(message: str) -> None:
    line = record_line(Record(RecordKind.MESSAGE, message), labeled=True)
    assert not set("\n\r") & set(line)
    assert _unescaped(line.removeprefix("INFO\t")) == message


def test_a_shot_stands_between_start_and_end() -> None:
    records = [Record(RecordKind.TUPLE, 1, "t"), Record(RecordKind.RESULT, 1, "r")]
    metadata = [("entry_point", ""), ("required_num_qubits", "2")]
    assert list(shot_lines(records, metadata, 0, schema="labeled")) == [
        "START",
        "METADATA\tentry_point",
        "METADATA\trequired_num_qubits\t2",
        "OUTPUT\tTUPLE\t1\tt",
        "OUTPUT\tRESULT\t1\tr",
        "END\t0",
    ]


def test_the_ordered_schema_has_the_same_lines_without_labels() -> None:
    lines = list(shot_lines([Record(RecordKind.RESULT, 1, "r")], [("entry_point", "")], 3, schema="ordered"))
    assert lines == ["START", "METADATA\tentry_point", "OUTPUT\tRESULT\t1", "END\t3"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (1e16, "10000000000000000.0"),
        (-1e22, "-10000000000000000000000.0"),
        (1e-5, "0.00001"),
        (-2.5e-10, "-0.00000000025"),
        (5e-324, f"0.{'0' * 323}5"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "NaN"),
    ],
)
def test_a_double_is_written_as_the_reference_implementation_does(value: float, text: str) -> None:
    assert double_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_has_digits_and_a_point_and_reads_back_as_itself(value: float) -> None:
    text = double_text(value)
    whole, point, fraction = text.removeprefix("-").partition(".")
    assert whole.isdigit()
    assert point
    assert fraction.isdigit()
    assert math.copysign(1, float(text)) == math.copysign(1, value)
    assert float(text) == value


@given(st.floats(min_value=1e16, allow_infinity=False) | st.floats(max_value=-1e16, allow_infinity=False))
def test_a_great_double_is_written_in_its_exact_decimal_value(value: float) -> None:
    assert Decimal(double_text(value)) == Decimal(value)


@given(st.floats(-1e15, 1e15))
def test_a_double_of_moderate_size_is_written_in_its_shortest_digits(value: float) -> None:
    assert Decimal(double_text(value)) == Decimal(repr(value))
