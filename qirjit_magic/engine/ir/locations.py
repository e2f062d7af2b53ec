"""Where things stand in a module's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

_ESCAPED = re.compile(r'@"[^"\n]*\\')  # a name that may be written in several ways
_QUOTED = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text; line and column count from 1."""

    line: int
    column: int
    source_line: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """A module's text, with its lines by number."""

    text: str

    def line(self, number: int) -> str | None:
        """The line of this number (from 1), None where there is none."""
        starts = chain([0], (found.end() for found in re.finditer("\n", self.text)))
        start = next(islice(starts, number - 1, None), None) if number > 0 else None
        return None if start is None else self._line_at(start)

    def first_use(self, name: str) -> Location | None:
        """Where ``@name`` is first used; its declaration where it is only declared."""
        first = list(islice((m for m in self._mentions(name) if not self._commented(m)), 2))
        used = (m for m in first if not _declares(self._line_at(m), name))
        return self.location(next(used, first[0])) if first else None

    def only_declares(self, name: str) -> bool:
        """Whether a declaration is all there is of ``@name``; False where that is not certain."""
        # Mentions in comments count too: what looks like one may stand in a string of several lines.
        first = list(islice(self._mentions(name), 2))
        certain = len(first) == 1 and _ESCAPED.search(self.text) is None
        return certain and _declares(self._line_at(first[0]), name)

    def declaration(self, name: str) -> Location | None:
        """Where ``@name`` is declared."""
        return self._first_line(name, _declares)

    def definition(self, name: str) -> Location | None:
        """Where ``@name`` is defined."""
        return self._first_line(name, _defines)

    def _first_line(self, name: str, holds: Callable[[str, str], bool]) -> Location | None:
        lines = (m for m in self._mentions(name) if holds(self._line_at(m), name) and not self._commented(m))
        first = next(lines, None)
        return None if first is None else self.location(first)

    def _mentions(self, name: str) -> Iterator[int]:
        plain = re.escape(name)
        return (found.start() for found in re.finditer(rf'@(?:{plain}(?![\w.$-])|"{plain}")', self.text))

    def location(self, position: int) -> Location:
        """The line and column of a position in the text, which counts from 0."""
        start = self._line_start(position)
        return Location(self.text.count("\n", 0, start) + 1, position - start + 1, self._line_at(position))

    def _line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def _line_at(self, position: int) -> str:
        end = self.text.find("\n", position)
        return self.text[self._line_start(position) : end if end >= 0 else len(self.text)].rstrip("\r")

    def _commented(self, position: int) -> bool:
        return ";" in _QUOTED.sub("", self.text[self._line_start(position) : position])


def _declares(source_line: str, name: str) -> bool:
    return source_line.lstrip().startswith(("declare", f"@{name} ", f'@"{name}" '))


def _defines(source_line: str, name: str) -> bool:
    return source_line.lstrip().startswith(("define", f"@{name} ", f'@"{name}" '))
