from __future__ import annotations

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.ir.profiles import ProfileReport, report_profile

_CIRCLE = "define void @a() {\n  call void @c()\n  ret void\n}\ndefine void @c() {\n  call void @a()\n  ret void\n}"
_LATE = (
    "define void @a() {\n  call void @__quantum__rt__initialize(ptr null)\n  ret void\n}\n"
    "declare void @__quantum__rt__initialize(ptr)"
)


def _report(text: str) -> ProfileReport:
    return report_profile(parse_module(text.encode()))


def _body(lines: str, more: str = "") -> ProfileReport:
    declared = "declare i64 @n()\ndeclare double @d()\ndeclare i1 @b()"
    return _report(f"define i64 @main(){{\n{lines}\n  ret i64 0\n}}\n{more}\n{declared}")


@pytest.mark.parametrize(
    ("lines", "capabilities"),
    [
        ("  %x = add i64 1, 2", ["int_computations:i64"]),
        ("  %x = icmp eq i32 1, 2", ["int_computations:i32"]),
        ("  %x = xor i1 true, false", []),
        ("  %x = call i64 @n()", ["int_computations:i64"]),
        ("  %x = call double @d()", ["float_computations:double"]),
        ("  %x = fcmp olt float 1.0, 2.0", ["float_computations:float"]),
        ("  %x = call i64 @n()\n  %y = trunc i64 %x to i8", ["int_computations:i8", "int_computations:i64"]),
        ("  %x = call i64 @n()\n  %y = sitofp i64 %x to double", ["int_computations:i64", "float_computations:double"]),
        ("  %x = call i1 @b()\n  %y = zext i1 %x to i64\n  %z = add i64 %y, 1", ["int_computations:i64"]),
        ("  %e = alloca i1\n  %x = load i1, ptr %e", []),
        ("  %x = alloca i64", ["arrays"]),
        ("  %x = alloca i1, i32 3", ["arrays"]),
        ("  br label %x\nx:\n  br i1 true, label %x, label %y\ny:", ["backwards_branching:1"]),
        ("  br label %x\nx:\n  %m = call i1 @b()\n  br i1 %m, label %x, label %y\ny:", ["backwards_branching:2"]),
        ("  switch i32 1, label %y [ i32 0, label %y ]\ny:", ["multiple_target_branching"]),
        ("  br i1 true, label %x, label %y\nx:\n  ret i64 1\ny:", ["multiple_return_points"]),
    ],
)
def test_an_instruction_takes_a_capability(lines: str, capabilities: list[str]) -> None:
    assert _body(lines) == ProfileReport("adaptive", tuple(capabilities), ())


def test_a_number_that_is_only_recorded_takes_no_type() -> None:
    lines = (
        "  %x = call i1 @b()\n  %y = zext i1 %x to i64\n  call void @__quantum__rt__int_record_output(i64 %y, ptr null)"
    )
    report = _body(lines, "declare void @__quantum__rt__int_record_output(i64, ptr)")
    assert report.capabilities == ("int_computations",)


def test_a_loop_inside_a_loop_has_a_kind_of_its_own() -> None:
    outer = "  br label %outer\nouter:\n  br label %inner\n"
    inner = "inner:\n  %m = call i1 @b()\n  br i1 %m, label %inner, label %check\n"
    check = "check:\n  br i1 true, label %outer, label %y\ny:"
    assert _body(outer + inner + check).capabilities == ("backwards_branching:3",)


def test_a_measurement_ends_a_loop_through_memory_too() -> None:
    lines = (
        "  %d = alloca i1\n  store i1 true, ptr %d\n  br label %loop\nloop:\n  %m = call i1 @b()\n"
        "  store i1 %m, ptr %d\n  %x = load i1, ptr %d\n  br i1 %x, label %loop, label %y\ny:"
    )
    assert _body(lines).capabilities == ("backwards_branching:2", "arrays")


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        ("  %x = call ptr @__quantum__rt__array_copy(ptr null)", "declare ptr @__quantum__rt__array_copy(ptr)"),
        ("  call void @__quantum__rt__message(ptr null)", "declare void @__quantum__rt__message(ptr)"),
        ("  %x = call ptr @__quantum__qis__m__body(ptr null)", "declare ptr @__quantum__qis__m__body(ptr)"),
        ("  call void inttoptr (i64 8 to ptr)()", ""),
        ('  call void asm sideeffect "", ""()', ""),
        ("  %x = call i64 @main()", ""),
        ("  call void @a()", _CIRCLE),
        ("  call void @a()", _LATE),
        ("  %x = ptrtoint ptr @main to i64", ""),
        ("  %x = insertvalue { i64, i1 } undef, i64 1, 0", ""),
        ("  %x = add <2 x i64> zeroinitializer, zeroinitializer", ""),
        ("  %x = fadd fp128 0xL0, 0xL0", ""),
    ],
)
def test_what_no_profile_has_is_unrestricted(lines: str, more: str) -> None:
    assert _body(lines, more).profile == "unrestricted"


@pytest.mark.parametrize(
    ("text", "profile", "capabilities"),
    [
        ("", "base", ()),
        ("@x = global i64 1", "base", ()),
        ("define void @f() {\n  ret void\n}", "base", ()),
        ("define i64 @f() {\n  ret i64 42\n}", "base", ()),
        ("define void @swap(ptr %a, ptr %b) {\n  ret void\n}", "adaptive", ("ir_functions",)),
        ("define i64 @f(i64 %n) {\n  ret i64 %n\n}", "adaptive", ("int_computations:i64", "ir_functions")),
        ('define void @f(ptr %a) "entry_point" {\n  ret void\n}', "unrestricted", ()),
        ('define double @f() "entry_point" {\n  ret double 1.0\n}', "unrestricted", ()),
        ("define internal void @f() {\n  %x = add i64 1, 2\n  ret void\n}", "base", ()),
    ],
)
def test_a_module_without_instructions_has_the_profile_of_its_functions(
    text: str, profile: str, capabilities: tuple[str, ...]
) -> None:
    report = _report(text)
    assert (report.profile, report.diagnostics) == (profile, ())
    assert set(capabilities) <= set(report.capabilities)
