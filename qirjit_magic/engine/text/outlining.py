"""Long straight-line programs in functions: LLVM's code generation is quadratic in the calls of one function.

Runs of void calls are moved into internal functions, in the text, before LLVM reads it. What is moved is whole lines,
and only lines of one narrow form: whatever is written otherwise stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise

import msgspec

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import QUOTED, find_words, has_plain_lines, may_have_escaped_names, unescaped

OUTLINED = "qirjit.outlined."

# Groups are not repeated possessively: Python before 3.11.5 goes on at the wrong place after such a group has failed.
_QUOTED = r'"[^"\\;!\n]*+"'
_NAME = rf"(?:[\w.$-]++|{_QUOTED})"
_TYPE = rf"(?:ptr|i\d++|half|float|double|%{_NAME})\**+"
_OPERAND_ATTRIBUTES = (
    r"(?:(?:noundef|nonnull|nocapture|noalias|nofree|readonly|writeonly|readnone|zeroext|signext|align[ ]\d++"
    r"|(?:dereferenceable|dereferenceable_or_null|captures)\([^()\n]*+\))[ \t]++)*"
)


def _parentheses(depth: int) -> str:
    alone = r'[^()";!\n]*+'
    inner = f"(?:{_QUOTED}|{_parentheses(depth - 1)})" if depth else _QUOTED
    return rf"\({alone}(?:{inner}{alone})*\)"


_EXPRESSION = rf"[-+.\w]++(?:[ \t]++(?:inbounds|nuw|nusw))*(?:[ \t]*+{_parentheses(2)})?"  # or a number, null, true
_LOCAL = rf"%{_NAME}"
_ARGUMENT = rf"{_TYPE}[ \t]++{_OPERAND_ATTRIBUTES}(?:{_EXPRESSION}|@{_NAME}|{_LOCAL})[ \t]*+"
_CONVENTION = r"(?:(?:ccc|fastcc|coldcc)[ \t]++)?"
_CALL_ATTRIBUTES = r"nounwind|willreturn|mustprogress|nofree|nosync"
_ATTACHMENT = r",[ \t]*+![A-Za-z_.]++[ \t]++!\d++"
_END = r"[ \t]*+(?:;[^\n]*+|\r)?(?=\n)"
_EMPTY_LINES = r"(?:[ \t\r]*+(?:;[^\n]*+)?\n){0,9}"  # more end a run: each may be where a search begins anew

_USED_LOCAL = lazy_pattern(rf"[(,][ \t]*+({_TYPE})[ \t]++{_OPERAND_ATTRIBUTES}({_LOCAL})[ \t]*+(?=[,)])", re.ASCII)
_PERHAPS_LOCAL = lazy_pattern(rf"{_LOCAL}[ \t]*+[,)]", re.ASCII)
_DROPPED = lazy_pattern(_ATTACHMENT, re.ASCII)
_COMMENT = lazy_pattern(r";[^\n]*+")
_ODD_RETURNS = ("noreturn", "returns_twice")
_MANY = 128
_LONG_LINE = 1 << 16  # nobody looks for something in such a line many times
_HEADER = lazy_pattern(rf"(?:declare|define)\b[^\n@]*+@({_NAME})", re.ASCII)
_GROUP = lazy_pattern(r"attributes[ \t]++#(\d++)[ \t]*+=", re.ASCII)
_HARMLESS = lazy_pattern(r'[ \t]*+(?:[;!@]|(?:%[^\n"=]*+=[ \t]*+)?(?:(?:must|no)?tail[ \t]++)?(?:call|invoke)\b)')
_WHOLE = lazy_pattern(r'[^";\n]*[){:][ \t\r]*+(?=\n)')  # an instruction, header or label that ends in its line
_BEGINNING = lazy_pattern(r"\n[ \t]*+(?:[%}]|(?:ret|br|call|store)\b)")  # a line that goes on with nothing


class OutliningLimits(msgspec.Struct, frozen=True):
    """The sizes above which code is outlined.

    Attributes:
        body: characters of a function's body, and of a text, from which on it is long.
        run: calls in a row that are worth a function.
        calls: calls of one function. Fewer make more functions, more make the passes of an optimisation slow.
        parameter: what parameters cost. Code for a call of hundreds is slow to make, quadratically: these times their
            square must be less than the calls of the function times the lines of the body that it leaves.
    """

    body: int = 1 << 16
    run: int = 8
    calls: int = 1000
    parameter: int = 256


_LIMITS = OutliningLimits()


def is_outlined(name: str) -> bool:
    """Return whether a function of this name was made here."""
    return name.startswith(OUTLINED)


def may_have_outlined_names(text: str) -> bool:
    """Return whether a text may have such names itself, in whatever way they are written."""
    if OUTLINED in text:
        return True
    names = find_words(text, f"@(?P<name>{QUOTED})") if may_have_escaped_names(text) else ()
    return any(unescaped(found["name"]).startswith(OUTLINED.encode()) for found in names)


def outline(source: SourceText, limits: OutliningLimits = _LIMITS) -> str | None:
    """The module's text with its long runs of calls in functions of their own; None where nothing is long.

    What is called, in which order and with which operands, is the same. LLVM may refuse the new text where it accepts
    the old one, never the other way round.
    """
    if len(source.text) < limits.body:
        return None
    lines = source.distinct_lines  # what is asked about each line by itself
    if not has_plain_lines(lines) or may_have_outlined_names(lines):
        return None
    call = _movable_call(lines)
    return None if call is None else _Outliner(source.text, call, limits).outline()


def _movable_call(text: str) -> str | None:
    # Functions that return never, or twice, care where they are called. None where it is not clear which these are.
    groups, names = set[str](), set[str]()
    for line in chain.from_iterable(_lines_with(word, text) for word in _ODD_RETURNS):
        if group := _GROUP.match(line):
            groups.add(group[1])
        elif header := _HEADER.match(line):
            names.add(header[1])
        elif not _HARMLESS.match(line):
            return None
    if groups:
        for line in _lines_with(rf"#(?:{'|'.join(groups)})\b", text):
            if header := _HEADER.match(line):
                names.add(header[1])
            elif not _GROUP.match(line) and not _HARMLESS.match(line):
                return None
    return _call_pattern({name.strip('"') for name in names}, groups)


def _lines_with(pattern: str, text: str) -> Iterator[str]:
    for found in re.finditer(pattern, text):
        start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
        line = text[start : end if end >= 0 else len(text)]
        yield line if len(line) < _LONG_LINE else ""


def _call_pattern(names: set[str], groups: set[str]) -> str:
    odd_names = "".join(rf'|"?{re.escape(name)}[" \t(]' for name in sorted(names))
    odd_groups = rf"(?!(?:{'|'.join(sorted(groups))})\b)" if groups else ""
    return (
        rf"\n{_EMPTY_LINES}[ \t]*+(?:tail[ \t]++)?call[ \t]++{_CONVENTION}void[ \t]++"
        rf'@(?!"?llvm\.{odd_names}){_NAME}[ \t]*+\([ \t]*+(?:{_ARGUMENT}(?:,[ \t]*+{_ARGUMENT})*)?\)'
        rf"(?:[ \t]++(?:#{odd_groups}\d++|{_CALL_ATTRIBUTES}))*(?:{_ATTACHMENT})*{_END}"
    )


class _Outliner:
    def __init__(self, text: str, call: str, limits: OutliningLimits) -> None:
        self._text = text
        self._limits = limits
        self._call = lazy_pattern(call, re.ASCII)
        self._calls = lazy_pattern(f"(?:{call}){{1,{limits.calls}}}", re.ASCII)
        self._kept: list[str] = []
        self._functions: list[str] = []
        self._done = 0

    def outline(self) -> str | None:
        for start, end in self._long_bodies():
            lines = self._text.count("\n", start, end)
            for run in self._runs(start, end):
                self._move(run, lines)
        if not self._functions:
            return None
        outlined = "".join((*self._kept, self._text[self._done :], "\n", *self._functions))
        return outlined if self._is_complete(outlined) else None

    def _long_bodies(self) -> Iterator[tuple[int, int]]:
        end = 0
        while (start := self._text.find("define ", end)) >= 0:
            end = self._text.find("\n}", start)
            if end < 0:
                return
            if end - start >= self._limits.body:
                yield start, end + 1

    def _runs(self, start: int, end: int) -> Iterator[list[int]]:
        # Where each function of a run begins, and where the last one ends
        bounds: list[int] = []
        for calls in self._calls.finditer(self._text, start, end):
            if bounds and calls.start() != bounds[-1]:
                yield bounds
                bounds = []
            bounds = bounds or [calls.start()]
            bounds.append(calls.end())
        if bounds:
            yield bounds

    def _move(self, run: list[int], lines: int) -> None:
        start, end = self._first_whole(run[0]), self._last_whole(run[0], run[-1])
        if self._text.count("\n", start, end) < self._limits.run:
            return
        self._kept.append(self._text[self._done : start])
        bounds = [start, *(bound for bound in run if start < bound < end), end]
        if len(_parameters(self._text[start : bounds[1]])) > _MANY:
            bounds = [*bounds[:-1:4], end]  # longer functions: fewer calls with all these parameters
        self._kept += [self._outline_calls(self._text[a:b], lines) for a, b in pairwise(bounds)]
        self._done = end

    # A line between two calls is a whole instruction. The first one may be the end of what stands before it
    # (`musttail`), and behind the last one may be more of it (operand bundles): then these two stay.

    def _first_whole(self, start: int) -> int:
        if _WHOLE.match(self._text, self._text.rfind("\n", 0, start) + 1):
            return start
        first = self._call.match(self._text, start)
        return first.end() if first else len(self._text)

    def _last_whole(self, start: int, end: int) -> int:
        return end if _BEGINNING.match(self._text, end) else self._text.rfind("\n", start, end)

    def _outline_calls(self, calls: str, lines: int) -> str:
        parameters = _parameters(calls)
        if self._limits.parameter * len(parameters) ** 2 > lines * calls.count("\n"):
            return calls
        signature = f"void @{OUTLINED}{len(self._functions)}({', '.join(parameters)})"
        calls = _DROPPED.sub("", calls) if "!" in calls else calls  # they are about places in another function
        self._functions.append(f"define internal {signature} noinline {{{calls}\n  ret void\n}}\n")
        return f"\n  call {signature}"

    def _is_complete(self, outlined: str) -> bool:
        # A function makes one more call and four more lines. So nothing has been lost or doubled.
        functions = len(self._functions)
        return (
            outlined.count("call") == self._text.count("call") + functions
            and outlined.count("\n") == self._text.count("\n") + 1 + 4 * functions
        )


def _parameters(calls: str) -> list[str]:
    plain = _COMMENT.sub("", calls) if ";" in calls else calls
    if not _PERHAPS_LOCAL.search(plain):
        return []
    types = {name: kind for kind, name in dict.fromkeys(_USED_LOCAL.findall(plain))}
    return [f"{types[name]} {name}" for name in sorted(types, key=_number)]  # LLVM wants numbers in their order


def _number(name: str) -> int:
    return int(name[1:20]) if name[1:].isdigit() else -1  # LLVM takes none that is longer, and says so
