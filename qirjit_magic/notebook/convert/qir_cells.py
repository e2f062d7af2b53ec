"""A `QirCell` as the source of a notebook's cell and back, and the names that modules and their files have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from qirjit_magic.flags import FlagContext, parse
from qirjit_magic.notebook.magic_line import magic_line_number, quoted_word, split_line

_NOT_A_NAME = re.compile(r"[^\w.-]+")
_LONE_BREAK = re.compile(r"(?<!\r)\n|\r(?!\n)")
_LONGEST_NAME = 200  # bytes; a file system takes 255, with the suffix
_METADATA = "qirjit"
_BREAKS, _ENDED = "line_breaks", "final_newline"


@dataclass(frozen=True, slots=True)
class QirCell:
    r"""A module as a notebook's cell holds it.

    Attributes:
        text: LLVM text, byte for byte that of its file.
        name: what ``--name`` says; empty where it is not there.
        trust: whether its flags trust it.
    """

    text: str
    name: str = ""
    trust: bool = False

    @property
    def source(self) -> str:
        """The text of the cell: ``%%qir`` with its flags, then the program without its last line break."""
        flags = f"--name {quoted_word(self.name)} --no-run{' --trust' if self.trust else ''}"
        return f"%%qir {flags}\n{self.shown.removesuffix(chr(10))}"

    @property
    def shown(self) -> str:
        """The text, with line feeds alone where all its line breaks are those of Windows: editors would change them."""
        return self.text.replace("\r\n", "\n") if self._windows else self.text

    @property
    def metadata(self) -> dict[str, dict[str, Any]]:
        """The metadata for what the cell does not tell of the file; empty as a rule."""
        told: dict[str, Any] = {_BREAKS: "\r\n"} if self._windows else {}
        if not self.text.endswith("\n"):
            told[_ENDED] = False
        return {_METADATA: told} if told else {}

    @property
    def _windows(self) -> bool:
        return "\r\n" in self.text and _LONE_BREAK.search(self.text) is None

    @classmethod
    def of(cls, source: str, metadata: Mapping[str, Any]) -> Self | None:
        """The module in a code cell, behind other cell magics too; None where it is no ``%%qir`` cell."""
        lines = source.splitlines(keepends=True)
        head = magic_line_number(lines)
        if head is None:
            return None
        told = metadata.get(_METADATA)
        told = told if isinstance(told, Mapping) else {}
        text = "".join(lines[head + 1 :]) + ("" if told.get(_ENDED) is False else "\n")
        if told.get(_BREAKS) == "\r\n":
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        return cls(text, *_flags(lines[head].strip().removeprefix("%%qir")))


def _flags(line: str) -> tuple[str, bool]:
    try:
        options = parse(FlagContext.CELL, "%%qir", split_line(line, {}))
    except ValueError:  # no cell that could be run; its text is there all the same
        return "", False
    return options.name or "", options.compile.trust


def plain_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """A name for each that a flag and a file can have, each another one, whether or not letters' case counts.

    What is neither letter, digit, ``_``, ``.`` nor ``-`` becomes ``_``; an empty name is ``cell`` with its number.
    """
    taken: set[str] = set()
    names = []
    for number, each in enumerate(wanted, 1):
        name = _NOT_A_NAME.sub("_", each).strip("-.").encode()[:_LONGEST_NAME].decode(errors="ignore")
        names.append(_free(name or f"cell{number}", taken))
        taken.add(names[-1].casefold())
    return tuple(names)


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{name}_{number}"
    return found
