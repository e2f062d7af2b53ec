from __future__ import annotations

from collections.abc import Callable

import llvmlite.binding as llvm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.ir.module_flags import declared_profile, named_values, read_flags
from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.protocol.module_info import EntryPoint, Signature

_EXPECTED = (
    ("qir_major_version", 2),
    ("qir_minor_version", 1),
    ("dynamic_qubit_management", False),
    ("arrays", True),
    ("backwards_branching", 3),
    ("int_computations", "i32, i64"),
    ("compiler", "hand"),
)


def _flags(flag: str) -> tuple[tuple[str, int | bool | str], ...]:
    return parse_module(f"!llvm.module.flags = !{{!0}}\n!0 = {flag}\n".encode()).info.flags


def test_every_kind_of_flag_is_read_in_order(parsed: Callable[[str], QirModule]) -> None:
    flags = parsed("module_flags").info.flags
    assert flags == _EXPECTED
    assert [type(value) for _, value in flags] == [type(value) for _, value in _EXPECTED]


def test_flags_of_bitcode_are_the_same(program: Callable[[str], bytes]) -> None:
    bitcode = llvm.parse_assembly(program("module_flags").decode(), llvm.create_context()).as_bitcode()
    assert parse_module(bitcode).info.flags == _EXPECTED


@pytest.mark.parametrize("end", [b"\r\n", b"  \n", b" ; said\n"])
def test_what_ends_a_line_makes_no_difference(program: Callable[[str], bytes], end: bytes) -> None:
    text = program("module_flags").replace(b"\n", end)
    assert parse_module(text).info.flags == _EXPECTED


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ('!{i32 1, !"a", i1 true}', True),
        ('!{i32 1, !"a", i1 -1}', True),
        ('!{i32 1, !"a", i1 0}', False),
        ('!{i32 1, !"a", i2 -1}', 3),
        ('!{i32 1, !"a", i2 1}', 1),
        ('!{i32 1, !"a", i64 -1}', 2**64 - 1),
        ('!{i32 1, !"a", i32 u0xFF}', 255),
        ('!{i32 1,!"a",i32 4}', 4),
        ('distinct !{i32 1, !"a", i32 4}', 4),
        ('!{i32 5, !"a", !{!"i64", !"i32"}}', "i64, i32"),
        ('!{i32 5, !"a", !{}}', ""),
        ('!{i32 1, !"a", !"x, y"}', "x, y"),
        ('!{i32 1,\n  !"a",\n  i32 4\n}', 4),
    ],
)
def test_a_flag_is_read_however_it_is_written(flag: str, value: object) -> None:
    assert _flags(flag) == (("a", value),)


def test_a_flag_that_is_no_number_stops_nothing() -> None:
    text = '@g = global i8 0\n!llvm.module.flags = !{!0}\n!0 = !{i32 1, !"a", i64 ptrtoint (ptr @g to i64)}\n'
    assert parse_module(text.encode()).info.definitions == {"g"}


def test_a_list_over_several_lines_is_read() -> None:
    text = '!llvm.module.flags = !{!0,\n  !1}\n!0 = !{i32 1, !"a", i32 1}\n!1 = !{i32 1, !"b", i32 2}\n'
    assert parse_module(text.encode()).info.flags == (("a", 1), ("b", 2))


_TWO = '!0 = !{i32 1, !"a", i32 1}\n!1 = !{i32 1, !"b", i32 2}\n'


@pytest.mark.parametrize("name", ["llvm.module.flags", "llvm.module.fl\\61gs"])
def test_flags_in_two_lists_are_all_read(name: str) -> None:
    text = f"!llvm.module.flags = !{{!0}}\n!{name} = !{{!1}}\n{_TWO}"
    assert parse_module(text.encode()).info.flags == (("a", 1), ("b", 2))


@pytest.mark.parametrize("quote", ['; "\n', '; " \r'])
def test_flags_in_a_string_are_none(quote: str) -> None:
    string = "\n!llvm.module.flags = !{!1}\n"
    variable = f'@x = constant [{len(string)} x i8] c"{string}"'
    text = f"{quote}{variable}\n{quote}\n{_TWO}!llvm.module.flags = !{{!0}}\n"
    assert parse_module(text.encode()).info.flags == (("a", 1),)


def test_a_module_may_have_no_flags() -> None:
    assert named_values(read_flags(SourceText("define void @f() { ret void }"))) == ()


def test_a_remark_is_no_flag() -> None:
    assert named_values(read_flags(SourceText('; !llvm.module.flags = !{!0}\n!0 = !{i32 1, !"a", i32 4}'))) == ()


@given(st.data(), st.integers(2, 64))
def test_an_integer_of_any_width_is_read_without_a_sign(data: st.DataObject, bits: int) -> None:
    value = data.draw(st.integers(-(1 << (bits - 1)), (1 << bits) - 1))
    text = f'!llvm.module.flags = !{{!0}}\n!0 = !{{i32 1, !"a", i{bits} {value}}}\n'
    assert named_values(read_flags(SourceText(text))) == (("a", value % (1 << bits)),)


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail(text: str) -> None:
    assert named_values(read_flags(SourceText(text))) == ()
    assert len(named_values(read_flags(SourceText(f"!llvm.module.flags = !{{!0}}\n!0 = !{{{text}}}\n")))) <= 1


@pytest.mark.parametrize(
    ("declared", "profile"),
    [
        (["base_profile"], "base"),
        (["base"], "base"),
        (["adaptive_profile"], "adaptive"),
        (["base_profile", "adaptive_profile"], "adaptive"),
        (["unrestricted"], "unrestricted"),
        (["custom"], "unrestricted"),
        ([""], "unrestricted"),
        ([], "unrestricted"),
    ],
)
def test_the_profile_is_what_the_entry_points_declare(declared: list[str], profile: str) -> None:
    functions = [EntryPoint("f", Signature("void"), attributes=(("qir_profiles", text),)) for text in declared]
    assert declared_profile(functions) == profile
