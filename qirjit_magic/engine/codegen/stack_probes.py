"""`probe_stacks`: a function that takes much of the stack touches each page of it.

Otherwise a large ``alloca`` steps over the guard below the stack, and the program writes into whatever is there.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qirjit_magic.engine.ir.llvm_modules import read_changed
from qirjit_magic.engine.ir.parse import QirModule

_PROBE = '"probe-stack"="inline-asm"'
_LARGE = "alloca", "byval"
# As LLVM prints a module. One number or pointer at a time is never much.
_SMALL = re.compile(r"alloca (?:i\d{1,3}|ptr|half|float|double)(?:, align \d+)?(?:, !.*)?$")
_TAKING = re.compile(r"\balloca .*$|\bbyval\b.*$", re.MULTILINE)
_DEFINITION = re.compile(r"^define .*\{$", re.MULTILINE)
_MARK = re.compile(r'"[^"]*"|[()]')
_NAME = re.compile(r'@(?:"[^"]*"|[\w.$-]+)\(')
_BEFORE_ATTRIBUTES = re.compile(r"(?: (?:local_)?unnamed_addr)?(?: addrspace\(\d+\))?")


def probe_stacks(module: QirModule) -> QirModule:
    """The module with the attribute on each function that it defines, where one of them may take much."""
    if not any(word in module.text.distinct_lines for word in _LARGE):
        return module
    text = str(module.llvm_module)
    if all(_SMALL.match(found[0]) for found in _TAKING.finditer(text)):
        return module
    changed = read_changed(_DEFINITION.sub(_probing, text))
    return module if changed is None else replace(module, llvm_module=changed)


def _probing(found: re.Match[str]) -> str:
    line = found[0]
    name = _NAME.search(line)
    if name is None:
        return line
    end = _closing(line, name.end() - 1)
    between = _BEFORE_ATTRIBUTES.match(line, end)
    place = between.end() if between else end
    return f"{line[:place]} {_PROBE}{line[place:]}"


def _closing(line: str, opening: int) -> int:
    depth = 0
    for mark in _MARK.finditer(line, opening):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if not depth and not mark[0].startswith('"'):
            return mark.end()
    return len(line)
