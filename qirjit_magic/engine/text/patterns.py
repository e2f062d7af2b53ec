"""Words of LLVM text that mean something: outside comments and strings, as LLVM's own lexer sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_SKIPPED = r';[^\n\r]*|/\*.*?\*/|"[^"]*"'
# Between two words. It matches in one way only, however many comments there are: else a search may take for ever.
GAP = r"(?:\s|;[^\n\r]*(?![^\n\r])|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*"
WORD = r"(?<![\w.$%@!^#-])"  # before a keyword; behind it stands END
END = r"(?![\w]|[-\w.$]*:)"
QUOTED = r'"[^"]*"'
NAME = rf"(?:[-\w.$]+|{QUOTED})"  # behind @ or %
# A string, other than a constant's or a name, that may be written in another way. The quote stands first: it is fast.
ESCAPED_STRING = re.compile(r'"(?<![@%!$]")(?<!\Wc")[^"\n]*\\')
OPENING, CLOSING = frozenset("([{<"), frozenset(")]}>")
BRACKET_OR_COMMA = re.compile(r'"[^"]*"|[()\[\]{}<>,]')  # or a string, which may hold them
_QUOTES = re.compile(r'"[^"\n]*+(["\n]|\Z)')
_ESCAPE = re.compile(rb"\\([0-9A-Fa-f]{2})|\\\\")


def find_words(text: str, pattern: str) -> Iterator[re.Match[str]]:
    """Where the pattern matches in LLVM text, comments and strings left out.

    The pattern may itself begin with a quote, or go over a string.
    """
    return (found for found in _scanner(pattern).finditer(text) if found["_wanted"] is not None)


@cache
def _scanner(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<_wanted>{pattern})|{_SKIPPED}", re.DOTALL)


def distinct_lines(text: str) -> str:
    """Each line of a text once: all its words, in what is much shorter where a program is long."""
    return "\n".join(dict.fromkeys(text.split("\n")))


def has_plain_lines(text: str) -> bool:
    """Whether no string and no comment reaches beyond its line, so that what looks like an instruction is one."""
    if "/*" in text or text.count("\r") != text.count("\r\n"):
        return False
    return all(found[1] == '"' for found in _QUOTES.finditer(text))


def blanked(text: str) -> str:
    """The same text, as long, with spaces for comments and strings."""
    return re.sub(_SKIPPED, lambda found: " " * len(found[0]), text, flags=re.DOTALL)


def unescaped(written: str) -> bytes:
    """The bytes of a name or string as it is written, with quotes or without."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else b"\\", written.strip('"').encode())


def split_at_commas(line: str, start: int = 0) -> Iterator[str]:
    """The parts of a line as LLVM prints it, between commas that are in no brackets.

    Args:
        line: the line.
        start: where they begin; they end with the line, or at a bracket that was opened before.
    """
    depth, begin, end = 0, start, len(line)
    for mark in BRACKET_OR_COMMA.finditer(line, start):
        if mark[0] in OPENING:
            depth += 1
        elif mark[0] == "," and not depth:
            yield line[begin : mark.start()]
            begin = mark.end() + 1
        elif mark[0] in CLOSING:
            if not depth:
                end = mark.start()
                break
            depth -= 1
    if end > begin:
        yield line[begin:end]
