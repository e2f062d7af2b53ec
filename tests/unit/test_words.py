from __future__ import annotations

import pytest

from qirjit_magic.llvm_text import (
    END,
    GAP,
    NAME,
    WORD,
    blank_comments_and_strings,
    distinct_lines,
    find_words,
    unescaped,
)

_ASM = f"{WORD}asm{END}"


@pytest.mark.parametrize(
    "text", ['call void asm "nop"', 'call void asm"nop"', "\tasm\n", "(asm)", "/* ; */ asm", '"; " asm', "; x\rasm"]
)
def test_a_word_is_found(text: str) -> None:
    (found,) = find_words(text, _ASM)
    assert found.start() == text.rindex("asm")


@pytest.mark.parametrize(
    "text",
    [
        *("; asm", "/* \n asm */", '"asm"', '"\n asm ; \n"', 'c"\\22 asm"', "@asm", "%asm", "!asm", "$asm", "#asm"),
        *('@"asm"', "asm:", "asm.1:", "asm-x:", "a.asm", "asm_", "wasm", "asm1", '; "\n"asm"'),
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert list(find_words(text, _ASM)) == []


def test_a_pattern_may_go_over_strings_and_comments() -> None:
    text = '; gc "a"\ngc ; which one?\n /* this */ "b" gc "c"'
    found = find_words(text, rf'{WORD}gc{GAP}"(?P<name>[^"]*)"')
    assert [match["name"] for match in found] == ["b", "c"]
    assert [match["name"] for match in find_words('@a @"b c" "@d" ; @e', f"@(?P<name>{NAME})")] == ["a", '"b c"']


def test_a_blanked_text_is_as_long_and_has_its_words_where_they_were() -> None:
    text = 'call "x" /* y\n */ f ; z\n()'
    plain = blank_comments_and_strings(text)
    assert len(plain) == len(text)
    assert (plain.index("f"), plain.index("()")) == (text.index("f"), text.index("()"))
    assert plain.split() == ["call", "f", "()"]


def test_names_are_unescaped_to_bytes() -> None:
    assert unescaped('"a\\22\\ff\\\\"') == b'a"\xff\\'
    assert unescaped("plain") == b"plain"


def test_distinct_lines_keep_each_line_once() -> None:
    assert distinct_lines("a\nb\na\n\nb") == "a\nb\n"


@pytest.mark.parametrize("comment", ["; a ; b\n", "/* a */", "/***/", "/* ; * / */ ", ";\n"])
def test_any_number_of_comments_is_gone_over_at_once(comment: str) -> None:
    pattern = rf"a{GAP}b{GAP}c"
    assert len(list(find_words(f"a{comment * 1000}b{comment * 1000}c", pattern))) == 1
    assert list(find_words(f"a{comment * 1000}b{comment * 1000}d", pattern)) == []
