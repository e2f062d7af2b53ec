"""Returned values: types as text, the words that carry them, Python values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.protocol.return_values import (
    MAX_WORDS,
    Array,
    Kind,
    Struct,
    read_kind,
    recorded_words,
    returned_value,
    scalars,
    word_count,
)
from tests.words import double_word


@pytest.mark.parametrize(
    ("word", "kind", "value"),
    [
        (0, "void", None),
        (1, "i1", True),
        (-2, "i1", False),
        (-1, "i8", -1),
        (-(2**63), "i64", -(2**63)),
        (double_word(0.5), "double", 0.5),
        (double_word(-0.25), "float", -0.25),
    ],
)
def test_a_returned_word_is_a_value_of_its_type(word: int, kind: str, value: object) -> None:
    found = returned_value(kind, word, [])
    assert found == value
    assert type(found) is type(value)


@given(st.floats(allow_nan=False))
def test_every_double_is_returned_as_it_is(value: float) -> None:
    assert returned_value("double", double_word(value), []) == value


_SCALARS = st.sampled_from(["i1", "i7", "i64", "double", "float", "ptr"])
_KINDS = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.builds(Struct, st.lists(inner, max_size=4).map(tuple), st.booleans()),
        st.builds(Array, inner, st.integers(0, 4)),
    ),
    max_leaves=6,
)


def _text(kind: Kind) -> str:
    match kind:
        case Struct(items, packed):
            inside = f"{{ {', '.join(map(_text, items))} }}" if items else "{}"
            return f"<{inside}>" if packed else inside
        case Array(item, count):
            return f"[{count} x {_text(item)}]"
        case _:
            return kind


@given(_KINDS)
def test_a_type_is_read_back_from_llvms_text_unless_it_is_too_large(kind: Kind) -> None:
    read = read_kind(_text(kind))
    assert read in {kind, None}
    assert read == kind or word_count(kind) > MAX_WORDS or "{}" in _text(kind) or "[0 x" in _text(kind)


@given(_KINDS.filter(lambda kind: word_count(kind) <= MAX_WORDS and not isinstance(kind, str)))
def test_a_value_has_the_shape_of_its_type(kind: Kind) -> None:
    words = list(range(word_count(kind)))
    assert recorded_words(_text(kind)) == len(list(scalars(kind))) == len(words)
    assert _flat(returned_value(_text(kind), 0, words)) == [
        bool(word & 1) if scalar == "i1" else returned_value(scalar, word, [word])
        for scalar, word in zip(scalars(kind), words, strict=True)
    ]


def _flat(value: object) -> list[object]:
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, tuple | list) else [value]


@pytest.mark.parametrize(
    "text",
    [
        "half",
        "i65",
        "i0",
        "<2 x i64>",
        "{ i64, <2 x i8> }",
        "[99999999999 x i8]",
        "ptr addrspace(3)",
        "{ i64",
        "",
        "x",
        "[1 x " * 10_000,
        "{" * 500,
        "[",
        "[3",
        "[1000000 x {}]",
        "[100 x [100 x {}]]",
        "i64 i64",
        "[1 x " * 20 + "i8" + "]" * 20,
    ],
)
def test_other_types_are_none(text: str) -> None:
    assert read_kind(text) is None
    assert recorded_words(text) == 0
