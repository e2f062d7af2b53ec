"""Module flags and the declared profile, in the QIR specification's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from qirjit_magic.engine.text.source_text import SourceText
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.llvm_text import has_plain_lines
from qirjit_magic.protocol.module_info import EntryPoint

_LINE_START = r"!(?<![^\n]!)"  # as `^!`, and fast: what is searched for begins with one character
_INNER = r'!\{(?:[^{}"]|"[^"]*")*\}'
_NODE = lazy_pattern(rf'{_LINE_START}(\d+)\s*=\s*(?:distinct\s+)?!\{{((?:[^{{}}"]|"[^"]*"|{_INNER})*)\}}')
_FLAG_LIST = lazy_pattern(rf"{_LINE_START}llvm\.module\.flags\s*=\s*!\{{([^}}]*)\}}")
_ESCAPED_NAME = lazy_pattern(r"![-\w.$]*\\")
# Python reads no decimal number that is much longer; flags have a few digits.
_NUMBER = r"true|false|-?\d{1,4000}|[us]0x[0-9A-Fa-f]+"
_FLAG = lazy_pattern(
    r'\s*i32\s+(?P<behaviour>\d+)\s*,\s*!"(?P<name>[^"]+)"\s*,'
    rf'\s*(?:(?P<type>i\d+)\s+(?P<number>{_NUMBER})|!(?P<node>\d+)|!"(?P<string>[^"]*)"|(?P<inner>{_INNER}))\s*\Z'
)
_STRING = lazy_pattern(r'!"([^"]*)"')


Flags = tuple[tuple[str, int | bool | str], ...]


class Flag(NamedTuple):
    """A module flag.

    Attributes:
        name: its name.
        behaviour: the number that says what comes of it when modules are linked.
        kind: the type of its value, ``!`` of lists and strings.
        value: ``i1`` values are booleans, other integers unsigned (``i2 -1`` is 3), a list of strings is
            comma-separated text.
        start: where its node begins; None where the text is not plain.
    """

    name: str
    behaviour: str
    kind: str
    value: int | bool | str
    start: int | None


def read_flags(source: SourceText, printed: Callable[[], str] = str) -> tuple[Flag, ...]:
    """The named module flags of a module's text, in their order.

    Args:
        source: as it is written. It is read where that is plain, which it nearly always is.
        printed: gives the module as LLVM prints it, which is read else.
    """
    lines = source.distinct_lines
    named, escaped = lines.count("module.flags"), _ESCAPED_NAME.search(lines) is not None
    if not named and not escaped:
        return ()
    # LLVM puts several lists of this name together
    flags = _read_flags(source.text) if named == 1 and not escaped and has_plain_lines(lines) else None
    if flags is None or None in flags:
        flags = [flag and flag._replace(start=None) for flag in _read_flags(printed()) or ()]
    return tuple(flag for flag in flags if flag is not None)


def named_values(flags: Iterable[Flag]) -> Flags:
    """The names and values of flags."""
    return tuple((flag.name, flag.value) for flag in flags)


def _read_flags(text: str) -> list[Flag | None] | None:
    # None for what is not written as one would: it may be something else. No string and no comment goes over lines.
    listed = _FLAG_LIST.search(text)
    if not listed or ";" in listed[1]:
        return None
    found = {node[1]: node for node in _NODE.finditer(text)}
    return [_flag(number, found) for number in re.findall(r"!(\d+)", listed[1])]


def _flag(number: str, nodes: Mapping[str, re.Match[str]]) -> Flag | None:
    node = nodes.get(number)
    flag = _FLAG.match(node[2]) if node else None
    if node is None or flag is None or ";" in _STRING.sub("", flag[0]):
        return None
    return Flag(flag["name"], flag["behaviour"], flag["type"] or "!", _value(flag, nodes), node.start())


def _value(flag: re.Match[str], nodes: Mapping[str, re.Match[str]]) -> int | bool | str:
    width, number, node, string, inner = flag.group("type", "number", "node", "string", "inner")
    if inner is not None:
        return ", ".join(_STRING.findall(inner))
    if node is not None:
        return ", ".join(_STRING.findall(nodes[node][2] if node in nodes else ""))
    if string is not None:
        return str(string)
    if number in {"true", "false"}:
        return bool(number == "true")
    value = int(number[1:], 16) if number[0] in "us" else int(number)
    return bool(value) if width == "i1" else value % (1 << int(width[1:]))


def declared_profile(functions: Iterable[EntryPoint]) -> str:
    """``base``, ``adaptive``, or ``unrestricted``, by the attribute ``qir_profiles`` of the entry points."""
    declared = {value for f in functions for key, value in f.attributes if key == "qir_profiles"}
    for profile in ("adaptive", "base"):
        if any(value.startswith(profile) for value in declared):
            return profile
    return "unrestricted"
