"""One function's definition out of a module's text."""

from __future__ import annotations

import re

_NO_CODE = r'"[^"]*"|;[^\n]*|/\*(?s:.*?)(?:\*/|\Z)'  # strings and comments
_OUTER = re.compile(rf"{_NO_CODE}|\bdefine\b|[{{}}]")
_INNER = re.compile(rf'@"[^"]*"|@[-\w$.]+|{_NO_CODE}|[(){{}}]')
_ESCAPE = re.compile(rb"\\([0-9a-fA-F]{2})")


def definition_text(ir: str, name: str) -> str:
    """The definition of a function as it stands in the module, with the comments straight above it.

    Args:
        ir: LLVM text.
        name: the function's name, without ``@``.

    Returns:
        The text from its first comment to its closing brace; empty where the module does not define it.
    """
    depth = 0
    for token in _OUTER.finditer(ir):
        if token[0] == "define" and not depth:
            end = _end(ir, token.start(), name)
            if end:
                return ir[_start(ir, token.start()) : end]
        depth += {"{": 1, "}": -1}.get(token[0], 0)
    return ""


def global_name(token: str) -> str:
    r"""The name that a global identifier such as ``@main`` or ``@"gr\C3\B6\C3\9Fe"`` stands for."""
    if not token.startswith('@"'):
        return token[1:]
    return _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), token[2:-1].encode()).decode(errors="replace")


def _end(ir: str, start: int, name: str) -> int:
    # 0 where the definition that starts here is another function's, or has no end.
    named, parentheses, braces = False, 0, 0
    for token in _INNER.finditer(ir, start):
        parentheses += {"(": 1, ")": -1}.get(token[0], 0)
        braces += {"{": 1, "}": -1}.get(token[0], 0)
        if parentheses or braces:
            continue
        if token[0].startswith("@") and not named:
            if global_name(token[0]) != name:
                return 0
            named = True
        elif token[0] == "}" and named:
            return token.end()
    return 0


def _start(ir: str, start: int) -> int:
    first = ir.rfind("\n", 0, start) + 1
    while first:
        above = ir.rfind("\n", 0, first - 1) + 1
        if not ir[above:first].lstrip().startswith(";"):
            break
        first = above
    return first
