"""`probe_stacks`: a function that takes much of the stack touches each page of it.

Otherwise a large ``alloca`` steps over the guard below the stack, and the program writes into whatever is there.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qirjit_magic.engine.ir.llvm_modules import read_changed
from qirjit_magic.engine.ir.parse import QirModule
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import brackets, tokens

_PROBE = '"probe-stack"="inline-asm"'
_LARGE = "alloca", "byval"
# As LLVM prints a module. One number or pointer at a time is never much.
_SMALL = lazy_pattern(r"alloca (?:i\d{1,3}|ptr|half|float|double)(?:, align \d+)?(?:, !.*)?$")
_TAKING = lazy_pattern(r"\balloca .*$|\bbyval\b.*$", re.MULTILINE)
_DEFINITION = lazy_pattern(r"^define .*\{$", re.MULTILINE)
_BEFORE_ATTRIBUTES = {"unnamed_addr", "local_unnamed_addr"}


def probe_stacks(module: QirModule) -> QirModule:
    """The module with the attribute on each function that it defines, where one of them may take much."""
    if not any(word in module.text.distinct_lines for word in _LARGE):
        return module
    text = module.printed or str(module.llvm_module)  # which raises what cannot be printed
    if all(_SMALL.match(found[0]) for found in _TAKING.finditer(text)):
        return module
    changed = read_changed(_DEFINITION.sub(_probing, text))
    return module if changed is None else replace(module, llvm_module=changed)


def _probing(found: re.Match[str]) -> str:
    line = found[0]
    name = next((token for token in tokens(line) if token.kind == "global"), None)
    if name is None:
        return line
    place = next(mark.end() for mark, depth in brackets(line, name.end) if not depth)
    for token in tokens(line, place):
        if token.text == "addrspace":
            return f"{line[: line.index(')', place) + 1]} {_PROBE}{line[line.index(')', place) + 1 :]}"
        if token.text not in _BEFORE_ATTRIBUTES:
            break
        place = token.end
    return f"{line[:place]} {_PROBE}{line[place:]}"
