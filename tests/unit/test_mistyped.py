"""A call by another type than the function has is found, however it is written; what compilers write is none."""

from __future__ import annotations

import pytest

from qirjit_magic.engine.ir import mistyped_calls
from qirjit_magic.engine.ir.mistyped_calls import find_mistyped_call
from qirjit_magic.engine.ir.parse import parse_module

_DECLARED = """
declare void @f(ptr)
declare void @n(i64)
declare i64 @g()
declare void @"a name"(double)
declare ptr @__quantum__rt__callable_create(ptr, ptr, ptr)
@f.is = alias void (ptr), ptr @own
define internal void @own(ptr %p) {
  ret void
}
define internal fastcc void @fast(i64 %n) {
  ret void
}
define internal void @body(ptr %capture, ptr %given, ptr %taken) {
  ret void
}
define internal void @count(ptr %capture, i32 %by) {
  ret void
}
@bodies = internal constant [2 x ptr] [ptr @body, ptr null]
@counts = internal constant [2 x ptr] [ptr @count, ptr null]
@changing = internal global [2 x ptr] [ptr @body, ptr null]
"""
MISTYPED = {
    "returns": "%x = call i64 @f(ptr null)",
    "returns_a_double": "%x = call double @f(ptr null)",
    "returns_a_shorter_one": "%x = call i32 @g()",
    "too_few": "call void @f()",
    "too_many": "%x = call i64 @g(i64 1)",
    "another_parameter": "call void @n(double 1.0)",
    "a_wider_parameter": "call void @n(i128 1)",
    "with_more_to_come": "call void (ptr, ...) @f(ptr null)",
    "by_a_convention": "call fastcc void @f(ptr null)",
    "without_its_convention": "call void @fast(i64 1)",
    "by_value": "call void @f(ptr byval(i64) null)",
    "as_a_chain": "call void @f(ptr nest null)",
    "in_a_register": "call void @f(ptr inreg null)",
    "by_an_alias": "call void @f.is(ptr null)",
    "by_an_address": "%p = load ptr, ptr @bodies\n  call void %p(ptr null)",
    "in_quotes": 'call void @"a name"()',
    "in_escapes": 'call void @"\\66"()',
    "over_lines": "call\n  void ; call void @f(ptr null)\n  @f ( )",
    "behind_one_in_a_comment": "call /* call void @f(ptr null) */ void @f()",
    "in_the_name_of_a_bundle": 'call void @f() [ "call void @f(ptr null)"() ]',
    "its_own": "call void @own()",
    "a_callable_of_counts": "%c = call ptr @__quantum__rt__callable_create(ptr @counts, ptr null, ptr null)",
    "a_callable_counted_by_bodies": "%c = call ptr @__quantum__rt__callable_create(ptr @bodies, ptr @bodies, ptr null)",
    "a_callable_that_changes": "%c = call ptr @__quantum__rt__callable_create(ptr @changing, ptr null, ptr null)",
    "a_callable_of_anything": "%t = alloca [2 x ptr]\n"
    "  %c = call ptr @__quantum__rt__callable_create(ptr %t, ptr null, ptr null)",
}
TYPED = (
    "call void @f(ptr null)",
    "tail call void @f(i8* inttoptr (i64 3 to i8*))",
    "call void @f(ptr noundef nonnull align 8 dereferenceable(8) @bodies)",
    "%x = call i64 @g()",
    "%x = call noundef i64 @g()",
    'call void @"a name"(double 0.5)',
    'call void @"\\66"(ptr null)',
    "call void @own(ptr getelementptr inbounds ([2 x ptr], ptr @bodies, i32 0, i32 1))",
    "call fastcc void @fast(i64 1)",
    "%c = call ptr @__quantum__rt__callable_create(ptr @bodies, ptr @counts, ptr null)",
    "%c = call ptr @__quantum__rt__callable_create(ptr @bodies, ptr null, ptr null)",
)
# What only another module, or whoever runs it, calls
ODD = (
    "declare fastcc void @other(i64)",
    "declare void @other(i64, ptr nest)",
    "declare void @other(ptr byval(i64))",
    "define fastcc void @other(i64 %n) {\n  ret void\n}",
    "define void @other(ptr inreg %p) {\n  ret void\n}",
)


def _found(instructions: str, more: str = "", declared: str = _DECLARED) -> str:
    text = f"{declared}\n{more}\ndefine void @main() {{\n  {instructions}\n  ret void\n}}\n"
    return find_mistyped_call(parse_module(text.encode()))


@pytest.mark.parametrize("name", sorted(MISTYPED))
def test_a_call_by_another_type_than_the_functions_is_found(name: str) -> None:
    assert "call" in _found(MISTYPED[name])


@pytest.mark.parametrize("instruction", TYPED)
def test_a_call_by_the_functions_type_is_none(instruction: str) -> None:
    assert _found(instruction) == ""


@pytest.mark.parametrize("function", ODD)
def test_a_function_that_takes_values_in_another_way_than_others_know_is_found(function: str) -> None:
    assert "@other" in _found("call void @f(ptr null)", function)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("ptr captures(;))\n  none) byval(i64)", "ptr null"), ("i64 range(i64 0, /*))\n*/ 3) inreg", "i64 1")],
)
def test_an_attribute_does_not_end_in_a_comment(parameter: str, value: str) -> None:
    assert "@other" in _found(f"call void @other({value})", declared=f"declare void @other({parameter})")


def test_one_among_many_that_fit_is_found() -> None:
    plain = "declare void @f(ptr)\n"
    assert _found("call void @f(ptr null)\n  " * 300, declared=plain) == ""
    assert _found("call void @f(ptr null)\n  " * 300 + "call void @f()", declared=plain) == "'call void @f()'"


def test_of_straight_lines_of_calls_llvm_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistyped_calls, "_Printed", None)
    calls = "call void @f(%Qubit* inttoptr (i64 1 to %Qubit*))\n  call void @n(i64 -3)\n  %x = call i64 @g()"
    declared = "declare void @f(ptr nocapture readonly)\ndeclare void @n(i64 noundef %0) #0\ndeclare noundef i64 @g()"
    attributes = "%Qubit = type opaque\nattributes #0 = { nounwind }"
    assert _found(calls, attributes, declared) == ""


def test_what_a_comment_declares_is_no_function() -> None:
    declared = "declare void @n(double) ; declare void @n(i64)\n; declare void @n(i64)"
    assert _found("call void @n(i64 1)", declared=declared) == "'call void @n(i64 1)'"
