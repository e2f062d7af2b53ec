from __future__ import annotations

import re

import pytest

from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.ir import undefined_values
from qirjit_magic.engine.ir.parse import QirModule, parse_module
from qirjit_magic.engine.ir.undefined_values import define_values, defined_after_passes

_NAMED = """
@undef = constant [7 x i8] c"poison\\00", !poison !0
define i64 @poison(i64 %x) {
undef:
  br label %poison
poison:                                           ; preds = %undef
  %alloca = add i64 %x, 1
  ret i64 %alloca
}
!0 = !{!"undef"}
"""
_ZEROED = [
    ("ret i64 undef", "ret i64 0"),
    ("ret i64 poison", "ret i64 0"),
    ("%x = freeze double poison\n ret i64 0", "freeze double 0.000000e+00"),
    ("%x = insertvalue { i64, ptr } undef, i64 3, 0\n ret i64 0", "insertvalue { i64, ptr } zeroinitializer, i64 3, 0"),
    ("%x = call i64 @f(i64 undef, ptr poison)\n ret i64 %x", "@f(i64 0, ptr null)"),
]
_FILLED = [
    ("alloca i64", "store i64 0, ptr %a, align 8"),
    ("alloca i8, align 1", "store i8 0, ptr %a, align 1"),
    ("alloca i64, align 2", "store i64 0, ptr %a, align 2"),
    ("alloca ptr", "store ptr null, ptr %a"),
    ("alloca double", "store double 0.000000e+00, ptr %a"),
    ("alloca i24", "ptr %a, i8 0, i64 ptrtoint (ptr getelementptr (i24, ptr null, i64 1) to i64), i1 false)"),
    ("alloca [3 x { i8, i64 }], align 16", "ptr getelementptr ([3 x { i8, i64 }], ptr null, i64 1)"),
    ("alloca <{ i8, <2 x i16> }>", "ptr getelementptr (<{ i8, <2 x i16> }>, ptr null, i64 1)"),
    ("alloca i64, i64 %n", "%qirjit.size.a = mul i64 ptrtoint (ptr getelementptr (i64, ptr null, i64 1) to i64)"),
    ("alloca i16, i32 7", "%qirjit.count.a = zext i32 7 to i64"),
]  # fmt: skip
_KEPT = [
    "%a = alloca i64\n store i64 %n, ptr %a",
    "%b = alloca ptr\n %a = alloca i64\n store i64 1, ptr %a\n store ptr %a, ptr %b",
    '%"a b" = alloca i64\n store i64 %n, ptr %"a b", align 1',
]
_NOT_WRITTEN = [
    "%a = alloca i64\n store i32 1, ptr %a",
    "%a = alloca i64\n %x = load i64, ptr %a\n store i64 1, ptr %a",
    "%a = alloca ptr\n store ptr %a, ptr @v",
    "%a = alloca i64\n br label %next\nnext:\n store i64 1, ptr %a",
    "%a = alloca i64, i64 2\n store i64 1, ptr %a",
    "%a = alloca { i8, i64 }\n store { i8, i64 } zeroinitializer, ptr %a",
    "%a = alloca i64\n %a.b = alloca i64\n store i64 1, ptr %a.b",
]


def _body(text: str) -> QirModule:
    known = "@v = global ptr null\ndeclare i64 @f(i64, ptr)\n"
    return parse_module(f"{known}define i64 @g(i64 %n) {{\n {text}\n}}\n".encode())


def _text(module: QirModule) -> str:
    defined = define_values(module).llvm_module
    defined.verify()
    return str(defined)


@pytest.mark.parametrize("text", ["define void @f() {\n ret void\n}", _NAMED])
def test_a_module_without_undefined_values_stays_as_it_is(text: str) -> None:
    module = parse_module(text.encode())
    assert define_values(module).llvm_module is module.llvm_module


@pytest.mark.parametrize(("text", "zero"), _ZEROED)
def test_undefined_constants_are_zeros(text: str, zero: str) -> None:
    text = _text(_body(text))
    assert zero in text
    assert not re.search("undef|poison", text)


@pytest.mark.parametrize(("text", "filling"), _FILLED)
def test_what_is_allocated_is_filled(text: str, filling: str) -> None:
    assert filling in _text(_body(f"%a = {text}\n %b = load i8, ptr %a\n ret i64 0"))


@pytest.mark.parametrize("text", _KEPT)
def test_what_is_written_at_once_is_not_filled(text: str) -> None:
    module = _body(f"{text}\n ret i64 0")
    filled = _text(module).count("ptr %a") + _text(module).count('ptr %"a b"')
    assert filled == str(module.llvm_module).count("ptr %a") + str(module.llvm_module).count('ptr %"a b"')


@pytest.mark.parametrize("text", _NOT_WRITTEN)
def test_what_is_not_written_as_a_whole_first_is_filled(text: str) -> None:
    assert re.search(r"store (?:i64 0|ptr null), ptr %a,|memset\S+\(ptr %a,", _text(_body(f"{text}\n ret i64 0")))


def test_numbered_values_keep_their_numbers() -> None:
    text = _text(parse_module(b"define i64 @g(i64 %0) {\n %2 = alloca i8, i64 %0\n %3 = add i64 %0, 1\n ret i64 %3\n}"))
    assert "%qirjit.size.2 = mul" in text
    assert "%3 = add i64 %0, 1" in text


def test_memory_lasts_as_long_as_its_function() -> None:
    text = _text(_body("%a = alloca i64\n call void @llvm.lifetime.start.p0(ptr %a)\n ret i64 0"))
    assert "call void @llvm.lifetime" not in text


@pytest.mark.parametrize("count", ["", ", i7 3", ", i33 3", ", i64 3", ", i99 3"])
@pytest.mark.parametrize("kind", ["i64", "{ i8, i64 }"])
def test_memory_of_any_count_is_filled(kind: str, count: str) -> None:
    module = define_values(_body(f"%a = alloca {kind}{count}\n ret i64 undef"))
    assert re.search(r"store i64 0, ptr %a,|memset\S+\(ptr %a,", str(module.llvm_module))
    assert "ret i64 0" in str(module.llvm_module)
    assert not module.leaves_undefined


def test_an_error_of_swift_is_stored_to_as_nothing_else_may_be_done_with_it() -> None:
    module = define_values(_body("%a = alloca swifterror ptr\n ret i64 undef"))
    assert "store ptr null, ptr %a" in str(module.llvm_module)
    assert not module.leaves_undefined


def test_what_cannot_be_filled_is_said() -> None:
    module = define_values(_body("%a = alloca i64, addrspace(5)\n ret i64 undef"))
    assert module.leaves_undefined
    assert "ret i64 0" in str(module.llvm_module)


def test_a_module_that_llvm_does_not_read_again_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undefined_values, "read_changed", lambda _: None)
    module = _body("ret i64 undef")
    defined = define_values(module)
    assert (defined.llvm_module is module.llvm_module, defined.leaves_undefined) == (True, True)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_what_the_passes_make_undefined_is_zero(level: int) -> None:
    module = define_values(
        _body("%a = alloca i64\n store i64 70, ptr %a\n %b = load i64, ptr %a\n %c = shl i64 1, %b\n ret i64 %c")
    )
    ObjectEmitter().optimise(module.llvm_module, level)
    assert "ret i64 poison" in str(module.llvm_module)
    assert "ret i64 0" in str(defined_after_passes(module.llvm_module))


def test_values_that_passes_put_together_of_parts_stay_as_they_are() -> None:
    module = parse_module(
        b"define <2 x i64> @g(i64 %n) {\n %a = insertelement <2 x i64> poison, i64 %n, i64 0\n ret <2 x i64> %a\n}"
    ).llvm_module
    assert defined_after_passes(module) is module
