from __future__ import annotations

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qirjit_magic.display.text import SHOWN_ROWS, Summary

from qirjit_magic.display import html, modules, text
from qirjit_magic.wire.linkage import Linkage
from qirjit_magic.wire.memory import RecordKind
from qirjit_magic.wire.modules import Declaration, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.wire.protocol import EngineStatus
from qirjit_magic.wire.records import Record

_HOSTILE = "<script>alert('1')</script>&\"x\""
_ENTRY = (("entry_point", ""),)


class _Page(HTMLParser):
    """The elements and the text of a page; every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.said = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        assert {name for name, _ in attrs} <= {"style", "scope"}
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize(
    ("shots", "requested", "dropped", "title"),
    [
        (1, 1, 0, "main · 1 shot"),
        (0, 1, 0, "main · 0 of 1 shots, stopped before the end"),
        (1000, 1000, 0, "main · 1,000 shots"),
        (1, 1000, 0, "main · 1 of 1,000 shots, stopped before the end"),
        (2, 2, 1234, "main · 2 shots, 1,234 records and texts found no room"),
    ],
)
def test_the_title_says_what_ran_and_what_is_missing(shots: int, requested: int, dropped: int, title: str) -> None:
    assert text.title(Summary("main", shots, requested, {}, dropped=dropped)) == title


def test_a_histogram_has_a_line_for_each_string() -> None:
    shown = text.describe(Summary("main", 1000, 1000, {"00": 750, "11": 250}))
    assert shown.splitlines()[1:] == [f"00  750   75.0%  {'█' * 30}", f"11  250   25.0%  {'█' * 10}"]


@given(st.dictionaries(st.text("01", min_size=1, max_size=12), st.integers(1, 10**6), min_size=1, max_size=60))
def test_a_histogram_shows_the_most_frequent_in_their_order_and_sums_up_the_rest(counts: dict[str, int]) -> None:
    rows = text.rows(counts)
    named = rows[:SHOWN_ROWS]
    assert len(rows) == min(len(counts), SHOWN_ROWS + 1)
    assert [row.name for row in named] == [name for name in counts if name in {row.name for row in named}]
    assert sum(row.count for row in rows) == sum(counts.values())
    assert sum(row.share for row in rows) == pytest.approx(1)
    left_out = set(counts) - {row.name for row in named}
    if left_out:
        assert rows[-1].name == f"{len(left_out)} others"
        assert max(counts[name] for name in left_out) <= min(row.count for row in named)


def test_a_histogram_of_nothing_is_empty() -> None:
    assert text.rows({}) == []


@pytest.mark.parametrize("returned", [(), (("5", 1),)])
def test_a_picture_of_nothing_is_its_title(returned: tuple[tuple[str, int], ...]) -> None:
    summary = Summary("main", 1, 1, {}, returned=returned)
    assert text.describe(summary).splitlines() == ["main · 1 shot", *(["returned", "5"] if returned else [])]
    assert _Page(html.describe(summary)).said == "main · 1 shot" + ("returned 5" if returned else "")


def test_html_says_the_same_as_the_text() -> None:
    summary = Summary("main", 3, 3, {"00": 2, "11": 1}, returned=(("7", 2), ("8", 1)))
    said = _Page(html.describe(summary)).said
    for word in ("main · 3 shots", "00", "11", "66.7%", "33.3%", "returned", "7", "8"):
        assert word in said


def test_a_single_shot_is_a_table_of_its_records() -> None:
    records = (Record(RecordKind.RESULT, 1, "r0"), Record(RecordKind.DOUBLE, 0.5))
    page = _Page(html.describe(Summary("main", 1, 1, {"1": 1}, records=records)))
    assert page.said == "main · 1 shotrecordvaluelabelRESULT1r0DOUBLE0.5"


@pytest.mark.parametrize(
    "summary",
    [
        Summary(_HOSTILE, 1, 1, {}),
        Summary("main", 2, 2, {_HOSTILE: 2}),
        Summary("main", 2, 2, {}, returned=((_HOSTILE, 2),)),
        Summary("main", 1, 1, {}, returned=((_HOSTILE, 1),)),
        Summary("main", 1, 1, {}, records=(Record(RecordKind.RESULT, 1, _HOSTILE),)),
    ],
)
def test_html_escapes_whatever_comes_from_the_program(summary: Summary) -> None:
    page = _Page(html.describe(summary))
    assert "script" not in page.elements
    assert _HOSTILE in page.said


@given(st.text(), st.text())
def test_no_label_breaks_the_page(label: str, name: str) -> None:
    records = (Record(RecordKind.RESULT, 1, label),)
    page = _Page(html.describe(Summary(name, 1, 1, {}, records=records)))
    assert set(page.elements) == {"div", "table", "thead", "tbody", "tr", "th", "td"}


def test_the_bars_are_as_long_as_their_share() -> None:
    page = html.describe(Summary("main", 4, 4, {"0": 3, "1": 1}))
    assert re.findall(r"width:([\d.]+)em", page) == ["16.00", "5.33"]


@pytest.mark.parametrize(
    ("function", "label"),
    [
        (EntryPoint("main", Signature("void")), "main()"),
        (EntryPoint("main", Signature("void"), attributes=_ENTRY), "main() *"),
        (EntryPoint("add", Signature("i64", ("i64", "double"))), "add(i64, double) → i64"),
    ],
)
def test_a_function_reads_like_a_call(function: EntryPoint, label: str) -> None:
    assert modules.function_label(function) == label


def test_the_table_of_modules_says_what_each_defines_and_who_uses_it() -> None:
    hidden = EntryPoint("hidden", Signature("void"), public=False)
    gates = ModuleInfo(
        "gates",
        "",
        "base",
        functions=(EntryPoint("f", Signature("void")), EntryPoint("g", Signature("i64")), hidden),
        variables=(GlobalVariable("count", "i64"), GlobalVariable("own", "i64", public=False)),
        object_size=1234,
        opt_level=2,
        added_at=time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1)),
    )
    known = Declaration("h", "void (ptr)", known=("void (ptr)",))
    declarations = (known, Declaration("f", "void ()"), Declaration("x", "void ()"))
    user = ModuleInfo("user", "", functions=(EntryPoint("g", Signature("i64")),), declarations=declarations)
    head, first, second = modules.modules_table(Linkage([gates, user]))
    assert len(head) == len(first) == len(second)
    defined = "f()\ng() → i64 (others use that of user)\ncount: i64"
    assert first == ("gates", "03:04:05", "base", defined, "", "user", "1,234 bytes, -O2")
    assert second[3:6] == ("g() → i64", "f of gates\nx, which nobody defines\n1 of the simulator and the runtime", "")
    assert modules.modules_table(Linkage([])) == (head,)


def test_of_a_large_module_the_first_names_are_listed() -> None:
    functions = tuple(EntryPoint(f"f{n}", Signature("void")) for n in range(1500))
    (_, row) = modules.modules_table(Linkage([ModuleInfo("large", "", functions=functions)]))
    assert row[3].split("\n")[-2:] == ["f19()", "… and 1,480 more"]


@pytest.mark.parametrize(
    "row",
    [
        ("pid", "7"),
        ("memory", "100 MiB, at most 2,048 MiB"),
        ("modules", "a, b"),
        ("simulator", "none yet"),
        ("fence", "none"),
        ("simulator loads", "1"),
    ],
)
def test_the_status_has_every_fact_in_words(row: tuple[str, str]) -> None:
    status = EngineStatus(pid=7, memory=100 << 20, memory_limit=2 << 30, modules=("a", "b"), simulator_loads=1)
    assert row in modules.status_table(status)


def test_the_status_has_the_open_process_only_where_there_is_one() -> None:
    status = EngineStatus(pid=7, memory=100 << 20)
    assert ("memory", "100 MiB, no limit") in modules.status_table(status)
    assert not any(name.startswith(("open", "its")) for name, _ in modules.status_table(status))
    table = modules.status_table(replace(status, open_pid=8, open_memory=50 << 20, open_restarts=2))
    head = [name for name, _ in table].index("open process")
    assert table[head + 1 :] == (
        ("its pid", "8"),
        ("its fence", "none"),
        ("its memory", "50 MiB, no limit"),
        ("its restarts", "2"),
    )


def test_the_status_of_an_engine_without_modules_says_so() -> None:
    assert ("modules", "none") in modules.status_table(EngineStatus())


def test_a_table_in_text_has_straight_columns_over_several_lines() -> None:
    table = (("name", "what"), ("a", "first\nsecond"), ("longer", ""))
    assert modules.table_text(table).split("\n") == [
        "name    what",
        "a       first",
        "        second",
        "longer",
    ]


def test_a_table_in_html_escapes_its_cells_and_keeps_their_lines() -> None:
    page = _Page(modules.table_html((("<b>", "x"), (_HOSTILE, "one\ntwo"))))
    assert "script" not in page.elements
    assert "b" not in page.elements
    assert page.elements.count("br") == 1
    assert _HOSTILE in page.said
