"""The words of a magic's line: those of a shell, in which variables stand for values and nothing is evaluated."""

from __future__ import annotations

import ast
import io
import re
import shlex
import tokenize
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qirjit_magic.notebook.magic_line import quoted_word, split_line

_TEXT = st.text(st.sampled_from(" \t\n\r'\"\\{}$x-=%!?#ab\N{NO-BREAK SPACE}é"))
_ONE_LINE = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cc", "Cs", "Zl", "Zp")))


class Acting:
    """What does something when it is looked at."""

    def __str__(self) -> str:
        raise AssertionError

    __repr__ = __format__ = __getitem__ = __getattr__ = __call__ = __str__  # type: ignore[assignment, misc]


VARIABLES = {
    "x": "value",
    "n": 3,
    "minus": -3,
    "real": np.float64(0.5),
    "whole": np.int64(7),
    "path": Path("/a b/c.ll"),
    "flag": "--trust",
    "several": "a 'b' \\ {n}",
    "acts": Acting(),
}


@given(_TEXT)
def test_without_variables_a_line_has_the_words_that_a_shell_finds(line: str) -> None:
    try:
        expected = shlex.split(line)
    except ValueError:
        with pytest.raises(ValueError, match=r"No closing quotation|No escaped character"):
            split_line(line, {})
    else:
        assert split_line(line, {}) == expected


@given(_TEXT.filter(bool) | _ONE_LINE.filter(bool))
def test_a_quoted_word_is_that_word_whatever_variables_there_are(text: str) -> None:
    variables = dict.fromkeys(("x", "a", "b", "ab", "é", text, text.strip("{}")), Acting())
    assert split_line(f"before {quoted_word(text)} after", variables) == ["before", text, "after"]


@given(_ONE_LINE.filter(bool))
def test_a_quoted_word_is_one_string_for_python_where_it_is_quoted(text: str) -> None:
    word = quoted_word(text)
    if word != text:
        tokens = [*tokenize.generate_tokens(io.StringIO(f"x {word}").readline)]
        assert [token.type for token in tokens[:2]] == [tokenize.NAME, tokenize.STRING]
        assert isinstance(ast.literal_eval(word), str)
        assert tokens[1].string == word


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{x}", ["value"]),
        ("--file {path} {n}", ["--file", "/a b/c.ll", "3"]),
        ("--shots={whole} {real}", ["--shots=7", "0.5"]),
        ("--args {minus},{n}", ["--args", "-3,3"]),
        ("--args {flag}", ["--args", "--trust"]),
        ("{x}/'{x}'/\"{x}\"", ["value/{x}/{x}"]),
        ("a{several}b c", ["aa 'b' \\ {n}b", "c"]),
        ("--entry={flag}", ["--entry=--trust"]),
        (r"\{x} {x\}", ["{x}", "{x}"]),
        ("'{x}' \"{x}\"", ["{x}", "{x}"]),
        ("{{x}} {{x} {x}}", ["{{x}}", "{{x}", "{x}}"]),
        ("$x $n ${x} $$x", ["$x", "$n", "$value", "$$x"]),
        ("{nobody} {x.real} {x!r} {x:>9} {n+1} {x[0]} {} {x,n} {0} {x}}", None),
        ("{__import__(chr(111)+chr(115)).getpid()} {acts()} {acts.y}", None),
    ],
)
def test_only_a_variable_s_name_in_braces_stands_for_its_value(line: str, words: list[str] | None) -> None:
    assert split_line(line, VARIABLES) == (shlex.split(line) if words is None else words)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{acts}", "the variable acts is a Acting, and {acts} takes text, a number or a path; in quotes, '{acts}'"),
        ("{flag}", "begins with -, as a flag does: write --entry={flag}"),
        ("main {flag}", "begins with -"),
        ("'open", "No closing quotation"),
        ("behind\\", "No escaped character"),
    ],
)
def test_what_cannot_stand_in_a_line_is_said(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        split_line(line, VARIABLES)
