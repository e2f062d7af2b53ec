from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
import qirrunner
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.errors import RecordError
from qirjit_magic.protocol.shared_memory import TEXT_KINDS, RecordKind
from qirjit_magic.results.containers import nested
from qirjit_magic.results.output_parsing import ParsedOutput, ParsedShot, from_qirrunner, parse_output
from qirjit_magic.results.output_schemas import Schema
from qirjit_magic.results.records import Record
from tests.files import corpus

_HEADER = "HEADER\tschema_id\tlabeled\nHEADER\tschema_version\t2.1\n"
# The second has the characters that are escaped, and those that an escape is made of.
_texts = st.text(max_size=8) | st.text(st.sampled_from("\\tnru{}'\"\t\n\r4"), max_size=8)
_labels = st.none() | _texts
_states = st.text(st.characters(exclude_characters="\r\n"), max_size=5).map(lambda state: f"STATE: {state}")
_dumps = _states | _states.map(lambda state: f"Global Results: [0, 1]\n{state}")
_records = st.one_of(
    st.builds(Record, st.just(RecordKind.RESULT), st.integers(0, 1), _labels),
    st.builds(Record, st.just(RecordKind.BOOL), st.booleans(), _labels),
    st.builds(Record, st.just(RecordKind.INT), st.integers(-(2**63), 2**63 - 1), _labels),
    st.builds(Record, st.just(RecordKind.DOUBLE), st.floats(allow_nan=False), _labels),
    st.builds(Record, st.just(RecordKind.RESULT_ARRAY), st.text("01", max_size=6), _labels),
    st.builds(Record, st.sampled_from([RecordKind.TUPLE, RecordKind.ARRAY]), st.integers(0, 2**63 - 1), _labels),
    st.builds(Record, st.just(RecordKind.MESSAGE), _texts),
    st.builds(Record, st.just(RecordKind.DUMP), _dumps),
)
_shots = st.builds(
    ParsedShot,
    st.lists(_records, max_size=6).map(tuple),
    st.lists(st.tuples(_texts, _texts), min_size=1, max_size=3).map(tuple),
    st.integers(-(2**63), 2**63 - 1),
)
_outputs = st.builds(ParsedOutput, st.just("labeled"), st.just("2.1"), st.lists(_shots, max_size=4).map(tuple))


def _shot(*lines: str) -> ParsedShot:
    (shot,) = parse_output(_HEADER + "\n".join(("START", *lines, "END\t0"))).shots
    return shot


def _printed(source: str, shots: int = 1) -> str:
    handler: Any = qirrunner.OutputHandler()  # type: ignore[no-untyped-call]  # it ships no types
    qirrunner.run_bytes(source.encode(), None, shots, 1, handler.handle)
    return str(handler.get_output())


@given(_outputs)
def test_labeled_text_is_read_as_it_was_written(output: ParsedOutput) -> None:
    assert parse_output(output.to_text("labeled")) == output


@given(_outputs)
def test_ordered_text_is_read_as_it_was_written_without_labels(output: ParsedOutput) -> None:
    found = parse_output(output.to_text("ordered"))
    assert found.schema == "ordered"
    assert [shot.records for shot in found.shots] == [
        tuple(Record(record.kind, record.value) for record in shot.records) for shot in output.shots
    ]
    assert [(shot.metadata, shot.exit_code) for shot in found.shots] == [
        (shot.metadata, shot.exit_code) for shot in output.shots
    ]


@given(_outputs, st.sampled_from(["\r\n", "\r"]))
def test_the_line_breaks_of_other_systems_change_nothing(output: ParsedOutput, line_break: str) -> None:
    assert parse_output(output.to_text().replace("\n", line_break)) == output


@pytest.mark.parametrize("schema", ["labeled", "ordered"])
def test_no_number_is_read_as_no_number(schema: Schema) -> None:
    output = ParsedOutput(schema, "2.1", (ParsedShot((Record(RecordKind.DOUBLE, math.nan),)),))
    (record,) = parse_output(output.to_text(schema)).shots[0].records
    assert (record.kind, str(record.value)) == (RecordKind.DOUBLE, "nan")


@given(
    st.text()
    | st.lists(st.sampled_from([*_HEADER.splitlines(), "START", "OUTPUT\tINT\t1", "END\t0", "\t"])).map("\n".join)
)
def test_a_text_that_is_not_refused_has_a_shot_for_each_start(text: str) -> None:
    with contextlib.suppress(RecordError):
        assert len(parse_output(text).shots) == text.count("START")


def test_the_example_of_the_specification_is_read() -> None:
    text = (
        "HEADER\tschema_id\tlabeled\n"
        "HEADER\tschema_version\t2.0\n"
        'HEADER\tbackend\t"a machine"\n'
        "START\n"
        "METADATA\tentry_point\n"
        "METADATA\trequired_num_qubits\t5\n"
        "OUTPUT\tTUPLE\t2\t0_t\n"
        "OUTPUT\tARRAY\t2\t1_t0a\n"
        "OUTPUT\tRESULT\t0\t2_t0a0r\n"
        "OUTPUT\tRESULT\t1\t3_t0a1r\n"
        "OUTPUT\tTUPLE\t3\t6_t1t\n"
        "OUTPUT\tBOOL\ttrue\t7_t1t0b\n"
        "OUTPUT\tINT\t42\t8_t1t1i\n"
        "OUTPUT\tDOUBLE\t3.1415\t9_t1t2d\n"
        "END\t0\n"
    )
    output = parse_output(text)
    (shot,) = output.shots
    assert (output.schema, output.version, output.headers) == ("labeled", "2.0", (("backend", "a machine"),))
    assert shot.metadata == (("entry_point", ""), ("required_num_qubits", "5"))
    assert [record.label for record in shot.records[:3]] == ["0_t", "1_t0a", "2_t0a0r"]
    assert nested(shot.records) == ([0, 1], (True, 42, 3.1415))
    assert shot.exit_code == 0


def test_metadata_holds_until_there_is_other_metadata() -> None:
    shots = ("METADATA\ta\n", "", "METADATA\tb\t1\n", "")
    text = _HEADER + "".join(f"START\n{metadata}OUTPUT\tINT\t1\nEND\t0\n" for metadata in shots)
    found = [shot.metadata for shot in parse_output(text).shots]
    assert found == [(("a", ""),), (("a", ""),), (("b", "1"),), (("b", "1"),)]


def test_a_text_may_begin_with_a_byte_order_mark_and_have_blank_lines() -> None:
    text = f"\ufeff{_HEADER}\nSTART\n\nOUTPUT\tINT\t1\n\nEND\t0\n\n"
    assert parse_output(text).shots == (ParsedShot((Record(RecordKind.INT, 1),)),)


def test_a_dump_ends_with_its_state() -> None:
    shot = _shot("Global Results: [1]", "STATE: a", "STATE: b", "OUTPUT\tINT\t1", "Global Results: [0]", "INFO\tc")
    assert [record for record in shot.records if record.kind in TEXT_KINDS] == [
        Record(RecordKind.DUMP, "Global Results: [1]\nSTATE: a"),
        Record(RecordKind.DUMP, "STATE: b"),
        Record(RecordKind.DUMP, "Global Results: [0]"),
        Record(RecordKind.MESSAGE, "c"),
    ]
    assert shot.messages == ("Global Results: [1]\nSTATE: a", "STATE: b", "Global Results: [0]", "c")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "has no HEADER"),
        ("HEADER\tschema_id\tlabeled\n", None, "has no HEADER lines of schema_id and schema_version"),
        ("OUTPUT\tINT\t1\n", 1, "must begin with the HEADER"),
        ("HEADER\tschema_id\tlabeled\nSTART\n", 2, "must begin with the HEADER"),
        ("HEADER\tschema_version\t2.1\n", 1, "the header is 'schema_version': schema_id comes first"),
        ("HEADER\tschema_id\tlabeled\nHEADER\ta\tb\n", 2, "the header is 'a': schema_version comes first"),
        ("HEADER\tschema_id\trandom\n", 1, "the schema is 'random': it must be labeled or ordered"),
        ("HEADER\tschema_id\n", 1, "a name and a value"),
        (f"{_HEADER}START\nEND\t0\n{_HEADER}", 5, "HEADER lines stand once"),
        (f"{_HEADER}START\nHEADER\ta\tb\n", 4, "HEADER lines stand once"),
        (f"{_HEADER}START\nEND\t0\nSTART\nOUTPUT\tINT\t1\n", None, "ends before the END of shot 1"),
        (f"{_HEADER}START\nSTART\n", 4, "before the END of the one before"),
        (f"{_HEADER}OUTPUT\tINT\t1\n", 3, "START comes first"),
        (f"{_HEADER}METADATA\ta\n", 3, "START comes first"),
        (f"{_HEADER}STATE: a\n", 3, "START comes first"),
        (f"{_HEADER}INFO\ta\n", 3, "START comes first"),
        (f"{_HEADER}END\t0\n", 3, "START comes first"),
        (f"{_HEADER}START\nEND\n", 4, "this is no START"),
        (f"{_HEADER}START\nEND\t1.5\n", 4, "the exit code is '1.5'"),
        (f"{_HEADER}START\nEND 0\n", 4, "this is no START"),
        (f"{_HEADER}START\nOUTPUT\tINT\n", 4, "this is no START"),
        (f"{_HEADER}START\nOUTPUT\tINT\t1\ta\tb\n", 4, "this is no START"),
        (f"{_HEADER}START\nMETADATA\ta\tb\tc\n", 4, "this is no START"),
        (f"{_HEADER}START\nRESULT\t1\n", 4, "this is no START"),
        (f"{_HEADER}START\nOUTPUT\tBOOL\t1\n", 4, "BOOL is '1': it must be true or false"),
        (f"{_HEADER}START\nhello\n", 4, "this is no START"),
        ("START\nHEADER\ta\tb\n", 2, "this is no START"),
        ("START\nRESULT\tARRAY_END\n", 2, "no ARRAY was begun last"),
        ("START\nRESULT\tARRAY_START\nRESULT\tTUPLE_END\n", 3, "no TUPLE was begun last"),
        ("START\nRESULT\tARRAY_START\nEND\t0\nSTART\nRESULT\tARRAY_END\n", 5, "no ARRAY was begun last"),
        ("START\nRESULT\tARRAY_MIDDLE\n", 2, "no ARRAY was begun last"),
        ("START\nRESULT\thello\n", 2, "DOUBLE is 'hello'"),
    ],
)
def test_a_text_that_breaks_the_grammar_is_refused_with_its_line(text: str, line: int | None, message: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_output(text)
    assert message in caught.value.message
    assert caught.value.line == line
    assert caught.value.source_line == (None if line is None else text.split("\n")[line - 1])


def test_labels_in_the_ordered_schema_are_refused() -> None:
    text = _HEADER.replace("labeled", "ordered") + "START\nOUTPUT\tINT\t1\ta\nEND\t0\n"
    with pytest.raises(RecordError, match="line 4: there are no labels in the ordered schema"):
        parse_output(text)


_PROGRAM = r"""
@said = internal constant [14 x i8] c"a\09b\0Ac\5Cd\0D\22e'\C3\A9\00"
@label = internal constant [13 x i8] c"l\09b\0Ac\5Ct\22e'\C3\A9\00"
define void @main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  %string = call ptr @__quantum__rt__string_create(ptr @said)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @__quantum__rt__tuple_record_output(i64 3, ptr @label)
  call void @__quantum__rt__double_record_output(double 0x7FF0000000000000, ptr @label)
  call void @__quantum__rt__double_record_output(double 0xFFF0000000000000, ptr null)
  call void @__quantum__rt__double_record_output(double 1.0e30, ptr null)
  ret void
}
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__dumpmachine__body(ptr)
declare void @__quantum__rt__tuple_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
attributes #0 = { "entry_point" "qir_profiles"="cus\22tom" "a b" }
"""
_LEGACY_PROGRAM = r"""
define void @main() #0 {
  call void @__quantum__rt__array_start_record_output()
  call void @__quantum__rt__tuple_start_record_output()
  call void @__quantum__rt__int_record_output(i64 5)
  call void @__quantum__rt__bool_record_output(i1 1)
  call void @__quantum__rt__tuple_end_record_output()
  call void @__quantum__rt__double_record_output(double 0xFFF0000000000000)
  call void @__quantum__rt__double_record_output(double 1.5)
  call void @__quantum__rt__result_record_output(ptr null)
  call void @__quantum__rt__array_record_output(i64 2, ptr null)
  call void @__quantum__rt__int_record_output(i64 -7)
  call void @__quantum__rt__int_record_output(i64 8)
  call void @__quantum__rt__array_end_record_output()
  ret void
}
declare void @__quantum__rt__array_start_record_output()
declare void @__quantum__rt__array_end_record_output()
declare void @__quantum__rt__tuple_start_record_output()
declare void @__quantum__rt__tuple_end_record_output()
declare void @__quantum__rt__int_record_output(i64)
declare void @__quantum__rt__bool_record_output(i1)
declare void @__quantum__rt__double_record_output(double)
declare void @__quantum__rt__result_record_output(ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
attributes #0 = { "EntryPoint" "requiredResults"="1" }
"""


def test_what_qirrunner_prints_becomes_the_text_of_the_specification() -> None:
    label = "l\\tb\\nc\\\\t\"e'é"
    shot = (
        'START\nMETADATA\ta b\nMETADATA\tentry_point\nMETADATA\tqir_profiles\tcus"tom\n'
        "INFO\ta\\tb\\nc\\\\d\\r\"e'é\n"
        "STATE: [ |0⟩: 0.7071067811865476+0i, |1⟩: 0.7071067811865476+0i, ]\n"
        f"OUTPUT\tTUPLE\t3\t{label}\nOUTPUT\tDOUBLE\tINF\t{label}\nOUTPUT\tDOUBLE\t-INF\n"
        "OUTPUT\tDOUBLE\t1000000000000000019884624838656.0\nEND\t0\n"
    )
    assert from_qirrunner(_printed(_PROGRAM, 2)) == _HEADER + shot + shot


def test_the_legacy_records_of_qirrunner_become_outputs_of_the_type_that_their_values_show() -> None:
    (shot,) = parse_output(_printed(_LEGACY_PROGRAM)).shots
    assert nested(shot.records) == [(5, True), -math.inf, 1.5, 0, [-7, 8]]
    assert [(record.kind.name, record.value) for record in shot.records] == [
        ("ARRAY", 5),
        ("TUPLE", 2),
        ("INT", 5),
        ("BOOL", True),
        ("DOUBLE", -math.inf),
        ("DOUBLE", 1.5),
        ("RESULT", 0),
        ("ARRAY", 2),
        ("INT", -7),
        ("INT", 8),
    ]
    assert shot.metadata == (("EntryPoint", ""), ("requiredResults", "1"))


@given(st.lists(st.text(st.characters(exclude_characters="\r\0"), max_size=8), max_size=4))
def test_a_label_of_qirrunner_is_read_as_it_was(labels: list[str]) -> None:
    safe = [label.replace("\n", "\n ") for label in labels]  # no line of a label looks like a record
    text = "".join(f"OUTPUT\tINT\t1\t{label}\n" for label in safe)
    (shot,) = parse_output(f"START\n{text}END\t0\n").shots
    assert [record.label for record in shot.records] == safe


def test_a_label_of_qirrunner_may_have_blank_lines_and_end_with_one() -> None:
    (shot,) = parse_output("START\nOUTPUT\tINT\t1\ta\n\nb\n\nOUTPUT\tINT\t2\nEND\t0\n").shots
    assert shot.records == (Record(RecordKind.INT, 1, "a\n\nb\n"), Record(RecordKind.INT, 2))


def test_a_shot_of_qirrunner_that_breaks_off_has_failed() -> None:
    text = "START\nOUTPUT\tINT\t1\nEND\t0\nSTART\nOUTPUT\tINT\t2\tx\n"
    assert [shot.exit_code for shot in parse_output(text).shots] == [0, 1]
    assert from_qirrunner(text) == f"{_HEADER}{text}END\t1\n"


@given(_outputs)
def test_what_is_converted_once_is_not_changed_again(output: ParsedOutput) -> None:
    assert from_qirrunner(output.to_text()) == output.to_text()


def test_what_qirrunner_prints_for_the_published_programs_changes_in_its_header_alone() -> None:
    folder = corpus()
    if folder is None:
        pytest.skip("there is no folder shared/corpus beside the repository: put the published programs there.")
    printed = [file.read_text("utf-8") for file in folder.rglob("*.out")]
    assert len(printed) >= 18
    assert [from_qirrunner(text) for text in printed] == [_HEADER + text for text in printed]
