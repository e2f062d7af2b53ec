from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.session.client.process import KEPT_BYTES, SHOWN_BYTES, Stream, show_nothing

_texts = st.text(st.characters(exclude_categories=["Cs"]))


def _fed(chunks: list[bytes]) -> tuple[str, Stream]:
    shown: list[str] = []
    stream = Stream()
    stream.begin(shown.append)
    for chunk in chunks:
        stream.feed(chunk)
    return "".join(shown), stream


@given(_texts, st.lists(st.integers(0, 100), max_size=5))
def test_text_is_shown_whole_however_its_bytes_are_cut(text: str, cuts: list[int]) -> None:
    data = text.encode()
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    shown, stream = _fed([data[start:end] for start, end in pairwise(places)])
    assert shown == text
    assert stream.text == text
    assert stream.total == len(data)


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_no_bytes_make_it_fail(chunks: list[bytes]) -> None:
    _, stream = _fed(chunks)
    assert stream.total == sum(map(len, chunks))
    assert stream.text == b"".join(chunks).decode("utf-8", "replace")


@pytest.mark.parametrize("chunk", [1000, SHOWN_BYTES - 1, SHOWN_BYTES, 10 * SHOWN_BYTES])
def test_of_a_flood_the_beginning_is_shown_and_both_ends_are_kept(chunk: int) -> None:
    data = b"".join(b"%09d\n" % line for line in range(40_000))
    shown, stream = _fed([data[start : start + chunk] for start in range(0, len(data), chunk)])
    begun, said = shown[:SHOWN_BYTES], shown[SHOWN_BYTES:]
    assert begun == data[:SHOWN_BYTES].decode()
    assert said.count("64 KiB") == 1
    half, missing = KEPT_BYTES // 2, len(data) - KEPT_BYTES
    note = f"\n… {missing:,} bytes are left out here\n"
    assert stream.text == data[:half].decode() + note + data[-half:].decode()
    assert stream.left_out == missing
    assert stream.total == len(data)


def test_text_that_just_fits_is_shown_without_a_remark() -> None:
    data = b"x" * SHOWN_BYTES
    assert _fed([data])[0] == data.decode()


def test_a_flood_that_is_cut_inside_a_character_shows_no_half_of_it() -> None:
    shown, _ = _fed([("x" * (SHOWN_BYTES - 1) + "é" * 9).encode()])
    assert "\ufffd" not in shown
    assert shown.startswith("x" * (SHOWN_BYTES - 1) + "\n")


def test_each_run_begins_from_nothing() -> None:
    shown: list[str] = []
    stream = Stream()
    stream.begin(show_nothing)
    stream.feed(b"x" * (SHOWN_BYTES + 1) + "é".encode()[:1])
    stream.begin(shown.append)
    stream.feed(b"hello")
    assert ("".join(shown), stream.text, stream.total) == ("hello", "hello", 5)


@given(st.integers(1, 40), st.lists(st.binary(max_size=30), max_size=6))
def test_no_more_is_kept_than_may_be_and_the_rest_is_counted(kept: int, chunks: list[bytes]) -> None:
    stream, data = Stream(), b"".join(chunks)
    stream.begin(show_nothing, kept)
    for chunk in chunks:
        stream.feed(chunk)
    assert stream.left_out == max(0, len(data) - kept)
    if not stream.left_out:
        assert stream.text == data.decode("utf-8", "replace")


@pytest.mark.parametrize("length", [1999, 2000, 2001, 100_000, 10**6])
def test_both_ends_are_no_longer_than_asked_for(length: int) -> None:
    _, stream = _fed([b"first" + b"." * (length - 9) + b"last"])
    ends = stream.head_and_tail(1000)
    assert len(ends) <= 2003
    assert ends.startswith("first")
    assert ends.endswith("last")
    assert ("…" in ends) == (length > 2000)


def test_before_a_run_text_is_kept_and_not_shown() -> None:
    stream = Stream()
    stream.feed(b"last words")
    assert stream.text == "last words"


def test_who_wants_all_of_a_flood_is_shown_all() -> None:
    shown: list[str] = []
    stream = Stream()
    stream.begin(shown.append, all_shown=True)
    for _ in range(3):
        stream.feed(b"x" * SHOWN_BYTES)
    assert "".join(shown) == "x" * (3 * SHOWN_BYTES)
