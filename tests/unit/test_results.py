from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from qirjit_magic.errors import OptionError
from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.output_parsing import parse_output
from qirjit_magic.results.records import Record, RecordTable
from qirjit_magic.session.run_result import FORMATS, Plan, RunResult
from tests.runs import columns_of
from tests.words import double_word

_DECLARED = (("entry_point", ""), ("required_num_qubits", "1"))
_ROWS = ((RecordKind.MESSAGE, 0, 0), (RecordKind.RESULT, 1, 1), (RecordKind.RESULT, -1, 0))


def _table(rows: tuple[tuple[int, int, int], ...], returned: list[int]) -> RecordTable:
    """Every shot records the same rows: kind, text, value."""
    kinds, texts, values = zip(*(rows * len(returned)), strict=True) if rows and returned else ((), (), ())
    return columns_of(
        kinds=np.array(kinds, np.uint8),
        texts=np.array(texts, np.int32),
        values=np.array(values, np.int64),
        ends=np.arange(1, len(returned) + 1) * len(rows),
        returned=np.array(returned, np.int64),
        returned_words=np.zeros((len(returned), 0), np.int64),
        strings=("Hello", "r0"),
    )


def _result(
    rows: tuple[tuple[int, int, int], ...] = _ROWS,
    returned: tuple[int, ...] = (0, 0),
    *,
    returns: str = "void",
    requested: int = 2,
    attributes: tuple[tuple[str, str], ...] = _DECLARED,
) -> RunResult:
    entry = EntryPoint("main", Signature(returns), True, attributes)  # noqa: FBT003 - the order of a signature
    return RunResult("bell", entry, _table(rows, list(returned)), requested=requested)


def test_shots_are_a_sequence() -> None:
    shots = _result(returned=(3, 4, 5), returns="i64").shots
    assert [shot.returned for shot in shots] == [3, 4, 5]
    assert shots[-1] == shots[2]
    assert shots[1:] == [shots[1], shots[2]]
    assert shots[::-2] == [shots[2], shots[0]]
    assert shots[7:] == []
    assert repr(shots) == "<3 shots>"
    for index in (3, -4):
        with pytest.raises(IndexError):
            shots[index]


def test_a_shot_has_its_records_and_its_messages() -> None:
    shot = _result().shots[1]
    assert shot.records == (
        Record(RecordKind.MESSAGE, "Hello"),
        Record(RecordKind.RESULT, 1, "r0"),
        Record(RecordKind.RESULT, 0),
    )
    assert shot.messages == ("Hello",)


def test_a_shot_has_its_outputs_with_their_labels() -> None:
    assert _result().shots[0].outputs == (Record(RecordKind.RESULT, 1, "r0"), Record(RecordKind.RESULT, 0))


def test_the_outputs_of_each_shot_are_a_python_value() -> None:
    table = columns_of(
        kinds=np.array([RecordKind.MESSAGE, RecordKind.ARRAY, *[RecordKind.RESULT] * 2, RecordKind.BOOL], np.uint8),
        texts=np.array([0, -1, -1, -1, -1], np.int32),
        values=np.array([0, 2, 1, 0, 1], np.int64),
        ends=np.array([0, 4, 5]),
        returned=np.zeros(3, np.int64),
        returned_words=np.zeros((3, 0), np.int64),
        strings=("Hello",),
    )
    records = replace(_result(), table=table).records
    assert list(records) == [(), [1, 0], (True,)]
    assert records[-1] == (True,)
    assert records[1:] == [[1, 0], (True,)]
    assert repr(records) == "<the outputs of 3 shots>"
    for index in (3, -4):
        with pytest.raises(IndexError):
            records[index]


def test_an_array_of_results_is_a_list_of_bits_in_python_and_a_word_in_text() -> None:
    result = replace(
        _result(),
        table=columns_of(
            kinds=np.array([RecordKind.RESULT_ARRAY] * 2, np.uint8),
            texts=np.array([1, -1], np.int32),
            values=np.array([0, -1], np.int64),
            ends=np.array([2]),
            returned=np.zeros(1, np.int64),
            returned_words=np.zeros((1, 0), np.int64),
            strings=("0110", "label"),
        ),
    )
    assert list(result.records) == [([0, 1, 1, 0], [])]
    assert result.counts() == {"0110": 1}
    assert "OUTPUT\tRESULT_ARRAY\t0110\tlabel\nOUTPUT\tRESULT_ARRAY\t\nEND" in result.to_text()
    assert json.loads(result.to_text("json"))["records"][0] == {
        "kind": "RESULT_ARRAY",
        "value": "0110",
        "label": "label",
    }


def test_the_text_of_a_run_is_read_as_its_shots() -> None:
    result = _result(returned=(3, 4), returns="i64")
    parsed = parse_output(result.to_text())
    assert [(shot.records, shot.exit_code) for shot in parsed.shots] == [
        (shot.records, shot.exit_code) for shot in result.shots
    ]
    assert {shot.metadata for shot in parsed.shots} == {_DECLARED}


@pytest.mark.parametrize(
    ("returns", "attributes", "code"), [("i64", _DECLARED, 7), ("i64", (), 0), ("i32", _DECLARED, 0)]
)
def test_the_exit_code_is_what_a_declared_entry_point_returned(
    returns: str, attributes: tuple[tuple[str, str], ...], code: int
) -> None:
    result = _result(returned=(7, 0), returns=returns, attributes=attributes)
    assert [shot.exit_code for shot in result.shots] == [code, 0]
    assert [shot.returned for shot in result.shots] == result.returns == [7, 0]


@pytest.mark.parametrize(("requested", "partial"), [(2, False), (3, True)])
def test_a_result_is_partial_where_shots_are_missing(requested: int, *, partial: bool) -> None:
    assert _result(requested=requested).partial is partial


def test_messages_of_an_unfinished_shot_come_last() -> None:
    unfinished = (Record(RecordKind.INT, 1), Record(RecordKind.MESSAGE, "unsaid"))
    result = replace(_result(), unfinished=unfinished)
    assert result.messages == ["Hello", "Hello", "unsaid"]
    assert result.counts() == {"10": 2}


def test_the_labeled_text_is_that_of_the_specification() -> None:
    assert _result(returned=(3,), returns="i64").to_text("labeled").split("\n") == [
        "HEADER\tschema_id\tlabeled",
        "HEADER\tschema_version\t2.1",
        "START",
        "METADATA\tentry_point",
        "METADATA\trequired_num_qubits\t1",
        "INFO\tHello",
        "OUTPUT\tRESULT\t1\tr0",
        "OUTPUT\tRESULT\t0",
        "END\t3",
        "",
    ]


def test_the_ordered_text_leaves_labels_out() -> None:
    assert "r0" not in _result().to_text("ordered")
    assert _result().to_text("ordered").startswith("HEADER\tschema_id\tordered\n")


def test_a_shot_that_did_not_finish_ends_with_a_failure_in_the_text() -> None:
    result = replace(_result(returned=(0,)), unfinished=(Record(RecordKind.INT, 1),))
    assert result.to_text().endswith(
        "END\t0\nSTART\n"
        + "".join(f"METADATA\t{line}\n" for line in ("entry_point", "required_num_qubits\t1"))
        + "OUTPUT\tINT\t1\nEND\t1\n"
    )


def test_the_counts_are_a_line_each() -> None:
    assert _result().to_text("counts") == "10\t2\n"


def test_the_json_is_one_object_a_shot() -> None:
    rows = (*_ROWS, (RecordKind.DOUBLE, 1, double_word(math.inf)), (RecordKind.BOOL, -1, 1))
    lines = _result(rows, (double_word(math.nan), double_word(0.5)), returns="double").to_text("json").splitlines()
    first, second = map(json.loads, lines)
    assert first["records"] == second["records"]
    assert first["records"] == [
        {"kind": "MESSAGE", "value": "Hello", "label": None},
        {"kind": "RESULT", "value": 1, "label": "r0"},
        {"kind": "RESULT", "value": 0, "label": None},
        {"kind": "DOUBLE", "value": "inf", "label": "r0"},
        {"kind": "BOOL", "value": True, "label": None},
    ]
    assert (first["returned"], second["returned"], first["exit_code"]) == ("nan", 0.5, 0)


def test_no_text_is_an_empty_text() -> None:
    assert _result().to_text("none") == ""


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(OptionError, match=r"'xml'.*labeled, ordered, json, counts, none"):
        _result().to_text("xml")  # type: ignore[arg-type]  # what users give all the same


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_without_shots_can_be_looked_at(form: str) -> None:
    result = _result(returned=())
    assert result.to_text(form).count("START") == 0  # type: ignore[arg-type]  # from the table of formats
    assert result.counts() == {}
    assert result.messages == []
    assert "0 of 2 shots" in str(result)


@pytest.mark.parametrize(
    ("result", "empty"),
    [
        (_result((), (0,), requested=1), True),
        (_result(_ROWS[:1], (0,), requested=1), True),
        (_result(_ROWS, (0,), requested=1), False),
        (_result((), (0,), requested=1, returns="i64"), True),  # an exit code of 0 is no news
        (_result((), (3,), requested=1, returns="i64"), False),
        (_result((), (0,), requested=1, returns="i64", attributes=()), False),
        (_result((), (0, 0), requested=2), False),
        (_result((), (), requested=1), False),
    ],
)
def test_only_a_run_with_nothing_but_messages_is_empty(result: RunResult, *, empty: bool) -> None:
    assert result.empty is empty


def test_a_notebook_gets_text_and_html() -> None:
    bundle = _result()._repr_mimebundle_()
    assert bundle["text/plain"] == str(_result())
    assert bundle["text/html"].startswith('<div class="qirjit">')
    assert set(bundle) == {"text/plain", "text/html"}
    assert "10" in bundle["text/html"]


def test_a_single_shot_shows_its_records_and_what_it_returned() -> None:
    text = str(_result(returned=(5,), returns="i64", requested=1))
    assert "Hello" not in text
    assert text.splitlines()[1:] == [
        "RESULT  1  r0",
        "RESULT  0",
        "returned 5",
        "1 message: result.messages",
    ]


def test_many_shots_show_how_often_each_value_was_returned() -> None:
    text = str(_result((), (5, 7, 5), returns="i64", requested=3))
    assert [line.split()[:2] for line in text.splitlines()[2:]] == [["5", "2"], ["7", "1"]]


def test_a_result_pickles() -> None:
    result = _result(returned=(3, 4), returns="i64")
    assert result.returns
    copy = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own bytes
    assert copy.to_text() == result.to_text()
    assert copy.returns == [3, 4]


def test_a_plan_says_where_shots_were_run() -> None:
    assert str(Plan("sparse")) == "live shots on the simulator 'sparse'"
