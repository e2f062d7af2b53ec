"""A program's text as a list of tokens that remember where they come from, and texts made of such lists."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from runpy import run_path
from typing import TYPE_CHECKING, NamedTuple

from tests.files import REPOSITORY

if TYPE_CHECKING:
    from qirjit_magic.llvm_text import OPCODES, tokens
else:  # that of this tree, also where the product of another one is checked, which may have none
    _lexer = run_path(str(REPOSITORY / "qirjit_magic" / "llvm_text.py"))
    OPCODES, tokens = _lexer["OPCODES"], _lexer["tokens"]

_WITHOUT_VALUE = frozenset(
    {"ret", "br", "switch", "indirectbr", "invoke", "callbr", "resume", "unreachable", "call", "store", "fence"}
)


class PlacedToken(NamedTuple):
    """A token, the line of the program that it comes from (0: from none), and what stands before it there."""

    text: str
    kind: str
    line: int = 0
    gap: str = " "

    @property
    def name(self) -> str:
        """What a name of a function or variable names."""
        return self.text[1:].strip('"')


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A program written in another way.

    Attributes:
        source: its text or bitcode.
        lines: for each line of the text the lines of the program that its tokens come from; None where nobody knows.
    """

    source: bytes
    lines: tuple[frozenset[int], ...] | None = None


Gap = Callable[[Random, PlacedToken], str]
Change = Callable[[list[PlacedToken], Random], list[PlacedToken]]


def read_placed_tokens(text: str) -> list[PlacedToken]:
    """The tokens of a program."""
    starts = [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]
    pieces, end = list[PlacedToken](), 0
    for token in tokens(text):
        pieces.append(PlacedToken(token.text, token.kind, bisect_right(starts, token.start), text[end : token.start]))
        end = token.end
    return pieces


def new(text: str) -> list[PlacedToken]:
    """Tokens that no program has written."""
    return [PlacedToken(token.text, token.kind) for token in tokens(text)]


def written(pieces: Sequence[PlacedToken], gap: Gap, random: Random) -> Rewritten:
    """The text of these tokens, with these gaps between them."""
    texts, line, lines = list[str](), 1, dict[int, set[int]]()
    for piece in pieces:
        before = gap(random, piece)
        texts += before, piece.text
        line += before.count("\n")
        for part in range(piece.text.count("\n") + 1):
            lines.setdefault(line + part, set()).add(piece.line + part if piece.line else 0)
        line += piece.text.count("\n")
    return Rewritten("".join(texts).encode(), tuple(frozenset(lines.get(i + 1, ())) for i in range(line)))


def as_it_was(_random: Random, piece: PlacedToken) -> str:
    """What stood before it."""
    return piece.gap


def functions(pieces: list[PlacedToken]) -> Iterator[tuple[int, int, int]]:
    """Of each defined function where ``define`` stands, where its body begins, behind the brace, and where it ends."""
    depth, begin, body, named = 0, -1, -1, False
    for i, piece in enumerate(pieces):
        if piece.kind == "word" and piece.text == "define" and not depth:
            begin, named = i, False
        named = named or (begin >= 0 and piece.kind == "global")
        if piece.kind == "other" and piece.text in "([{":
            if piece.text == "{" and not depth and begin >= 0 and named and body < 0:
                body = i + 1
            depth += 1
        elif piece.kind == "other" and piece.text in ")]}":
            depth -= 1
            if not depth and body >= 0:
                yield begin, body, i
                begin, body = -1, -1


def instruction_starts(inside: list[PlacedToken]) -> list[int]:
    """Where each instruction of a body begins, with the name of its value; but for some that give no value."""
    depth, starts = 0, list[int]()
    for i, piece in enumerate(inside):
        depth += piece.kind == "other" and piece.text in "([{"
        depth -= piece.kind == "other" and piece.text in ")]}"
        if depth or piece.kind != "word" or piece.text not in OPCODES or inside[i + 1 : i + 2] == []:
            continue
        if inside[i - 1].text in {"tail", "musttail", "notail"}:
            i -= 1  # noqa: PLW2901 - the instruction begins before
        if i and inside[i - 1].text == "=":
            starts.append(i - 2)
        elif piece.text in _WITHOUT_VALUE:
            starts.append(i)
    return starts
