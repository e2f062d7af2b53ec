"""The line of a magic: words as a shell has them, and variables in braces. Nothing in it is evaluated.

IPython would evaluate what stands in braces or behind a dollar: names of programs come into lines too, by completion
and by copying, and may be any text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from numbers import Number

CELL = re.compile(r"\s*%%qir(?=\s|\Z)")
_OTHER_CELL_MAGIC = re.compile(r"\s*(?:%%\w|\Z)")


def magic_line_number(lines: Sequence[str]) -> int | None:
    """The number of the ``%%qir`` line, from 0; None where it is no cell of QIR.

    Other cell magics, such as ``%%time``, and empty lines may stand before it.

    Args:
        lines: those of the cell, with their line breaks or without.
    """
    for number, line in enumerate(lines):
        if CELL.match(line):
            return number
        if not _OTHER_CELL_MAGIC.match(line):
            break
    return None


# What a line is made of; a word is what stands between blanks. The same that `shlex.split` finds.
_PART = re.compile(
    r"""(?P<blanks>[ \t\r\n]++)|'(?P<single>[^']*+)'|"(?P<double>(?:[^"\\]++|\\.)*+)"|\\(?P<escaped>.)"""
    r"""|(?P<bare>[^ \t\r\n'"\\]++)""",
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(["\\])')
_ESCAPED = re.compile(r'(["\\])')
_VARIABLE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
# Neither IPython nor Python's tokens, by which IPython looks at lines, make anything of these.
_BARE_WORD = re.compile(r"[\w@+:,./-]+", re.ASCII)


def split_line(line: str, variables: Mapping[str, object]) -> list[str]:
    """The words of a line, with the values of variables where ``{name}`` stands outside of quotes.

    What is in quotes or behind a backslash is taken as it stands, and so is everything else in braces: other text than
    one name, a name that no variable has, doubled braces. A value is never split into words.

    Args:
        line: what stands behind the magic.
        variables: those that may be named.

    Raises:
        ValueError: a quotation is open, or a variable holds something else than text, a number or a path, or text that
            would be taken for a flag.
    """
    words: list[str] = []
    word: str | None = None
    end = 0
    for part in _PART.finditer(line):
        if part.start() != end:
            break
        end = part.end()
        if part["blanks"] is not None:
            words += [] if word is None else [word]
            word = None
        else:
            word = _joined(word, part, variables, free=words[-1:] == ["--args"])
    if end != len(line):
        raise ValueError("No escaped character" if line[end:] == "\\" else "No closing quotation")
    return words if word is None else [*words, word]


def _joined(word: str | None, part: re.Match[str], variables: Mapping[str, object], *, free: bool) -> str:
    if part["bare"] is None:
        literal = part["escaped"] or part["single"] or _ESCAPE.sub(r"\1", part["double"] or "")
        return (word or "") + literal

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in variables:
            return found[0]
        begins = word is None and found.start() == 0
        return _text(name, variables[name], flag=begins and not free)

    return (word or "") + _VARIABLE.sub(value, part["bare"])


def _text(name: str, value: object, *, flag: bool) -> str:
    quoted = f"in quotes, '{{{name}}}' is a name as it stands"
    if isinstance(value, Number):  # NumPy's too
        return str(value)
    if not isinstance(value, str | os.PathLike):
        kind = type(value).__name__
        message = f"the variable {name} is a {kind}, and {{{name}}} takes text, a number or a path; {quoted}"
        raise ValueError(message)  # noqa: TRY004 - of the line, as what else is wrong with it
    text = os.fsdecode(value)
    if flag and text.startswith("-"):
        message = f"the text in the variable {name} begins with -, as a flag does: write --entry={{{name}}} or the like"
        raise ValueError(message)
    return text


def quoted_word(text: str) -> str:
    """The text as one word of a line, in quotes where it must be; for IPython and Python it is then one string."""
    if _BARE_WORD.fullmatch(text):
        return text
    if "'" in text or "\\" in text:
        return '"' + _ESCAPED.sub(r"\\\1", text) + '"'
    return f"'{text}'"
