from __future__ import annotations

import re
import struct

import pytest

from qirjit_magic.engine.ir.bitcode import replace_opaque_types
from qirjit_magic.engine.ir.llvm_modules import read_bitcode, read_text
from qirjit_magic.engine.ir.parse import parse_module
from qirjit_magic.engine.ir.safety import check_safety
from qirjit_magic.errors import QirSyntaxError, UnsafeModuleError
from tests.files import BITCODE, program

_WRAPPER = struct.Struct("<5I")


def bitcode(name: str) -> bytes:
    return (BITCODE / f"{name}.bc").read_bytes()


def wrapped(data: bytes) -> bytes:
    """As Apple's tools write it."""
    return _WRAPPER.pack(0x0B17C0DE, 0, _WRAPPER.size, len(data), 0) + data


@pytest.mark.parametrize("written", [bitcode, lambda name: wrapped(bitcode(name))], ids=["bare", "in a wrapper"])
@pytest.mark.parametrize(
    ("name", "kind", "said", "instruction"),
    [
        ("taken_out", UnsafeModuleError, 'a value of the opaque type %"the state"', "extractvalue"),
        ("caught", UnsafeModuleError, "a value of the opaque type %State", "landingpad"),
        ("chosen", QirSyntaxError, "the type %State is opaque", "select"),
    ],
)
def test_a_value_without_a_size_is_refused_in_bitcode_at_its_line(
    name: str, kind: type[QirSyntaxError | UnsafeModuleError], said: str, instruction: str, written: object
) -> None:
    assert callable(written)
    with pytest.raises(kind, match=said) as caught:
        parse_module(written(name))
    assert caught.value.line is not None
    assert instruction in (caught.value.source_line or "")
    with pytest.raises(kind, match=said):
        parse_module((BITCODE / f"{name}.ll").read_bytes())


def test_bitcode_with_opaque_types_that_are_no_values_is_what_llvm_reads() -> None:
    data = bitcode("pointed_to")
    module = parse_module(data)
    check_safety(module, trust=False)
    assert module.text.text == str(read_bitcode(data))
    assert re.findall(r"^%(.*) = type opaque$", module.text.text, re.MULTILINE) == ["0", "State"]
    assert "%Nothing = type <{}>" in module.text.text
    assert [function.name for function in module.info.functions] == ["hold", "main"]
    assert str(module.llvm_module).endswith(module.text.text)


def test_the_names_of_opaque_types_are_read_whatever_they_are() -> None:
    assert replace_opaque_types(bitcode("taken_out")).names == {"Qubit", "the state"}
    assert replace_opaque_types(bitcode("pointed_to")).names == {"Qubit", "State", ""}


@pytest.mark.parametrize("name", ["typed_pointers", "coins", "teleport"])
def test_other_bitcode_is_left_as_it_is(name: str) -> None:
    data = read_text(program(name).decode()).as_bitcode()
    assert replace_opaque_types(data) == (data, frozenset())


@pytest.mark.parametrize("length", range(0, 1260, 60))
def test_bitcode_that_is_cut_off_is_refused_by_llvm(length: int) -> None:
    data = b"BC\xc0\xde" + bitcode("taken_out")[4:length]
    with pytest.raises(QirSyntaxError, match="LLVM cannot read this bitcode"):
        parse_module(data)


@pytest.mark.parametrize("data", [b"BC\xc0\xde" + b"\xff" * 64, b"BC\xc0\xde" + bytes(64), wrapped(b"")])
def test_what_is_no_bitcode_but_begins_like_it_is_refused_by_llvm(data: bytes) -> None:
    assert replace_opaque_types(data) == (data, frozenset())
    with pytest.raises(QirSyntaxError):
        parse_module(data)


def test_no_damaged_bitcode_makes_reading_fail() -> None:
    data = bitcode("taken_out")
    for bit in range(32, 8 * len(data), 13):
        damaged = bytearray(data)
        damaged[bit >> 3] ^= 1 << (bit & 7)
        assert len(replace_opaque_types(bytes(damaged)).bitcode) == len(data)
