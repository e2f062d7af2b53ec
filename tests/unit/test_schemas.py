from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.errors import RecordError
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.output_schemas import (
    Schema,
    double_text,
    header,
    read_field,
    read_message,
    read_record,
    record_line,
    shot_lines,
)
from qirjit_magic.results.records import Record

# Texts in which the characters that are escaped, and those that an escape is made of, are frequent.
_texts = st.text() | st.text(st.sampled_from("\\tnru{}'\"\t\n\r4"))


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
        (Record(RecordKind.RESULT_ARRAY, "0110", "a"), "OUTPUT\tRESULT_ARRAY\t0110\ta"),
        (Record(RecordKind.RESULT_ARRAY, ""), "OUTPUT\tRESULT_ARRAY\t"),
        (Record(RecordKind.MESSAGE, "Hello"), "INFO\tHello"),
        (Record(RecordKind.DUMP, "STATE:\n|0⟩\t1"), "STATE:\n|0⟩\t1"),
    ],
)
def test_each_record_is_a_line_of_the_specification(record: Record, line: str) -> None:
    assert record_line(record, labeled=True) == line


@pytest.mark.parametrize("kind", [RecordKind.RESULT, RecordKind.INT, RecordKind.TUPLE, RecordKind.ARRAY])
def test_the_ordered_schema_leaves_labels_out(kind: RecordKind) -> None:
    assert record_line(Record(kind, 1, "label"), labeled=False) == f"OUTPUT\t{kind.name}\t1"


@given(_texts)
def test_a_message_is_one_line_from_which_it_can_be_read_back(message: str) -> None:
    line = record_line(Record(RecordKind.MESSAGE, message), labeled=True)
    assert not set("\n\r") & set(line)
    assert read_message(line.removeprefix("INFO\t")) == message


@given(_texts)
def test_a_label_is_the_last_field_of_one_line_from_which_it_can_be_read_back(label: str) -> None:
    line = record_line(Record(RecordKind.INT, 7, label), labeled=True)
    assert not set("\n\r") & set(line)
    output, kind, value, field = line.split("\t")
    assert (output, kind, value) == ("OUTPUT", "INT", "7")
    assert read_field(field) == label


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("0_t0r", "0_t0r"),
        ("a\tb\nc\rd", r"a\tb\nc\rd"),
        (r"C:\data", r"C:\data"),
        (r"C:\temp", r"C:\\temp"),
        ("\\", "\\"),
        ('"a"', r'\"a"'),
        ('a"b', 'a"b'),
        ("é⟩", "é⟩"),
    ],
)
def test_only_what_would_be_misread_is_escaped_in_a_label(label: str, field: str) -> None:
    assert record_line(Record(RecordKind.INT, 7, label), labeled=True) == f"OUTPUT\tINT\t7\t{field}"


@pytest.mark.parametrize(
    ("field", "text"),
    [('"a b"', "a b"), ('""', ""), ('"', '"'), ('a"', 'a"'), ('"a"b"', '"a"b"'), (r"\x\u{}", r"\x\u{}")],
)
def test_the_quotes_around_a_field_are_no_part_of_it(field: str, text: str) -> None:
    assert read_field(field) == text


def test_what_qirrunner_escapes_in_a_message_is_read_too() -> None:
    assert read_message(r"a\tb\nc\\d\r\"e\'\u{e9}\u{0}\u{1f600}\u{10ffff}\u{110000}\u{d800}") == (
        "a\tb\nc\\d\r\"e'\u00e9\0\U0001f600\U0010ffff\\u{110000}\\u{d800}"
    )


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


def test_an_attribute_with_line_breaks_and_tabs_stays_one_line() -> None:
    lines = list(shot_lines([], [("a\tb", 'x\ny"')], 0, schema="labeled"))
    assert lines == ["START", 'METADATA\ta\\tb\tx\\ny"', "END\t0"]


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
        (math.inf, "INF"),
        (-math.inf, "-INF"),
        (math.nan, "NAN"),
    ],
)
def test_a_double_is_written_in_digits_or_in_the_words_of_the_specification(value: float, text: str) -> None:
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


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("RESULT", "1", 1),
        ("BOOL", "true", True),
        ("BOOL", "false", False),
        ("INT", "+7", 7),
        ("INT", "-9223372036854775808", -(2**63)),
        ("DOUBLE", "3", 3.0),
        ("DOUBLE", "-0.5e3", -500.0),
        ("DOUBLE", "+.5E-1", 0.05),
        ("DOUBLE", "INF", math.inf),
        ("DOUBLE", "-INFINITY", -math.inf),
        ("DOUBLE", "inf", math.inf),
        ("RESULT_ARRAY", "0110", "0110"),
        ("RESULT_ARRAY", "", ""),
        ("TUPLE", "2", 2),
        ("ARRAY", "0", 0),
    ],
)
def test_a_value_is_read_by_its_type(kind: str, text: str, value: object) -> None:
    record = read_record(kind, text, "label")
    assert record == Record(RecordKind[kind], record.value, "label")
    assert (record.value, type(record.value)) == (value, type(value))


@pytest.mark.parametrize("text", ["NAN", "NaN", "-nan"])
def test_what_is_no_number_is_read(text: str) -> None:
    assert math.isnan(float(read_record("DOUBLE", text).value))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("RESULT", "2", "RESULT is '2': it must be 0 or 1."),
        ("RESULT", "Zero", "0 or 1"),
        ("BOOL", "True", "true or false"),
        ("INT", "1.0", "an integer"),
        ("INT", "٣", "an integer"),
        ("INT", "9" * 5000, "an integer"),
        ("DOUBLE", "1.", "a number, INF or NAN"),
        ("DOUBLE", "0x1p3", "a number, INF or NAN"),
        ("DOUBLE", "1_0", "a number, INF or NAN"),
        ("RESULT_ARRAY", "01x", "a row of 0 and 1"),
        ("TUPLE", "-1", "a number of items"),
        ("ARRAY", "", "a number of items"),
        ("QUBIT", "0", "the type is 'QUBIT': it must be one of RESULT, BOOL, INT, DOUBLE, RESULT_ARRAY, TUPLE, ARRAY."),
        ("MESSAGE", "0", "the type is 'MESSAGE'"),
    ],
)
def test_a_value_that_its_type_cannot_have_is_refused(kind: str, text: str, expected: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(kind, text)
    assert expected in str(caught.value)
