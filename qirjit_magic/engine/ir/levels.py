"""The optimisation level of a module for which nobody chose one."""

from __future__ import annotations

import re

LOOPS, WORK, GATES = 2, 1, 0
_LOOKED_AT = 1 << 22  # passes over more than this take many seconds, and what is this long is hardly ever a loop
_WORTH_PASSES = 32
_NAME = r'[\w.$-]+|"[^"\n]*"'
_PLACE = re.compile(
    rf"^[ \t]*+(?:(?P<define>define)\b|(?P<label>{_NAME}):)"
    rf"|\blabel %(?P<target>{_NAME})|@(?P<function>{_NAME})[ \t]*+\(",
    re.MULTILINE,
)
_WORK = re.compile(
    r"= (?:add|sub|mul|[us]div|[us]rem|shl|lshr|ashr|and|or|xor|fadd|fsub|fmul|fdiv|frem|fneg|icmp|fcmp|select"
    r"|load|getelementptr|insertvalue|extractvalue) "
)
_CALL = re.compile(r"\bcall ")
_DEFINE = re.compile(rf"define\b[^\n@]*+@({_NAME})[ \t]*+\(")
_FEW = 8


def default_level(text: str) -> int:
    """The level that suits a module: `LOOPS`, also for recursion, `WORK` for much classical work, else `GATES`.

    Gates are opaque to LLVM's passes: a program of nothing but calls takes them for nothing.
    """
    if len(text) > _LOOKED_AT:
        return GATES
    if _may_have_loops(text) and _has_loops(text):
        return LOOPS
    work = sum(1 for _ in _WORK.finditer(text))
    if work < _WORTH_PASSES:
        return GATES
    calls = sum(1 for _ in _CALL.finditer(text))
    return WORK if work > calls else GATES


def _may_have_loops(text: str) -> bool:
    # Long programs are mostly one block of calls, each of which need not be looked at
    if "label %" in text:
        return True
    defined = _DEFINE.findall(text)
    if len(defined) > _FEW:
        return True
    calls = re.compile(rf"@(?:{'|'.join(map(re.escape, defined))})[ \t]*+\(") if defined else None
    return calls is not None and sum(1 for _ in calls.finditer(text)) > len(defined)


def _has_loops(text: str) -> bool:
    # A branch to a label that stands above it, or a function that calls itself.
    labels: set[str] = set()
    function: str | None = None
    for found in _PLACE.finditer(text):
        if found["define"]:
            labels.clear()
            function = None
        elif label := found["label"]:
            labels.add(label.strip('"'))
        elif (found["target"] or "").strip('"') in labels:
            return True
        elif name := found["function"]:
            if name == function:
                return True
            function = function or name
    return False
