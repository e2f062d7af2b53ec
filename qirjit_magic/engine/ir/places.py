"""Where an instruction stands in a module's text: LLVM counts them, but has no lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, islice

from qirjit_magic.engine.ir.locations import Location, SourceText

_SKIPPED = r';[^\n]*|"[^"]*"'


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instruction is.

    Attributes:
        function: the function that it is in.
        word: what to look for: ``@name`` for a call of that function, else the opcode.
        number: how many of the same word stand before it in that function.
    """

    function: str
    word: str
    number: int

    def __str__(self) -> str:
        call = "call " if self.word.startswith("@") else ""
        return f"@{self.function}, '{call}{self.word}'"


@dataclass(frozen=True, slots=True)
class PlaceFinder:
    """Lines of a text, looked up by `Place`; a function's text is searched once for each word."""

    source: SourceText
    _found: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def line(self, place: Place) -> int | None:
        """The line of an instruction, counted from 1; its function's where the text has it in another form."""
        function = self.source.definition(place.function)
        if function is None:
            return None
        key = place.function, place.word
        if key not in self._found:
            self._found[key] = self._search(function, place.word)
        lines = self._found[key]
        return lines[place.number] if place.number < len(lines) else function.line

    def definition(self, function: str) -> int | None:
        """The line where a function is defined."""
        found = self.source.definition(function)
        return None if found is None else found.line

    def _search(self, function: Location, word: str) -> list[int]:
        text = self.source.text
        start = _offset(text, function.line) + function.column  # behind the `@` of its name
        end = text.find("\n}", start)
        pattern = re.compile(f"({_pattern(word)})|{_SKIPPED}", re.MULTILINE)
        lines, line = list[int](), function.line
        for found in pattern.finditer(text, start, end if end >= 0 else len(text)):
            if found[1]:
                line += text.count("\n", start, found.end())
                start = found.end()
                lines.append(line)
        return lines


def _offset(text: str, line: int) -> int:
    starts = chain([0], (found.end() for found in re.finditer("\n", text)))
    return next(islice(starts, line - 1, None))


def _pattern(word: str) -> str:
    if word.startswith("@"):
        name = re.escape(word[1:])
        return rf'@(?:{name}|"{name}")[ \t]*\('
    return rf"(?:=[ \t]*|^[ \t]*){word}\b(?![.$:-])"
