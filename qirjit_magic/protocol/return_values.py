"""The values that an entry point may return: their types as data, the words that carry one, and its Python value."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from qirjit_magic.lazy_patterns import lazy_pattern

Returned = int | float | bool | None | tuple["Returned", ...] | list["Returned"]
MAX_WORDS = 16  # in a record memory that is full there is always room for so many
_MAX_VALUES = 64  # what holds nothing counts here too: Python makes an object for each
_DEEPEST = 16
_MAX_CHARACTERS = 500  # a longer text is no small type, and may be nested deeper than Python goes
_WORD_BITS = 64
_INTEGER = lazy_pattern(r"i([1-9]\d{0,8})\Z")
_TOKEN = lazy_pattern(r"<\{|\}>|[{}\[\],x]|[A-Za-z_][\w.]*(?: addrspace\(\d+\))?|\d+|\S")
_OTHER_SCALARS = ("double", "float", "ptr")
_OPENING = {"{": "}", "<{": "}>"}


class Struct(msgspec.Struct, frozen=True):
    """A struct; `packed` says that it has no padding."""

    items: tuple[Kind, ...]
    packed: bool = False


class Array(msgspec.Struct, frozen=True):
    """So many values of one type."""

    item: Kind
    count: int


Kind = str | Struct | Array
"""A type: an LLVM word for a scalar, or what holds several."""


def integer_bits(text: str) -> int | None:
    """The width of an integer type that one word holds; None for any other type."""
    found = _INTEGER.match(text)
    return int(found[1]) if found and int(found[1]) <= _WORD_BITS else None


def read_kind(text: str) -> Kind | None:
    """The type behind LLVM's text; None for one whose values do not come back as Python values.

    Those that do are integers of up to 64 bits, ``double``, ``float``, ``ptr``, and structs and arrays of at most
    `MAX_WORDS` of these.
    """
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        tokens = _tokens(text)
        kind = _read(tokens)
    except (ValueError, IndexError):
        return None
    return kind if not tokens and _value_count(kind) <= _MAX_VALUES and word_count(kind) <= MAX_WORDS else None


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)[::-1]


def _value_count(kind: Kind) -> int:
    match kind:
        case Struct(items):
            return 1 + sum(map(_value_count, items))
        case Array(item, count):
            return 1 + count * _value_count(item)
        case _:
            return 1


def _read(tokens: list[str], depth: int = 0) -> Kind:
    if depth > _DEEPEST:
        raise ValueError(depth)
    word = tokens.pop() if tokens else ""
    if word in _OPENING:
        return Struct(tuple(_items(tokens, _OPENING[word], depth + 1)), packed=word == "<{")
    if word == "[":
        count = int(tokens.pop())
        _expect(tokens, "x")
        item = _read(tokens, depth + 1)
        _expect(tokens, "]")
        return Array(item, count)
    if word in _OTHER_SCALARS or integer_bits(word):
        return word
    raise ValueError(word)


def _items(tokens: list[str], closing: str, depth: int) -> Iterator[Kind]:
    while tokens and tokens[-1] != closing:
        yield _read(tokens, depth)
        if tokens and tokens[-1] == ",":
            tokens.pop()
    _expect(tokens, closing)


def _expect(tokens: list[str], token: str) -> None:
    if not tokens or tokens.pop() != token:
        raise ValueError(token)


def word_count(kind: Kind) -> int:
    """Return the number of scalars in a value of this type."""
    match kind:
        case Struct(items):
            return sum(map(word_count, items))
        case Array(item, count):
            return count * word_count(item)
        case _:
            return 1


def scalars(kind: Kind) -> Iterator[str]:
    """The types of the scalars that it holds, in order."""
    match kind:
        case Struct(items):
            for item in items:
                yield from scalars(item)
        case Array(item, count):
            for _ in range(count):
                yield from scalars(item)
        case str():
            yield kind


@lru_cache(64)  # each run asks, of the same few types
def recorded_words(returns: str) -> int:
    """Return the number of words of a returned value that are recorded one by one: 0 of ``void`` and of one word.

    A pointer is recorded, because it may be a result, whose value is read while its shot lasts.
    """
    kind = read_kind(returns)
    return 0 if kind is None or (isinstance(kind, str) and kind != "ptr") else word_count(kind)


def returned_value(returns: str, word: int, recorded: list[int]) -> Returned:
    """The Python value of what was returned; ``float`` and ``double`` come as the bits of a double.

    Args:
        returns: its type.
        word: it, where one word holds it.
        recorded: its words, where they were recorded.
    """
    kind = None if returns == "void" else read_kind(returns)
    if kind is None:
        return None
    return _value(kind, iter(recorded if recorded_words(returns) else (word,)))


def _value(kind: Kind, words: Iterator[int]) -> Returned:
    match kind:
        case Struct(items):
            return tuple(_value(item, words) for item in items)
        case Array(item, count):
            return [_value(item, words) for _ in range(count)]
        case "i1":
            return bool(next(words) & 1)
        case "double" | "float":
            return float(struct.unpack("<d", struct.pack("<q", next(words)))[0])
        case _:
            return next(words)
