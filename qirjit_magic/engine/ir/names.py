"""Names that are no text: nobody outside of LLVM could say them."""

from __future__ import annotations

from collections.abc import Iterator

import llvmlite.binding as llvm

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import QUOTED, find_words, may_have_escaped_names, unescaped

_INTRINSIC = lazy_pattern(r'@(?:"?llvm\.|"[^"\n]*\\)')  # as it is written, or as it may be


def check_encoding(text: SourceText) -> None:
    """Refuse names of functions and global variables that are not UTF-8.

    Raises:
        UnsafeModuleError: there is one.
    """
    if not may_have_escaped_names(text.text):
        return
    for found in find_words(text.text, f"@(?P<name>{QUOTED})"):
        try:
            unescaped(found["name"]).decode()
        except UnicodeDecodeError:
            place = text.location(found.start())
            raise UnsafeModuleError(
                f"the name @{found['name']}",
                "it is not UTF-8. Give it another one.",
                line=place.line,
                column=place.column,
                source_line=place.source_line,
            ) from None


def declared_intrinsics(text: SourceText, module: llvm.ModuleRef) -> Iterator[llvm.ValueRef]:
    """The functions that a module declares whose names LLVM keeps for its intrinsics."""
    if _INTRINSIC.search(text.distinct_lines):
        yield from (f for f in module.functions if f.is_declaration and f.name.startswith("llvm."))
