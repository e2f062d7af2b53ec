from __future__ import annotations

import math
import time
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.errors import OptionError
from qirjit_magic.limits import VARIABLE, LimitError, Limits, default_limits
from qirjit_magic.protocol.module_info import ModuleInfo
from qirjit_magic.session.diagnostics import output_left_out
from qirjit_magic.session.registry import ModuleRegistry, RegisteredModule
from qirjit_magic.session.sources import Source, bracket_depth, read_source

_NAMES = list(Limits.__struct_fields__)
_OPEN = {"(": ")", "[": "]", "{": "}", "<": ">"}
_TEXT = b"define void @f() { ret void }\n"


# -- what they are -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("value", [-1, "7", None, True, math.inf, math.nan, 1 << 63])
def test_a_limit_that_is_none_is_refused(name: str, value: object) -> None:
    if (name, value) == ("cpu_seconds", 1 << 63):
        return
    with pytest.raises(OptionError, match=name):
        Limits().but({name: value})


@pytest.mark.parametrize("name", [name for name in _NAMES if name != "cpu_seconds"])
@pytest.mark.parametrize("value", [0, 2.0])
def test_what_is_counted_is_limited_by_a_count(name: str, value: object) -> None:
    with pytest.raises(OptionError, match=name):
        Limits().but({name: value})


def test_some_may_differ_from_others() -> None:
    changed = Limits().but({"modules": 3, "cpu_seconds": 1.5})
    assert changed == Limits(modules=3, cpu_seconds=1.5)
    with pytest.raises(OptionError, match="nestings"):
        Limits().but({"nestings": 3})


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("", Limits()),
        ("modules=100", Limits(modules=100)),
        (" modules = 100, cpu_seconds=1.5,", Limits(modules=100, cpu_seconds=1.5)),
        ("source_bytes=0x1000", Limits(source_bytes=4096)),
    ],
)
def test_the_environment_changes_them(monkeypatch: pytest.MonkeyPatch, text: str, limits: Limits) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert default_limits() == limits


@pytest.mark.parametrize("text", ["modules", "modules=", "modules=many", "modules=0", "modulos=1", "cpu_seconds=inf"])
def test_a_variable_that_is_no_limit_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(OptionError):
        default_limits()


# -- sources -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [99, 100, 101])
def test_a_source_is_no_longer_than_it_may_be(tmp_path: Path, size: int) -> None:
    file = tmp_path / "long.ll"
    file.write_bytes(_TEXT.ljust(size))
    limits = Limits(source_bytes=100)
    for source in (file, str(file), Source(file.read_bytes()), file.read_bytes(), file.read_text()):
        if size <= 100:
            assert len(read_source(source, limits).data) == size
            continue
        with pytest.raises(LimitError) as caught:
            read_source(source, limits)
        assert (caught.value.limit, caught.value.value, caught.value.allowed) == ("source_bytes", 101, 100)


def test_of_a_file_without_end_no_more_is_read_than_it_takes_to_know() -> None:
    with pytest.raises(LimitError):
        read_source("/dev/zero", Limits(source_bytes=1 << 20))


@given(st.lists(st.sampled_from(sorted(_OPEN)), max_size=30), st.integers(0, 30))
def test_brackets_in_each_other_are_counted(opened: list[str], most: int) -> None:
    text = "".join(f"{bracket} x " for bracket in opened) + " ".join(_OPEN[bracket] for bracket in reversed(opened))
    for found in (bracket_depth(text.encode(), most), bracket_depth(text.encode() * 3, most)):
        assert found == len(opened) or len(opened) < found <= most


@given(st.text("()", max_size=60), st.integers(0, 10))
def test_brackets_in_any_order_are_no_deeper_than_is_said(text: str, most: int) -> None:
    depth = max(accumulate((1 if bracket == "(" else -1 for bracket in text), initial=0))
    found = bracket_depth(text.encode(), most)
    assert found == depth or depth < found <= most


@pytest.mark.parametrize("text", ["/*(", '"(;', "(", "([)]", ")", '";', "/*", "()", "(()", "a"])
def test_no_text_takes_long(text: str) -> None:
    began = time.monotonic()
    bracket_depth(text.encode() * 300_000, 1000)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text", ['c"{0}"', "; {0}\n", '@"{0}" = ', '!"{0}"', '; " {0}\n; "', '"; " ; {0}', "/* {0} */", '/* " */ ; {0}']
)
def test_brackets_in_strings_and_comments_are_no_nesting(text: str) -> None:
    assert bracket_depth(text.format("(" * 50).encode(), 10) == 0


@pytest.mark.parametrize("text", ['"" {0}', '; "\n{0}', '/* " */ {0}', '"a" {0} "b"', '"open {0}'])
def test_brackets_behind_strings_and_comments_are_nesting(text: str) -> None:
    assert bracket_depth(text.format("(" * 50).encode(), 10) == 50


@pytest.mark.parametrize("bracket", ["[1 x {0}]", "{{ {0} }}", "<{{ {0} }}>"])
def test_what_is_not_nested_too_deeply_can_be_read_by_llvm(bracket: str) -> None:
    limits = Limits(nesting=200)
    kind = "i8"
    while bracket_depth(bracket.format(kind).encode(), 0) <= 200:
        kind = bracket.format(kind)
    source = read_source(f"@deep = external global {kind}\n{_TEXT.decode()}", limits)
    assert parse_module(source.data, "deep").info.functions
    with pytest.raises(LimitError) as caught:
        read_source(f"@deep = external global {bracket.format(kind)}\n", limits)
    assert caught.value.limit == "nesting"
    assert caught.value.value > 200


def test_in_bitcode_brackets_mean_nothing() -> None:
    assert read_source(b"BC\xc0\xde" + b"(" * 5000).data.endswith(b"((")


# -- modules and notices -------------------------------------------------------------------------------------------


def test_there_are_no_more_modules_than_there_may_be() -> None:
    registry = ModuleRegistry(lambda: ())
    for name in ("a", "b"):
        registry.check_room(name, 2)
        registry.put(RegisteredModule(ModuleInfo(name, ""), Source(b"")))
    registry.check_room("a", 2)
    for name in ("c", ""):
        with pytest.raises(LimitError, match="3 modules") as caught:
            registry.check_room(name, 2)
        assert caught.value.limit == "modules"


def test_what_is_left_out_is_told_with_its_limit() -> None:
    assert list(output_left_out(0, 0, Limits())) == []
    said = [str(notice) for notice in output_left_out(1234, 5678, Limits(records_per_shot=99, output_bytes=77))]
    assert "1,234 records" in said[0]
    assert "99 records" in said[0]
    assert "5,678 bytes" in said[1]
    assert "77 bytes" in said[1]
