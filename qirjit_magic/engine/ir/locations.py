"""Where things stand in a module's text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice

from qirjit_magic.engine.ir.lexer import WrittenInstruction, plain_name, written_instructions
from qirjit_magic.engine.ir.words import GAP

_CHUNK = 1 << 14
# Searches begin with one character, which is fast: hence the `d` before what may stand before it.
_MENTION = re.compile(
    rf'@(?P<name>"[^"]*"|[-\w.$]+)(?P<variable>{GAP}={GAP}(?P<external>ex(?:ternal|tern_weak)\b)?)?'
    r'|"[^"]*"|;[^\n\r]*|/\*.*?\*/'
    r"|d(?<![\w.$%@!^#-]d)(?P<head>efine|eclare)(?![\w]|[-\w.$]*:)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text; line and column count from 1."""

    line: int
    column: int
    source_line: str


@dataclass(slots=True)
class _Mentions:
    # Where each name is first used, declared and defined; a variable of another module is declared.
    used: dict[str, int] = field(default_factory=dict)
    declared: dict[str, int] = field(default_factory=dict)
    defined: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    mentions: _Mentions | None = None
    lines_before: list[int] | None = None
    instructions: dict[str, tuple[WrittenInstruction, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A module's text, with its lines by number, and with its names and instructions, read when they are asked for."""

    text: str
    _known: _Known = field(default_factory=_Known, repr=False, compare=False)

    def line(self, number: int) -> str | None:
        """The line of this number (from 1), None where there is none."""
        starts = chain([0], (found.end() for found in re.finditer("\n", self.text)))
        start = next(islice(starts, number - 1, None), None) if number > 0 else None
        return None if start is None else self._line_at(start)

    def first_use(self, name: str) -> Location | None:
        """Where ``@name`` is first used; its declaration or definition where it is used nowhere."""
        mentions = self._mentions()
        found = (where[name] for where in (mentions.used, mentions.declared, mentions.defined) if name in where)
        return self._placed(next(found, None))

    def only_declares(self, name: str) -> bool:
        """Whether a declaration is all there is of ``@name``."""
        mentions = self._mentions()
        return name in mentions.declared and name not in mentions.used and name not in mentions.defined

    def declaration(self, name: str) -> Location | None:
        """Where ``@name`` is declared."""
        return self._placed(self._mentions().declared.get(name))

    def definition(self, name: str) -> Location | None:
        """Where ``@name`` is defined."""
        return self._placed(self._mentions().defined.get(name))

    def instructions(self, function: str) -> tuple[WrittenInstruction, ...]:
        """The instructions of a function that is defined here; none where they cannot be read."""
        read = self._known.instructions
        if function not in read:
            name = self._mentions().defined.get(function)
            read[function] = () if name is None else written_instructions(self.text, name)
        return read[function]

    def holder(self, position: int) -> str | None:
        """The function or global variable whose declaration or definition last begins before a position."""
        mentions = self._mentions()
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
            self._known.mentions = _read_mentions(self.text)
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


def _read_mentions(text: str) -> _Mentions:
    mentions = _Mentions()
    head = ""
    for found in _MENTION.finditer(text):
        written, variable, external, word = found.group("name", "variable", "external", "head")
        if word:
            head = word
        if not written:
            continue
        where = mentions.used
        if variable:
            where = mentions.declared if external else mentions.defined
        elif head:
            where = mentions.declared if head == "eclare" else mentions.defined
            head = ""
        where.setdefault(plain_name(written), found.start())
    return mentions
