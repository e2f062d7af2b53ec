"""Where things stand in a module's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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
        lines = self.text.split("\n", number) if number > 0 else []
        return lines[number - 1].rstrip("\r") if len(lines) >= number > 0 else None

    def first_use(self, name: str) -> Location | None:
        """Where ``@name`` is first used; its declaration where it is only declared."""
        places = list(self._places(name, limit=2))
        return next(
            (place for place in places if not _declares(place.source_line, name)), places[0] if places else None
        )

    def declaration(self, name: str) -> Location | None:
        """Where ``@name`` is declared."""
        return next((place for place in self._places(name) if _declares(place.source_line, name)), None)

    def _places(self, name: str, limit: int | None = None) -> Iterator[Location]:
        plain = re.escape(name)
        mentions = re.finditer(rf'@(?:{plain}(?![\w.$-])|"{plain}")', self.text)
        for found in islice((m for m in mentions if not self._commented(m.start())), limit):
            start = self.text.rfind("\n", 0, found.start()) + 1
            line = self.text.count("\n", 0, start) + 1
            yield Location(line, found.start() - start + 1, self.line(line) or "")

    def _commented(self, position: int) -> bool:
        start = self.text.rfind("\n", 0, position) + 1
        return ";" in _QUOTED.sub("", self.text[start:position])


def _declares(source_line: str, name: str) -> bool:
    return source_line.lstrip().startswith(("declare", f"@{name} ", f'@"{name}" '))
