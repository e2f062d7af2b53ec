"""Declarations of a module: where they stand in its text, and whether libraries define them."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from qirjit_magic.engine.runtime.bindings import is_reserved, known_types
from qirjit_magic.engine.simulators.instances import find_in_c_library
from qirjit_magic.engine.text.source_text import Location, SourceText
from qirjit_magic.errors import SignatureError
from qirjit_magic.protocol.module_info import Declaration

_SHORT_TEXT = 1 << 18
_LONG_LINE = 200


def placed_error(text: SourceText, error: SignatureError) -> SignatureError:
    """The error with the place of what it is about."""
    place = text.definition(error.symbol) if error.dependants else text.declaration(error.symbol)
    if place is None:
        return error
    return replace(error, line=place.line, column=place.column, source_line=place.source_line)


def completed_declaration(text: SourceText, declaration: Declaration) -> Declaration:
    """The declaration with where it is used, and who outside of the modules has it."""
    name = declaration.name
    if declaration.function or name.startswith("__quantum__"):  # a variable may be called like a function of a library
        known = known_types(name, declaration.type)
        declaration = structs.replace(declaration, known=known, reserved=is_reserved(name))
    if declaration.type not in declaration.known and find_in_c_library(name):
        declaration = structs.replace(declaration, in_c_library=True)
    return _located(text, declaration)


def _located(text: SourceText, declaration: Declaration) -> Declaration:
    # Finding names costs searches of the whole text: in a long one only for those that may be missing everywhere.
    if len(text.text) > _SHORT_TEXT and declaration.type in declaration.known:
        return declaration
    place = text.first_use(declaration.name)
    if place is None:
        return declaration
    used = not text.only_declares(declaration.name)
    return structs.replace(declaration, line=place.line, source_line=_shortened(place), used=used)


def _shortened(place: Location) -> str:
    # One line may use thousands of names, and each would bring the whole line.
    line, start = place.source_line, max(0, place.column - 1 - _LONG_LINE // 2)
    return line if len(line) <= _LONG_LINE else f"{'…' if start else ''}{line[start : start + _LONG_LINE]}…"
