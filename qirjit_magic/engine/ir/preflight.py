"""Checks and corrections before LLVM generates code: mistakes here abort the process there."""

from __future__ import annotations

from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.errors import UnsafeModuleError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import END, GAP, WORD, find_words

_POINTER_SIZE = lazy_pattern(r"(?:^|-)p(?:0)?:(\d+)")


def check_layout(module: QirModule) -> None:
    """Refuse what was laid out for machines of another byte order or pointer size.

    Raises:
        UnsafeModuleError: the ``target datalayout`` is big-endian, or its pointers have not 64 bits.
    """
    layout = module.llvm_module.data_layout
    pointer = _POINTER_SIZE.search(layout)
    if "E" in layout.split("-"):
        reason = "the module is laid out for a big-endian machine"
    elif pointer and pointer[1] != "64":
        reason = f"the module is laid out for pointers of {pointer[1]} bits"
    else:
        return
    found = next(find_words(module.text.text, rf"{WORD}target{GAP}datalayout{END}"), None)
    place = None if found is None else module.text.location(found.start())
    raise UnsafeModuleError(
        f'target datalayout = "{layout}"',
        f"{reason}, this one has 64 bits and is little-endian. Compile it for a 64-bit little-endian target.",
        line=place.line if place else None,
        source_line=place.source_line if place else None,
    )


def check_names(module: QirModule) -> None:
    """Refuse functions that have only a number: LLVM's code generator aborts at them.

    Raises:
        UnsafeModuleError: there is one.
    """
    if any(not function.name for function in module.info.functions):
        raise UnsafeModuleError("a function without a name", "code can be made for named functions only. Name it.")
