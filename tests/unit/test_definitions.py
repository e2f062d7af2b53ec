from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.llvm_text import definition_text
from tests.files import PROGRAMS

_VALID = [path for path in sorted(PROGRAMS.glob("*.ll")) if path.stem != "invalid_asm"]
_PRINTED = re.compile(r"^define [^\n]*\{\n.*?^\}$", re.DOTALL | re.MULTILINE)  # as LLVM prints them


def test_a_definition_has_the_comments_above_it_and_ends_at_its_own_brace(program: Callable[[str], bytes]) -> None:
    ir = program("definitions").decode()
    pair = definition_text(ir, "pair").splitlines()
    assert (pair[0], pair[-1]) == ("; a brace in a comment } and in a string", "}")
    assert "  ret { i64, i64 } %value" in pair
    assert definition_text(ir, "short") == "define void @short() { ret void }"
    assert definition_text(ir, 'größe "quoted"').startswith('define i64 @"gr\\C3')


def test_of_several_definitions_on_a_line_each_is_found(program: Callable[[str], bytes]) -> None:
    assert definition_text(program("definitions").decode(), "after").endswith("define void @after() { ret void }")


@pytest.mark.parametrize("name", ["", "declared", "commented", "in_a_string", "shor", "text"])
def test_what_is_not_defined_has_no_definition(program: Callable[[str], bytes], name: str) -> None:
    assert not definition_text(program("definitions").decode(), name)


def test_a_definition_without_an_end_is_none() -> None:
    assert not definition_text("define void @f() { ret void", "f")


@pytest.mark.parametrize("path", _VALID, ids=lambda path: path.stem)
def test_each_function_is_found_in_the_source_and_in_what_llvm_prints_of_it(path: Path) -> None:
    source = path.read_text("utf-8")
    module = parse_module(source.encode())
    printed = str(module.llvm_module)
    names = [function.name for function in module.info.functions]
    assert all(definition_text(source, name) for name in names)
    found = [_PRINTED.search(definition_text(printed, name)) for name in names]
    assert [match and match[0] for match in found] == _PRINTED.findall(printed)
