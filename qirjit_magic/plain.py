"""Text of programs as it is shown: nothing in it moves a cursor, sets a title, or turns round what one reads.

It is used where text is shown, never where it is data: `RunResult.messages` and `RunResult.to_text` have it as it was.
"""

from __future__ import annotations

import re

CONTROLS = frozenset((*range(0x20), *range(0x7F, 0xA0)))
# Marks of direction, and the two ends of line that are no line feed.
DIRECTIONS = frozenset((0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)))
SURROGATES = frozenset(range(0xD800, 0xE000))  # no stream can write one
NONCHARACTERS = frozenset((0xFFFE, 0xFFFF))  # no XML holds one, SVG neither
_LATIN = 0xFF
_SHORT = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
_CODES = CONTROLS | DIRECTIONS | SURROGATES | NONCHARACTERS


def _class(codes: frozenset[int]) -> str:
    # Ranges: of thousands of single characters a pattern takes 2 ms to compile
    firsts, lasts = sorted(codes - {code + 1 for code in codes}), sorted(codes - {code - 1 for code in codes})
    return "".join(("[", *(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True)), "]"))


_HIDDEN_IN_A_LINE = re.compile(_class(_CODES))
_HIDDEN = re.compile(_class(_CODES - {ord("\n"), ord("\t")}))


def plain(text: str) -> str:
    r"""The text with control characters, marks of direction and what is no character as escapes, such as ``\x1b``.

    Ends of line stay, and tabs.

    A carriage return is one of them: a program's progress bar shows as ``\r`` between its steps.
    """
    return _HIDDEN.sub(_escape, text)


def plain_line(text: str) -> str:
    r"""The same on one line: tabs and ends of line are ``\t`` and ``\n``."""
    return _HIDDEN_IN_A_LINE.sub(_escape, text)


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can write it: no half characters, which stand for bytes of names that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT.get(match[0]) or (f"\\x{code:02x}" if code <= _LATIN else f"\\u{code:04x}")
