"""Names that cannot be told apart, or not be said at all, outside of LLVM."""

from __future__ import annotations

import re

from qirjit_magic.engine.ir.locations import SourceText
from qirjit_magic.engine.ir.words import QUOTED, find_words, unescaped
from qirjit_magic.errors import UnsafeModuleError

_ESCAPED = re.compile(r'@"[^"]*\\')


def check_encoding(text: SourceText) -> None:
    """Refuse names of functions and global variables that are not UTF-8 or hold a NUL.

    Raises:
        UnsafeModuleError: there is one.
    """
    if not _ESCAPED.search(text.text):
        return
    for found in find_words(text.text, f"@(?P<name>{QUOTED})"):
        name = unescaped(found["name"])
        try:
            reason = "holds a NUL" if "\0" in name.decode() else ""
        except UnicodeDecodeError:
            reason = "is not UTF-8"
        if reason:
            place = text.location(found.start())
            raise UnsafeModuleError(
                f"the name @{found['name']}",
                f"it {reason}. Give it another name.",
                line=place.line,
                column=place.column,
                source_line=place.source_line,
            )
