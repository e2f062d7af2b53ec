"""LLVM text as LLVM's own lexer divides it: its words and tokens, outside of comments and strings.

Text is free in form: between two tokens there may be line breaks and comments of both kinds, or nothing. Nothing here
says what a program means, LLVM does: it says where that stands, and where there is nothing to ask LLVM about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_SKIPPED = r';[^\n\r]*|/\*.*?(?:\*/|\Z)|"[^"]*"'
# Between two words. It matches in one way only, however many comments there are: else a search may take for ever.
GAP = r"(?:\s|;[^\n\r]*(?![^\n\r])|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*"
WORD = r"(?<![\w.$%@!^#-])"  # before a keyword; behind it stands END
END = r"(?![\w]|[-\w.$]*:)"
QUOTED = r'"[^"]*"'
NAME = rf"(?:[-\w.$]+|{QUOTED})"  # behind @ or %
# A string, other than a constant's or a name, that may be written in another way. The quote stands first: it is fast.
ESCAPED_STRING = r'"(?<![@%!$]")(?<!\Wc")[^"\n]*\\'
OPENING, CLOSING = frozenset("([{<"), frozenset(")]}>")
_CASTS = "trunc zext sext fptrunc fpext uitofp sitofp fptoui fptosi inttoptr ptrtoint ptrtoaddr bitcast addrspacecast"
_BINARY = "add sub mul udiv sdiv urem srem shl lshr ashr and or xor fadd fsub fmul fdiv frem"
OPCODES = frozenset(
    (
        *_CASTS.split(),
        *_BINARY.split(),
        *("ret", "br", "switch", "indirectbr", "invoke", "callbr", "resume", "unreachable", "fneg", "icmp", "fcmp"),
        *("cleanupret", "catchret", "catchswitch", "catchpad", "cleanuppad", "landingpad"),
        *("alloca", "load", "store", "fence", "cmpxchg", "atomicrmw", "getelementptr"),
        *("extractelement", "insertelement", "shufflevector", "extractvalue", "insertvalue"),
        *("phi", "select", "call", "va_arg", "freeze"),
    )
)
_BARE_NAME = r"[A-Za-z_.$-][A-Za-z0-9_.$-]*"
_ESCAPE = rb"\\([0-9A-Fa-f]{2})|\\\\"
_TOKEN = rf"""(?x)
      (?P<gap>[\s\0]+|;[^\n\r]*|/\*.*?(?:\*/|\Z))
    | (?P<label>{NAME}:)
    | (?P<global>@{NAME})
    | (?P<local>%{NAME})
    | (?P<mark>[!$^](?:"[^"]*"|[-\w.$\\]+)?|\#\d*)
    | (?P<string>{QUOTED})
    | (?P<number>0x[0-9A-Za-z]+|[-+]?\d+(?:\.\d*(?:[eE][-+]?\d+)?)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<other>\.\.\.|.)
"""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used; its dots match line breaks too."""
    return re.compile(pattern, re.DOTALL)


class Token(NamedTuple):
    """A word, name, number, string or mark of a text.

    Attributes:
        kind: ``global`` and ``local`` with their sigil, ``label`` with its colon, ``word``, ``number``, ``string``, a
            ``mark`` of metadata, attribute groups and comdats, or ``other``: one character, or three dots.
        text: as it is written.
        start: where it begins, counted from 0.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position where it ends."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """Return the name without sigil, quotes and escapes."""
        return plain_name(self.text[1:])


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of a text, from a position between two of them."""
    for found in compiled(_TOKEN).finditer(text, start, len(text) if end is None else end):
        if (kind := found.lastgroup) and kind != "gap":
            yield Token(kind, found[0], found.start())


def find_words(text: str, pattern: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Find the matches of a pattern in LLVM text from a position on, comments and strings left out.

    The pattern may itself begin with a quote, or go over a string.
    """
    found = compiled(rf"(?P<_wanted>{pattern})|{_SKIPPED}").finditer(text, start)
    return (match for match in found if match["_wanted"] is not None)


def distinct_lines(text: str) -> str:
    """Each line of a text once: all its words, in what is much shorter where a program is long."""
    return "\n".join(dict.fromkeys(text.split("\n")))


def has_plain_lines(text: str) -> bool:
    """Return whether each string and comment ends in its line, so that what looks like an instruction is one."""
    if "/*" in text or text.count("\r") != text.count("\r\n"):
        return False
    return all(found[1] == '"' for found in compiled(r'"[^"\n]*+(["\n]|\Z)').finditer(text))


def may_have_escaped_names(text: str) -> bool:
    """Return whether a function or variable may be written in another way than by its name."""
    return "\\" in text and compiled(r'@"[^"]*\\').search(text) is not None


def blank_comments_and_strings(text: str) -> str:
    """The same text, as long, with spaces for comments and strings."""
    return compiled(_SKIPPED).sub(lambda found: " " * len(found[0]), text)


def unescaped(written: str) -> bytes:
    """The bytes of a name or string as it is written, with quotes or without."""
    if "\\" not in written:
        return written.strip('"').encode()
    return re.sub(_ESCAPE, lambda found: bytes([int(found[1], 16)]) if found[1] else b"\\", written.strip('"').encode())


def plain_name(written: str) -> str:
    """A name as LLVM knows it: without quotes and escapes."""
    return unescaped(written).decode("utf-8", "replace") if "\\" in written else written.strip('"')


def is_bare_name(name: str) -> bool:
    """Return whether LLVM reads a name without quotes."""
    return compiled(_BARE_NAME).fullmatch(name) is not None


def split_at_commas(line: str, start: int = 0) -> Iterator[str]:
    """The parts of a line as LLVM prints it, between commas that are in no brackets.

    Args:
        line: the line.
        start: where they begin; they end with the line, or at a bracket that was opened before.
    """
    begin, end = start, len(line)
    for mark, depth in brackets(line, start):
        if mark[0] == "," and not depth:
            yield line[begin : mark.start()]
            begin = mark.end() + 1
        elif depth < 0:
            end = mark.start()
            break
    if end > begin:
        yield line[begin:end]


def brackets(line: str, start: int = 0) -> Iterator[tuple[re.Match[str], int]]:
    """Each bracket and comma outside of strings from a position on, and how many brackets are open behind it."""
    depth = 0
    for mark in compiled(rf"{QUOTED}|[()\[\]{{}}<>,]").finditer(line, start):
        if mark[0][0] != '"':
            depth += (mark[0] in OPENING) - (mark[0] in CLOSING)
            yield mark, depth


def definition_text(text: str, name: str) -> str:
    """The definition of a function as it stands in a module, with the comments straight above it.

    Args:
        text: the module's.
        name: the function's name, without ``@``.

    Returns:
        The text from its first comment to its closing brace; empty where the module does not define it.
    """
    depth = 0
    for found in find_words(text, r"\bdefine\b|[{}]"):
        if found[0] == "define" and not depth and (end := _definition_end(text, found.start(), name)):
            return text[_first_comment(text, found.start()) : end]
        depth += {"{": 1, "}": -1}.get(found[0], 0)
    return ""


def _definition_end(text: str, start: int, name: str) -> int:
    # 0 where the definition that starts here is another function's, or has no end.
    named, open_brackets = False, 0
    for found in find_words(text, rf"@{NAME}|[(){{}}]", start):
        open_brackets += {"(": 1, "{": 1, ")": -1, "}": -1}.get(found[0], 0)
        if open_brackets:
            continue
        if found[0][0] == "@" and not named:
            if plain_name(found[0][1:]) != name:
                return 0
            named = True
        elif found[0] == "}" and named:
            return found.end()
    return 0


def _first_comment(text: str, start: int) -> int:
    first = text.rfind("\n", 0, start) + 1
    while first:
        above = text.rfind("\n", 0, first - 1) + 1
        if not text[above:first].lstrip().startswith(";"):
            break
        first = above
    return first


def defined_names(text: str) -> list[str]:
    """The functions that a text defines which somebody is still writing: a string that is open ends with its line."""
    names: dict[str, None] = {}
    for line in text.split("\n"):
        if line.lstrip().startswith("define"):
            found = [token for token in tokens(line) if token.kind in {"word", "global"}]
            defined = next((token.name for token in found if token.kind == "global"), None)
            if found[0].text == "define" and defined is not None:
                names[defined] = None
    return list(names)
