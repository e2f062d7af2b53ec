from __future__ import annotations

from collections.abc import Callable

import pytest

from qirjit_magic.engine.ir import QirModule, parse_module
from qirjit_magic.engine.ir.preflight import check_layout, check_signatures
from qirjit_magic.engine.runtime.bindings import known_types
from qirjit_magic.errors import SignatureError, UnsafeModuleError


def _module(text: str) -> QirModule:
    return parse_module(text.encode())


@pytest.mark.parametrize(
    "layout",
    [
        "",
        "e",
        "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
        "e-m:o-i64:64-i128:128-n32:64-S128-Fn32",
        "e-p:64:64",
        "e-p0:64:64-p1:32:32",
    ],
)
def test_layouts_of_64_bit_little_endian_machines_pass(layout: str) -> None:
    check_layout(_module(f'target datalayout = "{layout}"'))


@pytest.mark.parametrize(
    ("layout", "reason"),
    [
        ("E-m:e-i64:64-n32:64-S128", "big-endian"),
        ("E", "big-endian"),
        ("m:e-E-p:64:64", "big-endian"),
        ("e-p:32:32", "pointers of 32 bits"),
        ("e-m:e-p:32:32-p270:32:32-i128:128-f64:32:64-n8:16:32-S128", "pointers of 32 bits"),
        ("p0:16:16-e", "pointers of 16 bits"),
    ],
)
def test_other_layouts_are_refused_with_their_line(layout: str, reason: str) -> None:
    line = f'target datalayout = "{layout}"'
    with pytest.raises(UnsafeModuleError, match=reason) as caught:
        check_layout(_module(f"; made elsewhere\n{line}\n"))
    assert (caught.value.line, caught.value.source_line) == (2, line)
    assert layout in caught.value.construct


def test_a_module_with_known_types_passes(parsed: Callable[[str], QirModule]) -> None:
    check_signatures(parsed("typed_pointers"), known_types())


@pytest.mark.parametrize(
    ("declaration", "symbol", "found"),
    [
        ("declare void @__quantum__qis__h__body(ptr, ptr)", "__quantum__qis__h__body", "void (ptr, ptr)"),
        ("declare i64 @__quantum__qis__h__body(ptr)", "__quantum__qis__h__body", "i64 (ptr)"),
        ("declare void @__quantum__qis__h__body(...)", "__quantum__qis__h__body", "void (...)"),
        ("declare i1 @__quantum__rt__read_result(i64)", "__quantum__rt__read_result", "i1 (i64)"),
        ("@__quantum__rt__message = external global i64", "__quantum__rt__message", "i64"),
        ("declare float @sin(float)", "sin", "float (float)"),
    ],
)
def test_a_known_function_of_another_type_is_refused_with_its_declaration(
    declaration: str, symbol: str, found: str
) -> None:
    with pytest.raises(SignatureError) as caught:
        check_signatures(_module(f"; first\n\n{declaration}\n"), known_types())
    error = caught.value
    assert (error.symbol, error.found, error.expected) == (symbol, found, known_types()[symbol])
    assert (error.line, error.source_line) == (3, declaration)
    assert error.column == declaration.index("@") + 1


def test_an_unknown_function_may_have_any_type() -> None:
    check_signatures(_module("declare void @mine(i7, ...)"), known_types())


def test_a_function_that_the_module_defines_itself_may_have_any_type() -> None:
    check_signatures(_module("define i64 @__quantum__qis__h__body(i64 %x) { ret i64 %x }"), known_types())


def test_each_of_several_known_types_passes() -> None:
    known = {"f": ("void ()", "void (i64)")}
    check_signatures(_module("declare void @f()"), known)
    check_signatures(_module("declare void @f(i64)"), known)
    with pytest.raises(SignatureError, match=r"void \(\) or void \(i64\)"):
        check_signatures(_module("declare void @f(ptr)"), known)


def test_in_bitcode_the_place_is_that_of_the_printed_module() -> None:
    bitcode = _module("declare i64 @sin(double)").llvm_module.as_bitcode()
    with pytest.raises(SignatureError) as caught:
        check_signatures(parse_module(bitcode), known_types())
    assert caught.value.source_line == "declare i64 @sin(double)"
