"""The places of instructions in a module's text: LLVM counts them, but has no lines."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from qirjit_magic.engine.text.source_text import Location, SourceText


class Place(NamedTuple):
    """The place of an instruction.

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


class PlaceFinder(msgspec.Struct, frozen=True):
    """Lines of a text, looked up by `Place`; a function's text is read once."""

    source: SourceText
    _found: dict[tuple[str, str], list[int]] = msgspec.field(default_factory=dict)

    def location(self, place: Place) -> Location | None:
        """Find the line of an instruction; its function's definition where the text has it in another form."""
        key = place.function, place.word
        if key not in self._found:
            instructions = self.source.instructions(place.function)
            self._found[key] = [found.callee for found in instructions if found.word == place.word]
        positions = self._found[key]
        if place.number < len(positions):
            return self.source.location(positions[place.number])
        return self.source.definition(place.function)

    def line(self, place: Place) -> int | None:
        """The line of an instruction, counted from 1; its function's where the text has it in another form."""
        found = self.location(place)
        return None if found is None else found.line

    def definition(self, function: str) -> int | None:
        """The line where a function is defined."""
        found = self.source.definition(function)
        return None if found is None else found.line
