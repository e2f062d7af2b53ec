from __future__ import annotations

import pytest

from qirjit_magic.engine.ir.levels import GATES, LOOPS, WORK, default_level
from tests.files import program

_LOOP = """
define i64 @sum(i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret i64 %i
}"""
_NUMBERED_LOOP = """
define void @f() {
  br label %1

1:
  br label %1
}"""
_RECURSION = """
define i64 @f(i64 %n) {
  %r = call i64 @f(i64 %n)
  ret i64 %r
}"""
_BRANCH = """
define void @f(i1 %x) {
  br i1 %x, label %a, label %b
a:
  ret void
b:
  ret void
}
define void @g(i1 %x) {
  br i1 %x, label %a, label %b
a:
  ret void
b:
  call void @f(i1 %x)
  ret void
}"""
_INDENTED = 'define void @f() {\n  br label %"a"\n  a: \n  br label %a\n}'
_SPACED = "define void @f () {\n  call void @f ()\n  ret void\n}"
_GATES = "define void @f() {\n" + "  call void @__quantum__qis__h__body(ptr null)\n" * 100 + "  ret void\n}"
_PRODUCTS = "".join(f"  %x{i + 1} = mul i64 %x{i}, 3\n" for i in range(40))
_WORK = f"define i64 @f(i64 %x0) {{\n{_PRODUCTS}  ret i64 %x40\n}}"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (_LOOP, LOOPS),
        (_NUMBERED_LOOP, LOOPS),
        (_RECURSION, LOOPS),
        (_INDENTED, LOOPS),
        (_SPACED, LOOPS),
        (_BRANCH, GATES),
        (_GATES, GATES),
        (_WORK, WORK),
        (_WORK + _LOOP, LOOPS),
        ("", GATES),
    ],
    ids=["loop", "numbered loop", "recursion", "indented", "spaced", "branches", "gates", "work", "both", "nothing"],
)
def test_the_level_follows_from_what_the_program_does(text: str, level: int) -> None:
    assert default_level(text) == level


def test_a_very_long_program_is_not_looked_at() -> None:
    assert default_level(_LOOP + "; remark\n" * (1 << 19)) == GATES


@pytest.mark.parametrize(("name", "level"), [("Bell", GATES), ("Hello", GATES), ("endless", LOOPS), ("floods", LOOPS)])
def test_real_programs_get_the_level_that_suits_them(name: str, level: int) -> None:
    assert default_level(program(name).decode()) == level
