from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qirjit_magic.errors import OptionError
from qirjit_magic.notebook.panel import run_html
from qirjit_magic.notebook.panel.fields import first_value, parameter_problem, seed_of, seed_problem
from qirjit_magic.notebook.panel.tail import SHOWN_CHARACTERS, SHOWN_LINES, Tail
from qirjit_magic.protocol.messages import Progress


def _plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_progress_reads_as_numbers_a_rate_and_what_is_left() -> None:
    progress = Progress(7000, 10_000, 2.0, 1.2e6, 12.4)
    assert _plain(run_html.progress_words(progress)) == "7 000 / 10 000 · 1.2 M shots/s · 12 s left"
    assert _plain(run_html.progress_words(structs.replace(progress, left=0.3))) == "7 000 / 10 000 · 1.2 M shots/s"
    assert _plain(run_html.progress_words(Progress(0, 5, 3.0))) == "0 / 5 · 3.0 s so far"


def test_the_bar_says_how_far_it_is_to_readers_of_screens_too() -> None:
    bar = run_html.progress_bar(Progress(1, 3, 1.0))
    assert 'role="progressbar"' in bar
    assert 'aria-valuenow="33"' in bar
    assert "1 / 3" in bar


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.25, "0.25"), (8.0, "8"), (12.34, "12.3"), (850.4, "850"), (999.7, "1 k"), (12_400, "12.4 k"), (1.2e6, "1.2 M")],
)
def test_rates_are_short(value: float, said: str) -> None:
    assert _plain(run_html.rate(value)) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.0254, "25 ms"), (2.54, "2.5 s"), (99.6, "100 s"), (125, "2 min"), (3600, "60 min")]
)
def test_times_are_short(value: float, said: str) -> None:
    assert _plain(run_html.seconds(value)) == said


def test_text_and_errors_are_escaped() -> None:
    tail = Tail()
    tail.add("<script>\x1b[2J")
    assert "&lt;script&gt;\\x1b[2J" in run_html.newest_text(tail)
    block = run_html.error_block(OptionError("seed", "<b>", "a number"))
    assert "OptionError: " in block
    assert "&lt;b&gt;" in block
    assert "&lt;i&gt;" in run_html.muted("<i>")
    assert "&lt;i&gt;" in run_html.problem_note("<i>")
    assert run_html.problem_note("") == ""


def test_all_that_was_said_is_behind_a_link_where_not_all_is_shown() -> None:
    tail = Tail()
    tail.add("line\n" * 100)
    assert run_html.save_link(tail, "output.txt") == ""
    tail.add("ä\n" * 1000)
    link = run_html.save_link(tail, "output.txt")
    assert 'download="output.txt"' in link
    assert b64decode(link.partition("base64,")[2].partition('"')[0]).decode() == "line\n" * 100 + "ä\n" * 1000
    assert "all 1 100 lines" in _plain(link)


def test_of_a_flood_the_link_has_both_ends_and_says_so() -> None:
    tail = Tail(kept=100)
    for number in range(10_000):
        tail.add(f"{number}\n")
    link = run_html.save_link(tail, "output.txt")
    text = b64decode(link.partition("base64,")[2].partition('"')[0]).decode()
    assert text.startswith("0\n1\n")
    assert text.endswith("9998\n9999\n")
    assert "characters are left out here" in text
    assert "beginning and its end" in link


@given(st.lists(st.text("ab\n", max_size=40), max_size=30), st.integers(1, 60))
def test_a_tail_has_all_or_both_ends(chunks: list[str], kept: int) -> None:
    tail, text = Tail(kept), "".join(chunks)
    for chunk in chunks:
        tail.add(chunk)
    assert (tail.characters, tail.lines) == (len(text), text.count("\n"))
    whole = tail.whole()
    if tail.is_whole:
        assert whole == tail.newest == text
    else:
        assert whole.startswith(text[:kept])
        assert whole.endswith(text[-kept:])


def test_the_newest_lines_are_shown_whole() -> None:
    tail = Tail()
    for number in range(5000):
        tail.add(f"line {number}\n")
    assert tail.is_cut
    assert tail.newest.endswith("line 4998\nline 4999\n")
    assert tail.newest.startswith("line ")
    assert tail.newest.count("\n") == SHOWN_LINES
    tail.add("x" * 50_000)
    assert tail.newest == "x" * SHOWN_CHARACTERS


@pytest.mark.parametrize("kind", ["i1", "i8", "i64", "double", "float"])
def test_what_a_field_says_at_first_can_be_run(kind: str) -> None:
    assert parameter_problem(kind, first_value(kind)) == ""


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("i8", "256", "an integer from -128 to 255"),
        ("i8", "", "an integer from"),
        ("i64", "1.0", "an integer from"),
        ("double", "one", "a number"),
        ("ptr", "", "ptr cannot be given"),
    ],
)
def test_what_is_wrong_with_a_value_is_said(kind: str, text: str, said: str) -> None:
    assert said in parameter_problem(kind, text)


@pytest.mark.parametrize(("text", "seed"), [("", None), (" 7 ", 7), ("0xff", 255), (str(2**64 - 1), 2**64 - 1)])
def test_a_seed_is_read(text: str, seed: int | None) -> None:
    assert seed_problem(text) == ""
    assert seed_of(text) == seed


@pytest.mark.parametrize("text", ["seven", "-1", str(2**64), "1.5"])
def test_what_is_no_seed_is_refused(text: str) -> None:
    assert seed_problem(text)
