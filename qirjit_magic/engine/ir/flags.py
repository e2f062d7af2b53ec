"""Module flags and the declared profile, in the QIR specification's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qirjit_magic.wire.modules import EntryPoint

_NODE = re.compile(r"^!(\d+) = !\{(.*)\}\s*$", re.MULTILINE)
_FLAG_LIST = re.compile(r"^!llvm\.module\.flags = !\{(.*)\}\s*$", re.MULTILINE)
_FLAG = re.compile(r'i32 \d+, !"([^"]+)", (?:(i\d+) (\S+)|!(\d+)|!"([^"]*)")')
_STRING = re.compile(r'!"([^"]*)"')


def read_module_flags(text: str) -> tuple[tuple[str, int | bool | str], ...]:
    """The named module flags of a module's text, in their order.

    ``i1`` values are booleans, other integers unsigned (``i2 -1`` is 3), a list of strings is comma-separated text.
    """
    listed = _FLAG_LIST.search(text)
    if not listed:
        return ()
    wanted = [number.strip().removeprefix("!") for number in listed[1].split(",")]
    nodes = {found[1]: found[2] for found in _NODE.finditer(text)}
    flags = (_FLAG.match(nodes.get(number, "")) for number in wanted)
    return tuple((flag[1], _value(flag, nodes)) for flag in flags if flag)


def _value(flag: re.Match[str], nodes: dict[str, str]) -> int | bool | str:
    width, number, node, string = flag.group(2, 3, 4, 5)
    if node is not None:
        return ", ".join(_STRING.findall(nodes.get(node, "")))
    if string is not None:
        return string
    if number in {"true", "false"}:
        return number == "true"
    if width == "i1":
        return bool(int(number))
    return int(number) % (1 << int(width[1:]))


def declared_profile(functions: Iterable[EntryPoint]) -> str:
    """``base``, ``adaptive``, or ``unrestricted``, by the attribute ``qir_profiles`` of the entry points."""
    declared = {value for f in functions for key, value in f.attributes if key == "qir_profiles"}
    for profile in ("adaptive", "base"):
        if any(value.startswith(profile) for value in declared):
            return profile
    return "unrestricted"
