"""The optimisation level of a module for which nobody chose one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import NAME, may_have_escaped_names

LOOPS, WORK, GATES = 2, 1, 0
_LOOKED_AT = 1 << 22  # passes over more than this take many seconds, and what is this long is hardly ever a loop
_READ = 4 * _LOOKED_AT  # LLVM prints no module of this length in so few characters, but for its comments
_WORTH_PASSES = 32
_WORDS = (
    *("add", "sub", "mul", "div", "rem", "shl", "shr", "and", "or", "neg", "cmp", "select"),
    *("load", "getelementptr", "insertvalue", "extractvalue"),
)
_LABEL = lazy_pattern(r"label(?<!\wlabel)\b")  # as `\blabel\b`, and fast: the search begins with what stands there
_HEAD = lazy_pattern(r"[ \t]*define [^\"/;\n]*")  # of a definition: no comment that began before ends in it
# All these are for what LLVM prints: an instruction a line, labels at the beginning, strings without line breaks
_DEFINE = lazy_pattern(rf"^define [^\n@]*@({NAME})\(", re.MULTILINE)
_WORK = lazy_pattern(
    rf"^  %(?:{NAME}) = (?:add|sub|mul|[us]div|[us]rem|shl|lshr|ashr|and|or|xor|fadd|fsub|fmul|fdiv|frem|fneg|icmp"
    r"|fcmp|select|load|getelementptr|insertvalue|extractvalue) ",
    re.MULTILINE,
)
_CALL = lazy_pattern(rf"^  (?:%(?:{NAME}) = )?(?:(?:tail|musttail|notail) )?call ", re.MULTILINE)
_CALLED = lazy_pattern(rf"@({NAME})\(")
_BLOCK = lazy_pattern(rf"({NAME}):")
_TARGET = lazy_pattern(rf"label %({NAME})")


def default_level(text: SourceText, defined: Iterable[str], printed: Callable[[], str]) -> int:
    """The level that suits a module: `LOOPS`, also for recursion, `WORK` for much classical work, else `GATES`.

    Gates are opaque to LLVM's passes: a program of nothing but calls takes them for nothing. How the module is written
    makes no difference, since results may differ in their last digits from level to level.

    Args:
        text: how it is written, to see what need not be asked.
        defined: the names of the functions that it defines.
        printed: gives the module as LLVM prints it.
    """
    if len(text.text) > _READ:
        return GATES
    if not (_may_have_loops(text.distinct_lines, list(defined)) or _may_have_work(text.text)):
        return GATES
    shown = printed()
    if len(shown) > _LOOKED_AT:
        return GATES
    if _has_loops(shown):
        return LOOPS
    work = sum(1 for _ in _WORK.finditer(shown))
    if work < _WORTH_PASSES:
        return GATES
    return WORK if work > sum(1 for _ in _CALL.finditer(shown)) else GATES


def _may_have_loops(lines: str, defined: list[str]) -> bool:
    # Long programs are mostly one block of calls: every branch has the word, and who calls itself has its name twice
    if len(defined) != 1 or ("label" in lines and _LABEL.search(lines)):
        return True
    if may_have_escaped_names(lines):
        return True
    bare, quoted = f"@{defined[0]}", f'@"{defined[0]}"'
    if lines.count(bare) + lines.count(quoted) > 1:
        return True
    # Of the same line twice only one is seen: if it is the definition, no call looks like it
    start = max(lines.find(bare), lines.find(quoted))
    return not _HEAD.fullmatch(lines, lines.rfind("\n", 0, start) + 1, start)


def _may_have_work(text: str) -> bool:
    return text.count("=") >= _WORTH_PASSES and sum(map(text.count, _WORDS)) >= _WORTH_PASSES


def _has_loops(shown: str) -> bool:
    calls = dict[str, set[str]]()
    starts = [*_DEFINE.finditer(shown)]
    ends = [*(found.start() for found in starts), len(shown)][1:]
    for found, end in zip(starts, ends, strict=True):
        body = shown[found.end() : end]
        if "label %" in body and _has_circle(_branches(body)):
            return True
        calls[found[1]] = set(_CALLED.findall(body))
    return _has_circle(calls)


def _branches(body: str) -> dict[str, set[str]]:
    # LLVM prints an empty line before each block but the first one, to which nothing branches
    blocks = ((_BLOCK.match(block), _TARGET.findall(block)) for block in body.split("\n\n"))
    return {block[1].strip('"') if block else "": {name.strip('"') for name in targets} for block, targets in blocks}


def _has_circle(following: Mapping[str, set[str]]) -> bool:
    # What leads to nothing that is left is taken away, until nothing is left or the rest are circles and their ways in
    before: dict[str, list[str]] = {name: [] for name in following}
    left = dict[str, int]()
    for name, targets in following.items():
        known = targets & following.keys()
        left[name] = len(known)
        for target in known:
            before[target].append(name)
    ended = [name for name, number in left.items() if not number]
    for name in ended:  # grows
        for source in before[name]:
            left[source] -= 1
            if not left[source]:
                ended.append(source)
    return len(ended) < len(following)
