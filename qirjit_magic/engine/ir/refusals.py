"""Refusals with the place of what is refused: a position in the text, a name, or an instruction."""

from __future__ import annotations

import re

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.engine.text.instruction_places import Place, PlaceFinder
from qirjit_magic.engine.text.source_text import Location
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern

_GAPS = lazy_pattern(r'("[^"]*")|(?:\s|;[^\n\r]*|/\*.*?\*/)+', re.DOTALL)


def at_position(
    module: QirModule, position: int, construct: str, reason: str, *, trustable: bool = False
) -> UnsafeModuleError:
    """The error for what stands at a position of the text."""
    return _error(module.text.location(position), construct, reason, trustable=trustable)


def at_name(module: QirModule, name: str, construct: str, reason: str, *, trustable: bool = False) -> UnsafeModuleError:
    """The error for what a function or global variable is, with the line that defines it, or where it is first used."""
    found = module.text.definition(name) or module.text.first_use(name)
    return _error(found, construct, reason, trustable=trustable)


def at_place(
    module: QirModule, place: Place, construct: str, reason: str, *, trustable: bool = False
) -> UnsafeModuleError:
    """The error for an instruction."""
    return _error(PlaceFinder(module.text).location(place), construct, reason, trustable=trustable)


def in_one_line(written: str) -> str:
    """A few tokens as one would write them: without comments and line breaks between them."""
    return _GAPS.sub(lambda found: found[1] or " ", written).replace(" (", "(").replace("( ", "(")


def _error(found: Location | None, construct: str, reason: str, *, trustable: bool) -> UnsafeModuleError:
    line, column, source_line = (found.line, found.column, found.source_line) if found else (None, None, None)
    return UnsafeModuleError(construct, f"{reason}.", trustable, line=line, column=column, source_line=source_line)
