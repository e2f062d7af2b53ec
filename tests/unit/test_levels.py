from __future__ import annotations

from unittest.mock import Mock

import pytest

from qirjit_magic.engine.codegen.optimisation_levels import GATES, LOOPS, WORK, default_level
from qirjit_magic.engine.ir.parse import parse_module
from qirjit_magic.engine.text.source_text import SourceText
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
_GATES = (
    "define void @f() {\n"
    + "  call void @__quantum__qis__h__body(ptr null)\n" * 100
    + "  ret void\n}\ndeclare void @__quantum__qis__h__body(ptr)\n"
)
_PRODUCTS = "".join(f"  %x{i + 1} = mul i64 %x{i}, 3\n" for i in range(40))
_WORK = f"define i64 @f(i64 %x0) {{\n{_PRODUCTS}  ret i64 %x40\n}}"

_BACKWARDS = """
define void @f(i1 %x) {
entry:
  br label %first
last:
  ret void
first:
  br i1 %x, label %last, label %other
other:
  br label %last
}"""
_TWO_IN_TURN = _RECURSION.replace("@f", "@g", 1) + _RECURSION.replace("call i64 @f", "call i64 @g")

_SAME_LINE = "define i64 /* */ @f(i64 %x)"
_OVER_THE_SAME_LINE = f"{_SAME_LINE}\n{{\n  %y = call i64 /*\n{_SAME_LINE}\n  ret i64 %y\n}}"


def _level(text: str) -> int:
    module = parse_module(text.encode())
    return default_level(module.text, [each.name for each in module.info.functions], lambda: str(module.llvm_module))


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
    assert _level(text) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (_LOOP.replace("label", "label /* to */\n").replace("loop:", '"l\\6fop":'), LOOPS),
        (_RECURSION.replace("@f(", "/* it */ @f\n("), LOOPS),
        (_RECURSION.replace("call i64 @f", 'call i64 @"\\66"'), LOOPS),
        (_RECURSION.replace("@f(", "\n@f\n("), LOOPS),
        (_OVER_THE_SAME_LINE, LOOPS),
        (_WORK.replace("= mul", "=\n mul"), WORK),
        (_GATES + "".join(f"; %x{i} = mul i64 %x, 3\n" for i in range(200)), GATES),
        (_BACKWARDS, GATES),
        (_TWO_IN_TURN, LOOPS),
    ],
    ids=[
        "loop",
        "recursion",
        "escaped",
        "over lines",
        "over the same line",
        "work",
        "comments",
        "no circle",
        "in turn",
    ],
)
def test_the_level_does_not_follow_from_how_the_program_is_written(text: str, level: int) -> None:
    assert _level(text) == level


def test_a_very_long_program_is_not_looked_at() -> None:
    assert default_level(SourceText(_LOOP), ["sum"], lambda: _LOOP + "@x = constant i64 1\n" * (1 << 18)) == GATES


def test_a_program_is_not_printed_where_its_text_says_enough() -> None:
    printed = Mock()
    assert default_level(SourceText(_LOOP + "; remark\n" * (1 << 21)), ["sum"], printed) == GATES
    assert default_level(SourceText(_GATES), ["f"], printed) == GATES
    printed.assert_not_called()


@pytest.mark.parametrize(("name", "level"), [("Bell", GATES), ("Hello", GATES), ("endless", LOOPS), ("floods", LOOPS)])
def test_real_programs_get_the_level_that_suits_them(name: str, level: int) -> None:
    assert _level(program(name).decode()) == level
