"""Attributes that are strings, as they are written: LLVM has accepted them, or is to read nothing of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import ESCAPED_STRING, GAP, QUOTED, WORD, compiled, find_words, unescaped

# How the stack is probed is ours to say, see stacks.py: it can name a function, which nobody would look at.
_HOST = "target-cpu|target-features|tune-cpu|probe-stack|stack-probe-size|no-stack-arg-probe"
_IS_HOST = lazy_pattern(_HOST.encode())
# The quote stands first: texts may be long, and a search for one character is fast.
_BEFORE = r'(?<![@%!$]")(?<!\Wc")'
_AFTER = rf'"(?!:)(?:{GAP}={GAP}"[^"]*")?'
_HOST_ATTRIBUTE = lazy_pattern(rf'"{_BEFORE}(?:{_HOST}){_AFTER}', re.DOTALL)
_ESCAPED_ATTRIBUTE = lazy_pattern(rf'"{_BEFORE}(?P<key>[^"\n]*\\[^"\n]*){_AFTER}', re.DOTALL)
_EMPTY_GROUP = lazy_pattern(rf"\battributes{GAP}#\d+{GAP}={GAP}\{{{GAP}\}}", re.DOTALL)
_SECTION = rf"(?P<variable>,{GAP})?{WORD}(?P<word>section){GAP}(?P<name>{QUOTED})"
# What LLVM and object files have for themselves: those of ELF begin with a dot, those of Mach-O with underscores.
_MEANT = lazy_pattern(rb"\.|__|llvm\.|[^,]*,__")
_VISIBLE = lazy_pattern(r"[^\s]")


class Attribute(NamedTuple):
    """An attribute with a value.

    Attributes:
        key: its name, without escapes.
        value: its value, without escapes.
        text: both as they are written.
        start: where they begin.
    """

    key: str
    value: str
    text: str
    start: int


def find_attributes(text: str) -> Iterator[Attribute]:
    """The string attributes of a text that have values."""
    for found in find_words(text, rf"(?P<key>{QUOTED}){GAP}={GAP}(?P<value>{QUOTED})"):
        key, value = (unescaped(found[name]).decode("utf-8", "replace") for name in ("key", "value"))
        yield Attribute(key, value, found[0], found.start())


class SectionPlacement(NamedTuple):
    """The section that a function or variable is to be put into.

    Attributes:
        name: the section's name, without escapes.
        written: as it is written, with quotes.
        start: where the word ``section`` stands.
        span: from where to where it is written, with the comma before it.
        plain: whether it is a name for a variable, and no more.
    """

    name: bytes
    written: str
    start: int
    span: tuple[int, int]
    plain: bool


def find_sections(source: SourceText) -> Iterator[SectionPlacement]:
    """The sections that a text names."""
    for found in find_words(source.text, _SECTION) if "section" in source.distinct_lines else ():
        name = unescaped(found["name"])
        plain = found["variable"] is not None and _MEANT.match(name) is None and not _is_symbol(source, name)
        yield SectionPlacement(name, found["name"], found.start("word"), found.span(), plain)


def _is_symbol(source: SourceText, name: bytes) -> bool:
    return source.first_use(name.decode("utf-8", "replace")) is not None


def without_ignored(source: SourceText) -> SourceText:
    """The text, each token at its place, without what says nothing about what a program does.

    These are attributes for a certain processor, how the stack is probed, and sections of variables that are names and
    no more: code that is linked in memory has no use for them, and generators put their own name there.
    """
    text, host = _without_host_attributes(source.text)
    text, sections = _without_plain_sections(source, text)
    return SourceText(text) if host or sections else source


def _without_host_attributes(text: str) -> tuple[str, int]:
    plain, count = _HOST_ATTRIBUTE.subn(_blank, text)
    if compiled(ESCAPED_STRING).search(plain):
        plain, escaped = _ESCAPED_ATTRIBUTE.subn(_blank_host, plain)
        count += escaped
    # LLVM takes no group without any attribute
    return _EMPTY_GROUP.sub(lambda found: found[0].replace("   ", '"-"', 1), plain) if count else text, count


def _without_plain_sections(source: SourceText, text: str) -> tuple[str, int]:
    plain = [section.span for section in find_sections(source) if section.plain]
    for start, end in reversed(plain):
        text = text[:start] + _blanked(text[start:end]) + text[end:]
    return text, len(plain)


def _blank(found: re.Match[str]) -> str:
    return _blanked(found[0])


def _blank_host(found: re.Match[str]) -> str:
    return _blanked(found[0]) if _IS_HOST.fullmatch(unescaped(found["key"])) else found[0]


def _blanked(text: str) -> str:
    return _VISIBLE.sub(" ", text)
