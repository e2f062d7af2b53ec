"""The places of names in a module's text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice

import msgspec

from qirjit_magic.engine.text.written_instructions import WrittenInstruction, written_instructions
from qirjit_magic.llvm_text import END, GAP, NAME, distinct_lines, find_words, plain_name

_CHUNK = 1 << 14
# Searches begin with one character, which is fast: hence the `d` before what may stand before it.
_MENTION = (
    rf"@(?P<name>{NAME})(?P<variable>{GAP}={GAP}(?P<external>ex(?:ternal|tern_weak)\b)?)?"
    rf"|d(?<![\w.$%@!^#-]d)(?P<head>efine|eclare){END}"
)


class Location(msgspec.Struct, frozen=True):
    """A place in a text; line and column count from 1."""

    line: int
    column: int
    source_line: str


class _Mentions:
    """The places where each name is first used, declared and defined; a variable of another module is declared.

    The text is read as far as the answers take, which is not far where one asks for what a long program begins with.
    """

    def __init__(self, text: str) -> None:
        self._found = find_words(text, _MENTION)
        self._head = ""
        self.used: dict[str, int] = {}
        self.declared: dict[str, int] = {}
        self.defined: dict[str, int] = {}

    def find(self, name: str, among: dict[str, int]) -> int | None:
        """Find the place where the name is first mentioned in this way."""
        if name not in among:
            self.read(name, among)
        return among.get(name)

    def declaration(self, name: str) -> int | None:
        """Find the place where the name is declared."""
        return self.find(name, self.declared)

    def definition(self, name: str) -> int | None:
        """Find the place where the name is defined."""
        return self.find(name, self.defined)

    def read(self, wanted: str | None = None, among: dict[str, int] | None = None) -> None:
        """Read on, up to the end, or up to where a name is mentioned in one of the three ways."""
        for found in self._found:
            written, variable, external, head = found.group("name", "variable", "external", "head")
            if head:
                self._head = head
            if written is None:
                continue
            where = self.used
            if variable:
                where = self.declared if external else self.defined
            elif self._head:
                where = self.declared if self._head == "eclare" else self.defined
                self._head = ""
            name = plain_name(written) if written[0] == '"' else written
            if name not in where:
                where[name] = found.start()
                if where is among and name == wanted:
                    return


@dataclass(slots=True)
class _Known:
    mentions: _Mentions | None = None
    distinct_lines: str | None = None
    lines_before: list[int] | None = None
    instructions: dict[str, tuple[WrittenInstruction, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A module's text, with its lines by number, and with its names and instructions, read when they are asked for."""

    text: str
    _known: _Known = field(default_factory=_Known, repr=False, compare=False)

    @property
    def distinct_lines(self) -> str:
        """Each line once: all words of the text, in what is much shorter where a program is long."""
        if self._known.distinct_lines is None:
            self._known.distinct_lines = distinct_lines(self.text)
        return self._known.distinct_lines

    def line(self, number: int) -> str | None:
        """The line of this number (from 1), None where there is none."""
        starts = chain([0], (found.end() for found in re.finditer("\n", self.text)))
        start = next(islice(starts, number - 1, None), None) if number > 0 else None
        return None if start is None else self._line_at(start)

    def first_use(self, name: str) -> Location | None:
        """Find the place where ``@name`` is first used; its declaration or definition where it is used nowhere."""
        mentions = self._mentions()
        ways = mentions.used, mentions.declared, mentions.defined
        found = (place for where in ways if (place := mentions.find(name, where)) is not None)
        return self._placed(next(found, None))

    def only_declares(self, name: str) -> bool:
        """Return whether a declaration is all there is of ``@name``."""
        mentions = self._mentions()
        ways = mentions.used, mentions.defined
        return all(mentions.find(name, where) is None for where in ways) and name in mentions.declared

    def declaration(self, name: str) -> Location | None:
        """Find the place where ``@name`` is declared."""
        return self._placed(self._mentions().declaration(name))

    def definition(self, name: str) -> Location | None:
        """Find the place where ``@name`` is defined."""
        return self._placed(self._mentions().definition(name))

    def instructions(self, function: str) -> tuple[WrittenInstruction, ...]:
        """The instructions of a function that is defined here; none where they cannot be read."""
        read = self._known.instructions
        if function not in read:
            name = self._mentions().definition(function)
            read[function] = () if name is None else written_instructions(self.text, name)
        return read[function]

    def holder(self, position: int) -> str | None:
        """The function or global variable whose declaration or definition last begins before a position."""
        mentions = self._mentions()
        mentions.read()
        heads = chain(mentions.declared.items(), mentions.defined.items())
        return max(((start, name) for name, start in heads if start < position), default=(0, None))[1]

    def location(self, position: int) -> Location:
        """The line and column of a position in the text, which counts from 0."""
        start = self.text.rfind("\n", 0, position) + 1
        return Location(self._line_number(start), position - start + 1, self._line_at(position))

    def _placed(self, position: int | None) -> Location | None:
        return None if position is None else self.location(position)

    def _mentions(self) -> _Mentions:
        if self._known.mentions is None:
            self._known.mentions = _Mentions(self.text)
        return self._known.mentions

    def _line_number(self, position: int) -> int:
        if self._known.lines_before is None:
            counts = (self.text.count("\n", start, start + _CHUNK) for start in range(0, len(self.text), _CHUNK))
            self._known.lines_before = [0, *accumulate(counts)]
        chunk = position // _CHUNK
        return self._known.lines_before[chunk] + self.text.count("\n", chunk * _CHUNK, position) + 1

    def _line_at(self, position: int) -> str:
        end = self.text.find("\n", position)
        start = self.text.rfind("\n", 0, position) + 1
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
