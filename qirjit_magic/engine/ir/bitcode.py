"""Bitcode with opaque types: LLVM ends the process at a value of one, and does not say so as it does of text.

So it reads the bitcode with empty structs in their place, which may be values. Only the table of types is read here, as
LLVM's "Bitcode File Format" has it: blocks hold records, and abbreviations say how the numbers of a record are written.
What stands before the table is skipped by its length.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import plain_name
from qirjit_magic.protocol.module_info import BITCODE

_EMPTY = " = type <{}>"
_PRINTED = lazy_pattern(rf"^%(.*){re.escape(_EMPTY)}$", re.MULTILINE)
_CHARACTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"
_WORD = 32  # bits; blocks begin and end at one
_TOP, _BLOCK_INFO, _MODULE, _TYPES = -1, 0, 8, 17
_READ_INSIDE: dict[int, tuple[int, ...]] = {_TOP: (_MODULE,), _MODULE: (_BLOCK_INFO, _TYPES)}
_END_BLOCK, _ENTER_BLOCK, _DEFINE, _UNABBREVIATED, _FIRST_ABBREVIATION = range(5)
_LITERAL, _FIXED, _VARIABLE, _ARRAY, _CHARACTER, _BLOB = range(6)
_SET_BLOCK = 1  # what the next abbreviations are for
_OPAQUE, _STRUCT_NAME, _NAMED_STRUCT = 6, 19, 20
_PACKED = 1
_CHUNK = 6  # bits of a number that is small, in a record without an abbreviation
_OPAQUE_BITS = 3 * _CHUNK  # its code, that one number follows, and that number, 0
_LARGEST = 64  # bits of a number
_BYTE = 0xFF


class _Field(NamedTuple):
    encoding: int
    value: int = 0  # or how many bits it has


class _Record(NamedTuple):
    code: int
    values: list[int]
    start: int  # in bits, likewise the end
    end: int


class BitcodeWithoutOpaque(NamedTuple):
    """Bitcode with empty packed structs in the place of opaque types.

    Attributes:
        bitcode: nothing else in it is changed.
        names: of these types; the empty one of those that have none.
    """

    bitcode: bytes
    names: frozenset[str]

    def restored(self, printed: str) -> str:
        """LLVM's text, with the opaque types in their place; the same where none is more than pointed to."""
        return _PRINTED.sub(self._restored, printed) if _EMPTY in printed else printed

    def _restored(self, found: re.Match[str]) -> str:
        name = plain_name(found[1])
        known = "" if found[1].isdigit() else name
        return f"%{found[1]} = type opaque" if known in self.names else found[0]


def replace_opaque_types(bitcode: bytes) -> BitcodeWithoutOpaque:
    """The bitcode with empty structs in the place of its opaque types."""
    try:
        table = _BitReader(bitcode).read_block(_TOP, 2)
    except (IndexError, ValueError):  # LLVM says what is wrong with it
        return BitcodeWithoutOpaque(bitcode, frozenset())
    changed, names = bytearray(bitcode), set[str]()
    for before, kind in pairwise((_Record(0, [], 0, 0), *table)):
        if kind.code == _OPAQUE and kind.end - kind.start == _OPAQUE_BITS:  # as everybody writes it
            _write(changed, kind.start, _NAMED_STRUCT)
            _write(changed, kind.end - _CHUNK, _PACKED)
            names.add(_name(before))
    return BitcodeWithoutOpaque(bytes(changed), frozenset(names))


def _name(record: _Record) -> str:
    written = record.values if record.code == _STRUCT_NAME else []
    return bytes(each & _BYTE for each in written).decode("utf-8", "replace")


def _write(data: bytearray, start: int, value: int) -> None:
    first, shift = divmod(start, 8)
    word = int.from_bytes(data[first : first + 2], "little")
    word = word & ~(((1 << _CHUNK) - 1) << shift) | value << shift
    data[first : first + 2] = word.to_bytes(2, "little")


class _BitReader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        begin = int.from_bytes(data[8:12], "little") if data.startswith(BITCODE[1]) else 0  # in a wrapper
        self._position = 8 * begin + _WORD  # in bits
        self._end = 8 * len(data)
        self._known = defaultdict[int, list[list[_Field]]](list)  # abbreviations, by the blocks that have them

    def read_block(self, kind: int, width: int) -> list[_Record]:
        """The records of the first table of types that begins in this block, or is it."""
        about, abbreviations = kind, [*self._known[kind]]
        records = list[_Record]()
        while (number := self._number(width)) != _END_BLOCK:
            if number == _ENTER_BLOCK:
                if inside := self._enter(_READ_INSIDE.get(kind, ())):
                    return inside
            elif number == _DEFINE:
                (self._known[about] if kind == _BLOCK_INFO else abbreviations).append(self._read_abbreviation())
            else:
                record = self._read_record(number, abbreviations)
                records.append(record)
                if kind == _BLOCK_INFO and record.code == _SET_BLOCK:
                    about = record.values[0]
        return records if kind == _TYPES else []

    def _enter(self, read: tuple[int, ...]) -> list[_Record]:
        kind, width = self._variable(8), self._variable(4)
        self._align()
        length = self._number(_WORD)
        end = self._position + length * _WORD
        found = self.read_block(kind, width) if kind in read else []
        self._position = end
        return found

    def _read_abbreviation(self) -> list[_Field]:
        fields = list[_Field]()
        for _ in range(self._variable(5)):
            encoding = _LITERAL if self._number(1) else self._number(3)
            bits = {_LITERAL: 8, _FIXED: 5, _VARIABLE: 5}.get(encoding, 0)
            value = self._variable(bits) if bits else 0
            # A number of no bits is 0
            fields.append(_Field(encoding, value) if value or encoding not in {_FIXED, _VARIABLE} else _Field(_LITERAL))
        return fields

    def _read_record(self, number: int, abbreviations: list[list[_Field]]) -> _Record:
        start = self._position
        if number == _UNABBREVIATED:
            code = self._variable(_CHUNK)
            values = self._read_array(_Field(_VARIABLE, _CHUNK))
        else:
            code, *values = self._read_fields(abbreviations[number - _FIRST_ABBREVIATION])
        return _Record(code, values, start, self._position)

    def _read_fields(self, fields: list[_Field]) -> list[int]:
        values = list[int]()
        for place, field in enumerate(fields):
            if field.encoding == _ARRAY:
                return [*values, *self._read_array(fields[place + 1])]
            if field.encoding == _BLOB:
                length = self._variable(_CHUNK)
                self._align()
                self._position += 8 * length
                self._align()
            else:
                values.append(self._read_field(field))
        return values

    def _read_array(self, element: _Field) -> list[int]:
        length = self._variable(_CHUNK)
        if length > self._end - self._position:
            raise ValueError
        return [self._read_field(element) for _ in range(length)]

    def _read_field(self, field: _Field) -> int:
        if field.encoding == _FIXED:
            return self._number(field.value)
        if field.encoding == _CHARACTER:
            return _CHARACTERS[self._number(_CHUNK)]
        return self._variable(field.value) if field.encoding == _VARIABLE else field.value

    def _number(self, bits: int) -> int:
        start, self._position = self._position, self._position + bits
        if self._position > self._end:
            raise IndexError
        few = self._data[start >> 3 : (self._position + 7) >> 3]
        return int.from_bytes(few, "little") >> (start & 7) & ((1 << bits) - 1)

    def _variable(self, bits: int) -> int:
        more = 1 << (bits - 1)
        value = shift = 0
        while (chunk := self._number(bits)) & more:
            value |= (chunk & (more - 1)) << shift
            shift += bits - 1
            if shift > _LARGEST:
                raise ValueError
        return value | chunk << shift

    def _align(self) -> None:
        self._position = -(-self._position // _WORD) * _WORD
