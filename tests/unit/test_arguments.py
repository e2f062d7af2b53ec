from __future__ import annotations

import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.errors import EntryPointError
from qirjit_magic.options import Argument
from qirjit_magic.protocol.module_info import EntryPoint, Signature
from qirjit_magic.session.arguments import argument_words


def _word(kind: str, value: Argument) -> int:
    (word,) = argument_words(EntryPoint("add", Signature("void", (kind,))), [value])
    return word


def _double(word: int) -> float:
    return float(struct.unpack("<d", struct.pack("<q", word))[0])


@given(st.data(), st.integers(1, 64))
def test_a_signed_integer_of_any_width_comes_back_from_its_word(data: st.DataObject, bits: int) -> None:
    value = data.draw(st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
    word = _word(f"i{bits}", value)
    assert word == value
    assert _word(f"i{bits}", str(value)) == word


@given(st.data(), st.integers(1, 64))
def test_an_unsigned_integer_has_the_same_lowest_bits(data: st.DataObject, bits: int) -> None:
    value = data.draw(st.integers(0, (1 << bits) - 1))
    word = _word(f"i{bits}", value)
    assert -(1 << 63) <= word < 1 << 63
    assert word % (1 << bits) == value


@given(data=st.data(), bits=st.integers(1, 64), below=st.booleans())
def test_an_integer_too_wide_for_its_parameter_is_refused(data: st.DataObject, bits: int, *, below: bool) -> None:
    low, high = -(1 << (bits - 1)), (1 << bits) - 1
    value = data.draw(st.integers(max_value=low - 1) if below else st.integers(min_value=high + 1))
    with pytest.raises(EntryPointError, match=f"i{bits}, and .* is not: outside {low} to {high}"):
        _word(f"i{bits}", value)


@pytest.mark.parametrize(
    ("kind", "text", "hint"), [("i64", "three", "write an integer, such as 3"), ("double", "half", "write a number")]
)
def test_a_text_that_is_no_number_is_refused_with_what_to_write(kind: str, text: str, hint: str) -> None:
    with pytest.raises(EntryPointError, match=f"is {kind}, and '{text}' is not: {hint}"):
        _word(kind, text)


@given(st.floats(allow_nan=False))
def test_a_double_comes_back_from_its_word_and_from_its_text(value: float) -> None:
    word = _word("double", value)
    assert _double(word) == value
    assert _word("double", repr(value)) == word


@pytest.mark.parametrize(
    ("kind", "value", "word"),
    [
        ("i1", True, 1),
        ("i1", False, 0),
        ("i1", "true", 1),
        ("i1", " False ", 0),
        ("i64", "TRUE", 1),
        ("i8", "0x7f", 127),
        ("i8", "-0b101", -5),
        ("i64", " 1_000 ", 1000),
        ("i64", 2**64 - 1, -1),
    ],
)
def test_text_and_truths_are_read_as_what_the_parameter_needs(kind: str, value: Argument, word: int) -> None:
    assert _word(kind, value) == word


@pytest.mark.parametrize(
    ("kind", "value", "number"),
    [
        ("double", "0.5", 0.5),
        ("double", 3, 3.0),
        ("double", True, 1.0),
        ("float", "-1e3", -1000.0),
        ("float", 0.1, 0.1),
    ],
)
def test_floating_point_parameters_take_any_number_as_the_bits_of_a_double(
    kind: str, value: Argument, number: float
) -> None:
    assert _double(_word(kind, value)) == number


def test_a_nan_stays_one() -> None:
    assert _double(_word("double", "nan")) != _double(_word("double", "nan"))


@pytest.mark.parametrize("value", [np.int64(-7), np.uint8(200), np.int32(5)])
def test_numpy_integers_are_integers(value: Argument) -> None:
    assert _word("i64", value) == int(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("i64", 0.5),
        ("i64", 3.0),
        ("i64", "0.5"),
        ("i64", ""),
        ("i64", "yes"),
        ("i64", "9" * 5000),
        ("double", "half"),
        ("double", ""),
        ("double", 10**400),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value_and_type(kind: str, value: Argument) -> None:
    with pytest.raises(EntryPointError) as caught:
        _word(kind, value)
    assert f"argument 1 of 'add' is {kind}, and {value!r} is not" in str(caught.value)
    assert caught.value.name == "add"


@pytest.mark.parametrize("value", [np.float32(2.5), Fraction(5, 2), Decimal("2.5"), np.float32(3.0)])
def test_no_fraction_of_any_type_is_cut_off(value: object) -> None:
    with pytest.raises(EntryPointError):
        _word("i64", value)  # type: ignore[arg-type]  # what users give all the same


@pytest.mark.parametrize("kind", ["i64", "double"])
@pytest.mark.parametrize("value", [None, [], {}, 1j, object()])
def test_what_is_no_number_is_refused(kind: str, value: object) -> None:
    with pytest.raises(EntryPointError, match="argument 1 of 'add'"):
        _word(kind, value)  # type: ignore[arg-type]  # what users give all the same


@pytest.mark.parametrize("kind", ["ptr", "i65", "i128", "half", "{ i64, i1 }", "<2 x i64>", "[2 x i8]", "metadata"])
@pytest.mark.parametrize("value", [1, "1", 1.0])
def test_parameters_that_no_word_holds_are_refused_as_such(kind: str, value: Argument) -> None:
    with pytest.raises(EntryPointError, match="Only integers of up to 64 bits, double and float"):
        _word(kind, value)


@pytest.mark.parametrize(
    ("parameters", "arguments", "said"),
    [
        ((), (1,), "takes no arguments, and got 1. Give none"),
        (("i64", "double"), (), "takes 2 arguments (i64, double), and got 0"),
        (("i64", "double"), (1, 2, 3), "takes 2 arguments (i64, double), and got 3"),
    ],
)
def test_too_many_or_too_few_are_refused(parameters: tuple[str, ...], arguments: tuple[int, ...], said: str) -> None:
    with pytest.raises(EntryPointError) as caught:
        argument_words(EntryPoint("add", Signature("void", parameters)), arguments)
    assert f"'add' {said}" in str(caught.value)


def test_each_parameter_gets_its_own_word_and_is_named_by_its_place() -> None:
    entry = EntryPoint("add", Signature("void", ("i64", "double", "i1")))
    assert argument_words(entry, ["3", "0.0", "true"]) == (3, 0, 1)
    with pytest.raises(EntryPointError, match="argument 3 of 'add'"):
        argument_words(entry, [3, 0.0, 7])
