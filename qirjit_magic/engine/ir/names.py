"""Names that are no text: nobody outside of LLVM could say them."""

from __future__ import annotations

import re

from qirjit_magic.engine.ir.locations import SourceText
from qirjit_magic.engine.ir.words import QUOTED, find_words, unescaped
from qirjit_magic.errors import UnsafeModuleError

_ESCAPED = re.compile(r'@"[^"]*\\')


def check_encoding(text: SourceText) -> None:
    """Refuse names of functions and global variables that are not UTF-8.

    Raises:
        UnsafeModuleError: there is one.
    """
    if not _ESCAPED.search(text.text):
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
