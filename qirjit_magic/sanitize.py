"""Text of programs as it is shown: nothing in it moves a cursor, sets a title, or turns round what one reads.

It is used where text is shown, never where it is data: `RunResult.messages` and `RunResult.to_text` have it as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from qirjit_magic.lazy_patterns import lazy_pattern

_CONTROLS = range(0x20), range(0x7F, 0xA0)
_CONTROLS_OF_LINES = range(0x9), range(0xB, 0x20), range(0x7F, 0xA0)  # without tabs and line feeds
# Marks of direction, and the two ends of line that are no line feed.
_DIRECTIONS = range(0x061C, 0x061D), range(0x200E, 0x2010), range(0x2028, 0x202F), range(0x2066, 0x206A)
_SURROGATES = (range(0xD800, 0xE000),)  # no stream can write one
_NONCHARACTERS = (range(0xFFFE, 0x10000),)  # no XML holds one, SVG neither
CONTROLS = frozenset(chain(*_CONTROLS))
DIRECTIONS = frozenset(chain(*_DIRECTIONS))
SURROGATES = frozenset(chain(*_SURROGATES))
NONCHARACTERS = frozenset(chain(*_NONCHARACTERS))
_LATIN = 0xFF
_SHORT = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}


def _any_of(codes: Iterable[range]) -> re.Pattern[str]:
    return lazy_pattern(f"[{''.join(f'{chr(few[0])}-{chr(few[-1])}' for few in codes)}]")


_OTHERS = (*_DIRECTIONS, *_SURROGATES, *_NONCHARACTERS)
_HIDDEN_IN_A_LINE = _any_of((*_CONTROLS, *_OTHERS))
_HIDDEN = _any_of((*_CONTROLS_OF_LINES, *_OTHERS))


def sanitize(text: str) -> str:
    r"""The text with control characters, marks of direction and what is no character as escapes, such as ``\x1b``.

    Ends of line stay, and tabs.

    A carriage return is one of them: a program's progress bar shows as ``\r`` between its steps.
    """
    return _HIDDEN.sub(_escape, text)


def sanitize_line(text: str) -> str:
    r"""The same on one line: tabs and ends of line are ``\t`` and ``\n``."""
    return _HIDDEN_IN_A_LINE.sub(_escape, text)


def is_utf8(text: str) -> bool:
    """Return whether UTF-8 can write it: no half characters, which stand for bytes of names that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT.get(match[0]) or (f"\\x{code:02x}" if code <= _LATIN else f"\\u{code:04x}")
