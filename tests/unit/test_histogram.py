from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.display.histogram import Histogram
from qirjit_magic.display.summary import SHOWN_ROWS
from qirjit_magic.errors import OptionError
from qirjit_magic.results.counts import Counts
from tests.goldens import assert_golden
from tests.hostile import HOSTILE, acting
from tests.pages import Page
from tests.runs import counted, run_of

_FIVE = {"000": 400, "001": 12, "010": 100, "101": 350, "111": 138}
_COUNTS = st.dictionaries(st.text("01", min_size=3, max_size=3), st.integers(1, 40), min_size=1)
_TALLIES = st.builds(
    lambda counts, rest, unnamed: Counts(
        tuple(sorted(counts.items())), sum(counts.values()) + max(rest, unnamed), len(counts) + unnamed
    ),
    st.dictionaries(st.text(min_size=1, max_size=60), st.integers(1, 10**7), min_size=1, max_size=12),
    st.integers(0, 10**7),
    st.integers(0, 1000),
)


def _many(distinct: int) -> dict[str, int]:
    return {f"{number:06b}": 1 + number % 7 for number in range(distinct)}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("few", _FIVE),
        ("many", _many(60)),
        ("long", {"01" * 10: 3, "10" * 40: 1, "1" * 80: 2}),
    ],
)
def test_a_histogram_looks_as_it_did(name: str, counts: dict[str, int]) -> None:
    chart = run_of(counted(counts), name="Bell").histogram()
    assert_golden(f"histogram-{name}.svg", chart.svg())
    assert_golden(f"histogram-{name}.txt", chart.text() + "\n")
    assert_golden(f"histogram-{name}.html", chart.fragment() + "\n")


@given(_COUNTS, st.integers(1, 8), st.sampled_from(["value", "count"]))
def test_the_bars_sum_to_the_shots(counts: dict[str, int], top: int, order: str) -> None:
    bars = run_of(counted(counts)).histogram(top=top, order=order).bars()  # type: ignore[arg-type]  # one of the two
    assert sum(bar.count for bar in bars) == sum(counts.values())
    assert sum(bar.share for bar in bars) == pytest.approx(1)
    assert len(bars) == min(len(counts), top + 1)


@given(_COUNTS, st.integers(1, 8))
def test_the_most_frequent_are_named_in_the_order_that_was_asked_for(counts: dict[str, int], top: int) -> None:
    result = run_of(counted(counts))
    named = [(bar.name, bar.count) for bar in result.histogram(top=top).bars() if not bar.rest]
    assert named == sorted(named)
    assert dict(named).items() <= counts.items()
    left_out = [count for name, count in counts.items() if name not in dict(named)]
    assert max(left_out, default=0) <= min(count for _, count in named)
    by_count = [bar.count for bar in result.histogram(top=top, order="count").bars() if not bar.rest]
    assert by_count == sorted((count for _, count in named), reverse=True)


@given(_TALLIES)
def test_bars_are_as_long_as_their_counts(tally: Counts) -> None:
    chart = Histogram(tally)
    longest = max(count for _, count in tally.rows)
    drawn = [
        float(width) for width in re.findall(r'class="qirjit-(?:bar|rest)" y="\d+" width="([\d.e+-]+)%"', chart.svg())
    ]
    assert drawn == pytest.approx([100 * min(1, bar.count / longest) for bar in chart.bars()], rel=1e-3, abs=1e-9)
    ET.fromstring(chart.svg())  # noqa: S314 - our own text


@given(_TALLIES)
def test_bars_of_text_are_as_long_as_their_counts_to_an_eighth_of_a_character(tally: Counts) -> None:
    lines = Histogram(tally).text().split("\n")[1:]
    longest = max(count for _, count in tally.rows)
    full = max(line.count("█") for line in lines)
    for line, bar in zip(lines, Histogram(tally).bars(), strict=True):
        if bar.count <= longest:
            assert abs(line.count("█") - full * bar.count / longest) <= 1
        assert f"{bar.count:,}" in line


@given(_TALLIES)
def test_the_table_has_the_same_numbers(tally: Counts) -> None:
    chart = Histogram(tally)
    numbers = re.findall(r'<td class="qirjit-number">([\d,]+)</td>', chart.fragment())
    assert [int(number.replace(",", "")) for number in numbers] == [bar.count for bar in chart.bars()]


@given(st.text(min_size=1), st.text())
def test_no_name_breaks_the_page(name: str, title: str) -> None:
    page = Page(Histogram(Counts(((name, 3),), 7, 3), title)._repr_mimebundle_()["text/html"])
    assert {"script", "b", "img", "a"}.isdisjoint(page.elements)
    assert not acting(page.said)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_name_does_nothing_in_any_form(what: str) -> None:
    chart = Histogram(Counts(((HOSTILE[what], 3),), 3, 1), HOSTILE[what], hint=HOSTILE[what])
    for form in (chart.svg(), chart.text(), chart.fragment(), *chart._repr_mimebundle_().values()):
        assert not acting(form)
    assert "<script" not in chart.svg() + chart.fragment() + chart._repr_mimebundle_()["text/html"]


def test_hovering_a_bar_tells_its_numbers() -> None:
    assert "<title>101: 350 of 1,000 shots, 35.0%</title>" in run_of(counted(_FIVE)).histogram().fragment()


def test_a_page_without_svg_and_style_shows_the_numbers_and_no_scattered_words() -> None:
    seen = Page(run_of(counted(_FIVE))._repr_mimebundle_()["text/html"]).seen.split()
    title = "main · 1,000 shots 5 different outcomes"
    rows = "000 400 40.0% 001 12 1.2% 010 100 10.0% 101 350 35.0% 111 138 13.8%"
    assert " ".join(seen) == f"{title} outcome shots share {rows}"


def test_what_is_left_out_is_told_with_the_way_to_it() -> None:
    result = run_of(counted(_many(60)))
    words = "60 different outcomes; the 25 most frequent are shown: result.counts() has all"
    assert result.histogram().words() == words
    assert words in str(result)
    assert words in Page(result._repr_mimebundle_()["text/html"]).said
    assert str(result).split("\n")[-1].startswith("35 others")
    assert len(result.histogram(top=60).bars()) == 60


def test_the_picture_can_be_sorted_by_the_reader_where_the_orders_differ() -> None:
    assert 'class="qirjit-sort"' in run_of(counted({"0": 1, "1": 2})).histogram().fragment()
    assert 'class="qirjit-sort"' not in run_of(counted({"0": 2, "1": 1})).histogram().fragment()


@pytest.mark.parametrize("options", [{"top": 0}, {"top": 1001}, {"order": "name"}])
def test_a_wrong_option_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        run_of(counted(_FIVE)).histogram(**options)  # type: ignore[arg-type]  # that is the point


def test_a_small_share_does_not_read_as_none_nor_a_large_one_as_all() -> None:
    text = run_of(counted({"0": 9999, "1": 1})).histogram().text()
    assert ">99.9%" in text
    assert "<0.1%" in text


def test_a_run_without_results_has_an_empty_histogram() -> None:
    assert run_of([[], []]).histogram().bars() == []
    assert run_of([[], []]).histogram().svg()


def test_no_more_bars_are_drawn_than_are_shown() -> None:
    assert len(run_of(counted(_many(60))).histogram().bars()) == SHOWN_ROWS + 1
