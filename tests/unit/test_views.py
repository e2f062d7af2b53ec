from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.display.summary import FirstTexts, Summary
from qirjit_magic.display.views import describe, result_html, title, views
from qirjit_magic.protocol.shared_memory import RecordKind
from qirjit_magic.results.counts import PackedBits
from qirjit_magic.results.records import Record, RecordTable
from qirjit_magic.results.sampled import SampledTable
from qirjit_magic.session.run_result import RunResult
from tests.goldens import assert_golden
from tests.pages import Page
from tests.runs import bits, columns_of, counted, run_of, table_of
from tests.words import double_word

_MILLION = 10**6
_ELEMENTS = {"div", "style", "section", "ul", "li", "span", "pre", "details", "summary", "code"}
_TREE = run_of(
    [
        [
            (RecordKind.TUPLE, 0, 3),
            (RecordKind.RESULT, 1, 1),
            (RecordKind.ARRAY, 2, 3),
            (RecordKind.INT, 3, 42),
            (RecordKind.INT, -1, -7),
            (RecordKind.DOUBLE, 4, double_word(0.25)),
            (RecordKind.BOOL, 5, 1),
            (RecordKind.RESULT_ARRAY, 6, 7),
            (RecordKind.RESULT, 8, 0),
        ]
    ],
    ("pair", "r0", "list", "answer", "x", "flag", "word", "0110", "last"),
    name="Tree",
)
_ALL = run_of(
    [[(RecordKind.MESSAGE, 0, 0), (RecordKind.DUMP, 1, 0), *bits("01")]] * 2,
    ("hello", "STATE: [ |0⟩: 0.6+0i, |1⟩: 0-0.8i, ]"),
    name="All",
    returns="i64",
    returned=(3, 4),
)


@pytest.mark.parametrize(
    ("shots", "requested", "dropped", "words"),
    [
        (1, 1, 0, "main · 1 shot"),
        (0, 1, 0, "main · 0 of 1 shots, stopped before the end"),
        (1000, 1000, 0, "main · 1,000 shots"),
        (1, 1000, 0, "main · 1 of 1,000 shots, stopped before the end"),
        (2, 2, 1234, "main · 2 shots, 1,234 records and texts found no room"),
    ],
)
def test_the_title_says_what_ran_and_what_is_missing(shots: int, requested: int, dropped: int, words: str) -> None:
    assert title(Summary("main", shots, requested, dropped=dropped)) == words
    assert describe(Summary("main", shots, requested, dropped=dropped)) == words
    assert Page(result_html(Summary("main", shots, requested, dropped=dropped))).seen.strip() == words


@pytest.mark.parametrize(("name", "result"), [("tree", _TREE), ("all", _ALL)])
def test_a_run_looks_as_it_did(name: str, result: RunResult) -> None:
    bundle = result._repr_mimebundle_()
    assert_golden(f"run-{name}.txt", bundle["text/plain"] + "\n")
    assert_golden(f"run-{name}.html", re.sub("<style>.*?</style>", "<style></style>", bundle["text/html"]) + "\n")


def test_the_views_are_those_that_the_run_has_something_for() -> None:
    assert list(views(_ALL)) == ["Histogram", "State", "Messages"]
    assert list(views(_TREE)) == ["Records"]
    assert list(views(run_of([[]]))) == []
    assert list(views(run_of([[], []], returns="i64", returned=(7, 7)))) == ["Histogram"]
    assert list(views(run_of([[]], returns="i64", returned=(7,)))) == ["Records"]


def test_a_view_alone_says_how_many_shots_there_were() -> None:
    assert "1 outcome in 2 shots" in Page(views(_ALL)["Histogram"]).said
    assert "<details" not in views(_ALL)["Messages"]


@pytest.mark.parametrize("result", [_ALL, _TREE, run_of(counted({"0": 3, "1": 4})), run_of([[]])])
def test_each_view_brings_its_style_and_closes_its_elements(result: RunResult) -> None:
    for html in (*views(result).values(), result._repr_mimebundle_()["text/html"]):
        assert Page(html).elements[:2] == ["div", "style"]


def test_html_and_text_say_the_same() -> None:
    said = Page(_ALL._repr_mimebundle_()["text/html"]).seen
    for word in ("All · 2 shots", "01", "100.0%", "2 different returned values", "36.0%", "64.0%", "-0.8i", "270°"):
        assert word in said
        assert word in str(_ALL)


def test_messages_are_folded_where_there_is_more_and_stand_open_where_there_is_not() -> None:
    assert "<details><summary>2 messages</summary>" in _ALL._repr_mimebundle_()["text/html"]
    alone = run_of([[(RecordKind.MESSAGE, 0, 0)]], ("one\n<b>two</b>",))
    assert "<details" not in alone._repr_mimebundle_()["text/html"]
    assert str(alone) == "main · 1 shot\none\n<b>two</b>"
    assert "one\n<b>two</b>" in Page(alone._repr_mimebundle_()["text/html"]).seen


def test_messages_of_an_unfinished_shot_are_there() -> None:
    result = replace(run_of([], requested=2), unfinished=(Record(RecordKind.MESSAGE, "last words"),))
    assert result.summary.messages == FirstTexts(("last words",), 1)


def test_a_container_has_its_items_below_it() -> None:
    assert str(_TREE).split("\n")[1:5] == [
        "TUPLE         of 3  pair",
        "├─ RESULT     1     r0",
        "├─ ARRAY      of 3  list",
        "│  ├─ INT     42    answer",
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from([RecordKind.TUPLE, RecordKind.ARRAY, RecordKind.INT]), st.integers(-1, 5)),
        max_size=120,
    )
)
def test_each_record_stands_in_the_tree_once_and_in_its_order(records: list[tuple[RecordKind, int]]) -> None:
    result = run_of(
        [[(kind, place, number) for place, (kind, number) in enumerate(records)]], [f"<{n}>" for n in range(120)]
    )
    shown = [f"<{place}>" for place in range(min(len(records), 100))]
    assert re.findall(r"<\d+>", str(result)) == shown
    assert re.findall(r"<\d+>", Page(result._repr_mimebundle_()["text/html"]).seen) == shown


@given(st.text(), st.text(), st.text())
def test_no_text_of_a_program_breaks_the_page(label: str, name: str, message: str) -> None:
    rows = [(RecordKind.MESSAGE, 1, 0), (RecordKind.DUMP, 1, 0), (RecordKind.INT, 0, 1)]
    result = run_of([rows], [label, message], name=name)
    assert set(Page(result._repr_mimebundle_()["text/html"]).elements) <= _ELEMENTS


def test_a_label_that_is_a_script_is_shown_as_text() -> None:
    label = "<script>alert('1')</script>&\"x\""
    result = run_of([[(RecordKind.RESULT, 0, 1), (RecordKind.MESSAGE, 0, 0)]], [label], name=label)
    html = Page(result._repr_mimebundle_()["text/html"])
    assert "script" not in html.elements
    assert html.seen.count(label) == 3


def _table(kind: RecordKind, rows: int, shots: int, strings: tuple[str, ...]) -> RecordTable:
    return columns_of(
        kinds=np.full(rows, kind, np.uint8),
        texts=np.arange(rows, dtype=np.int32) % len(strings),
        values=np.arange(rows),
        ends=np.arange(1, shots + 1) * (rows // shots),
        returned=np.arange(shots),
        returned_words=np.zeros((shots, 0), np.int64),
        strings=strings,
    )


_LARGE: dict[str, RecordTable | SampledTable] = {
    "a million messages": _table(RecordKind.MESSAGE, _MILLION, 1, ("tick", "tock")),
    "a million records": _table(RecordKind.INT, _MILLION, 1, ("label",)),
    "a million arrays": _table(RecordKind.ARRAY, _MILLION, 1, ("label",)),
    "a million dumps": _table(RecordKind.DUMP, _MILLION, 1, ("STATE: [ |0⟩: 1+0i, ]",)),
    "a long label": _table(RecordKind.INT, 1, 1, ("x\n" * _MILLION,)),
    "a long message": _table(RecordKind.MESSAGE, 1, 1, ("x\n" * _MILLION,)),
    "a long dump": _table(RecordKind.DUMP, 1, 1, ("x\n" * _MILLION,)),
    "a million different values": _table(RecordKind.MESSAGE, _MILLION, _MILLION, ("tick",)),
    "a million different results": SampledTable(
        table_of([bits("0" * 20)]),
        PackedBits.of((np.arange(_MILLION) >> np.arange(20)[:, np.newaxis] & 1).astype(np.uint8)),
    ),
}


@pytest.mark.parametrize("what", _LARGE)
def test_what_is_large_is_shown_in_part_with_the_way_to_the_whole(what: str) -> None:
    made = run_of([], returns="i64")
    table = _LARGE[what]
    result = replace(made, table=table, requested=len(table))
    bundle = result._repr_mimebundle_()
    assert len(bundle["text/html"]) < 50_000
    assert len(bundle["text/plain"]) < 15_000
    if what != "a long label":
        for form in bundle.values():
            assert re.search(r"(result\.\S+ has all|result\.messages)", form)
