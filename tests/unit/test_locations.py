from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.ir import QirModule
from qirjit_magic.engine.text.source_text import Location, SourceText


@pytest.fixture(params=["\n", "\r\n"])
def source(request: pytest.FixtureRequest, parsed: Callable[[str], QirModule]) -> SourceText:
    return SourceText(parsed("calls_between_cells").text.text.replace("\n", request.param))


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("helper", "  call void @helper(ptr %entry)"),
        ("table", "  %entry = getelementptr i64, ptr @table, i64 1"),
        ("quoted name", '  call void @"quoted name"()'),
        ("never_called", "declare void @never_called(i64)"),
    ],
)
def test_a_name_is_found_where_it_is_first_used(source: SourceText, name: str, used: str) -> None:
    place = source.first_use(name)
    assert place is not None
    assert place.source_line == used
    assert source.line(place.line) == used
    assert used[place.column - 1 :].removeprefix("@").lstrip('"').startswith(name)


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("helper", "declare void @helper(ptr)"),
        ("table", "@table = external global [4 x i64]"),
        ("quoted name", 'declare void @"quoted name"()'),
    ],
)
def test_a_name_is_found_where_it_is_declared(source: SourceText, name: str, declared: str) -> None:
    place = source.declaration(name)
    assert place is not None
    assert place.source_line == declared


def test_a_name_that_is_nowhere_has_no_place(source: SourceText) -> None:
    assert source.first_use("nobody") is None
    assert source.declaration("nobody") is None
    assert source.declaration("main") is None


@pytest.mark.parametrize(
    "text",
    ["call void @f1()", "call void @f.x()", 'call void @"f x"()', "call void @f-y()", "call void @fé()", "; @f"],
)
def test_a_longer_name_or_a_remark_is_another_thing(text: str) -> None:
    assert SourceText(f"{text}\n  call void @f()").first_use("f") == Location(2, 13, "  call void @f()")


@pytest.mark.parametrize("text", ['@s = constant [3 x i8] c"a;b", comdat @f', 'call void @"a;b"(ptr @f)'])
def test_a_semicolon_inside_quotes_begins_no_remark(text: str) -> None:
    place = SourceText(text).first_use("f")
    assert place is not None
    assert place.column == text.index("@f") + 1


@pytest.mark.parametrize(("number", "line"), [(0, None), (1, "a"), (2, "b"), (3, ""), (4, None), (-1, None)])
def test_lines_count_from_one(number: int, line: str | None) -> None:
    assert SourceText("a\r\nb\n").line(number) == line


@given(st.text(st.sampled_from('@fg"; \n\rdeclare()=é'), max_size=60), st.sampled_from(["f", "g", "fé", "a b"]))
def test_whatever_is_found_stands_there(text: str, name: str) -> None:
    source = SourceText(text)
    for place in (source.first_use(name), source.declaration(name)):
        if place is not None:
            assert source.line(place.line) == place.source_line
            assert place.source_line[place.column - 1 :].startswith((f"@{name}", f'@"{name}"'))


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("declare void @f()\n", True),
        ("; @f\ndeclare void @f()\n", True),
        ("declare\nvoid\n@f()\n", True),
        ("/* declare */ declare void /* @g */ @f() ; @f\ndeclare void @g()", True),
        ("declare void @f() /* ; */ define void @g() { /* ; */ call void @f() ret void }", False),
        ('declare void @f()\ndefine void @g() "x"="a\nb;" { call void @f() ret void }', False),
        ("declare void @f()\ndeclare void @g()\n", True),
        ('declare void @"f"()', True),
        ("@f = external global i64", True),
        ("declare void @f()\n@p = global ptr @f", False),
        ("declare void @f() define void @g() {\n  call void @f()\n  ret void\n}", False),
        ('declare void @f()\ndefine void @g() {\n  call void @"\\66"()\n  ret void\n}', False),
        ("define void @f() { ret void }", False),
        ("", False),
    ],
)
def test_a_name_may_be_declared_and_nothing_else(text: str, *, only: bool) -> None:
    assert SourceText(text).only_declares("f") is only
