"""Module flags and the declared profile, in the QIR specification's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qirjit_magic.wire.modules import EntryPoint

_LINE_START = r"!(?<![^\n]!)"  # as `^!`, and fast: what is searched for begins with one character
_INNER = r'!\{(?:[^{}"]|"[^"]*")*\}'
_NODE = re.compile(rf'{_LINE_START}(\d+)\s*=\s*(?:distinct\s+)?!\{{((?:[^{{}}"]|"[^"]*"|{_INNER})*)\}}')
_FLAG_LIST = re.compile(rf"{_LINE_START}llvm\.module\.flags\s*=\s*!\{{([^}}]*)\}}")
# Python reads no decimal number that is much longer; flags have a few digits.
_NUMBER = r"true|false|-?\d{1,4000}|[us]0x[0-9A-Fa-f]+"
_FLAG = re.compile(rf'\s*i32\s+\d+\s*,\s*!"([^"]+)"\s*,\s*(?:(i\d+)\s+({_NUMBER})|!(\d+)|!"([^"]*)"|({_INNER}))\s*\Z')
_STRING = re.compile(r'!"([^"]*)"')


def read_module_flags(text: str) -> tuple[tuple[str, int | bool | str], ...]:
    """The named module flags of a module's text, in their order.

    ``i1`` values are booleans, other integers unsigned (``i2 -1`` is 3), a list of strings is comma-separated text.
    """
    listed = _FLAG_LIST.search(text)
    if not listed:
        return ()
    wanted = re.findall(r"!(\d+)", listed[1])
    nodes = {found[1]: found[2] for found in _NODE.finditer(text)}
    flags = (_FLAG.match(nodes.get(number, "")) for number in wanted)
    return tuple((flag[1], _value(flag, nodes)) for flag in flags if flag)


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
