"""Module flags and the declared profile, in the QIR specification's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from qirjit_magic.engine.ir.locations import SourceText
from qirjit_magic.wire.modules import EntryPoint

_LINE_START = r"!(?<![^\n]!)"  # as `^!`, and fast: what is searched for begins with one character
_INNER = r'!\{(?:[^{}"]|"[^"]*")*\}'
_NODE = re.compile(rf'{_LINE_START}(\d+)\s*=\s*(?:distinct\s+)?!\{{((?:[^{{}}"]|"[^"]*"|{_INNER})*)\}}')
_FLAG_LIST = re.compile(rf"{_LINE_START}llvm\.module\.flags\s*=\s*!\{{([^}}]*)\}}")
_ESCAPED_NAME = re.compile(r"![-\w.$]*\\")
# Python reads no decimal number that is much longer; flags have a few digits.
_NUMBER = r"true|false|-?\d{1,4000}|[us]0x[0-9A-Fa-f]+"
_FLAG = re.compile(rf'\s*i32\s+\d+\s*,\s*!"([^"]+)"\s*,\s*(?:(i\d+)\s+({_NUMBER})|!(\d+)|!"([^"]*)"|({_INNER}))\s*\Z')
_STRING = re.compile(r'!"([^"]*)"')


Flags = tuple[tuple[str, int | bool | str], ...]


def read_module_flags(source: SourceText, printed: Callable[[], str] = str) -> Flags:
    """The named module flags of a module's text, in their order.

    ``i1`` values are booleans, other integers unsigned (``i2 -1`` is 3), a list of strings is comma-separated text.

    Args:
        source: as it is written. It is read where that is plain, which it nearly always is.
        printed: gives the module as LLVM prints it, which is read else.
    """
    lines = source.distinct_lines
    if "module.flags" not in lines and _ESCAPED_NAME.search(lines) is None:
        return ()
    flags = None if "/*" in lines else _read_flags(source.text)
    if flags is None or None in flags:
        flags = _read_flags(printed()) or ()
    return tuple(flag for flag in flags if flag is not None)


def read_flag_form(name: str, text: str) -> tuple[str, str, int] | None:
    """The behaviour of a flag, its type (``!`` of lists and strings) and where it is; None where it is not plain.

    Args:
        name: of the flag.
        text: without comments of several lines.
    """
    pattern = re.compile(rf'\{{\s*i32\s+(\d+)\s*,\s*!"{name}"\s*,\s*(i\d+(?=\s)|!)')
    position = -1
    while (position := text.find(f'!"{name}"', position + 1)) >= 0:
        start = max(text.rfind("{", 0, position), 0)
        found = pattern.match(text, start)
        if found and ";" not in text[text.rfind("\n", 0, start) + 1 : start]:
            return found[1], found[2], start
    return None


def _read_flags(text: str) -> tuple[tuple[str, int | bool | str] | None, ...] | None:
    # None for what is not written as one would: it may be something else, or stand in a string of several lines
    listed = _FLAG_LIST.search(text)
    if not listed or ";" in listed[1]:
        return None
    found = {node[1]: node for node in _NODE.finditer(text)}
    wanted = re.findall(r"!(\d+)", listed[1])
    starts = sorted({0, listed.start(), *(found[number].start() for number in wanted if number in found)})
    if any(text.count('"', before, start) % 2 for before, start in pairwise(starts)):
        return None
    nodes = {number: node[2] for number, node in found.items()}
    flags = (_FLAG.match(nodes.get(number, "")) for number in wanted)
    return tuple(
        (flag[1], _value(flag, nodes)) if flag and ";" not in _STRING.sub("", flag[0]) else None for flag in flags
    )


def _value(flag: re.Match[str], nodes: dict[str, str]) -> int | bool | str:
    width, number, node, string, inner = flag.group(2, 3, 4, 5, 6)
    if inner is not None:
        return ", ".join(_STRING.findall(inner))
    if node is not None:
        return ", ".join(_STRING.findall(nodes.get(node, "")))
    if string is not None:
        return string
    if number in {"true", "false"}:
        return number == "true"
    value = int(number[1:], 16) if number[0] in "us" else int(number)
    return bool(value) if width == "i1" else value % (1 << int(width[1:]))


def declared_profile(functions: Iterable[EntryPoint]) -> str:
    """``base``, ``adaptive``, or ``unrestricted``, by the attribute ``qir_profiles`` of the entry points."""
    declared = {value for f in functions for key, value in f.attributes if key == "qir_profiles"}
    for profile in ("adaptive", "base"):
        if any(value.startswith(profile) for value in declared):
            return profile
    return "unrestricted"
