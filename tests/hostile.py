"""Text that would act on whoever shows it, and what must not be in what is shown."""

from __future__ import annotations

from qirjit_magic.sanitize import CONTROLS, DIRECTIONS, NONCHARACTERS, SURROGATES

HOSTILE = {
    "HTML": "<script>alert(1)</script>",
    "a title": "\x1b]0;title\x07",
    "a cleared screen": "\x1b[2J",
    "a carriage return": "kept\rhidden",
    "a backspace": "kept\b\b\b\bgone",
    "a C1 control": "\x9b31m",
    "a mark of direction": "\u202etxt.exe\u2066",
    "an end of line": "one\u2028two\x85three",
    "half a character": "\ud800",
    "no character": "\ufffe\uffff",
}
_ACTING = (CONTROLS | DIRECTIONS | SURROGATES | NONCHARACTERS) - {ord("\n"), ord("\t")}


def acting(shown: str) -> set[str]:
    """The characters in what is shown that a terminal or a page would obey."""
    return {character for character in shown if ord(character) in _ACTING}
