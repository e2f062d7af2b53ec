"""The places of names in a module's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, chain, islice, pairwise
from typing import NamedTuple

import msgspec

from qirjit_magic.llvm_text import (
    CLOSING,
    END,
    GAP,
    NAME,
    OPCODES,
    OPENING,
    Token,
    distinct_lines,
    find_words,
    plain_name,
    tokens,
)

_FLAGS = frozenset({"inbounds", "nuw", "nsw", "nusw", "exact", "disjoint", "nneg", "samesign", "inrange"})
_BEFORE_CALL = frozenset({"tail", "musttail", "notail"})
_BEFORE_BODY = frozenset({"prefix", "prologue"})  # what follows may have braces of its own


class WrittenInstruction(NamedTuple):
    """An instruction of a function's text.

    Attributes:
        word: its opcode; of a call of a named function ``@`` and that name.
        start: where its opcode begins.
        callee: where what a call calls is written, else where the opcode begins.
    """

    word: str
    start: int
    callee: int


def written_instructions(text: str, name: int) -> tuple[WrittenInstruction, ...]:
    """The instructions of a function, in their order; none where its text is not understood.

    Args:
        text: LLVM has accepted it.
        name: where the function's name begins, after ``define``.
    """
    body = list(_body(text, name))
    starts = [i for i, (token, depth) in enumerate(body) if depth == 1 and _begins(body, i, token)]
    bounds = pairwise([*starts, len(body)])
    return tuple(_instruction(body[first : _end(body, first, end)]) for first, end in bounds)


def _end(body: list[tuple[Token, int]], first: int, end: int) -> int:
    # Without what belongs to the next instruction: a label, the name of its value
    while end - 1 > first:
        last = body[end - 1][0]
        if last.text == "=":
            end -= 1
        elif last.kind != "label" and last.text not in _BEFORE_CALL:
            break
        end -= 1
    return end


def _body(text: str, name: int) -> Iterator[tuple[Token, int]]:
    # The tokens behind the body's opening brace, each with how deep it lies in brackets.
    depth, inside = 0, False
    for token in tokens(text, name):
        if not inside and token.text in _BEFORE_BODY:
            return
        opening = token.kind == "other" and token.text in OPENING
        if token.kind == "other" and token.text in CLOSING:
            depth -= 1
            if inside and not depth:
                return
        if inside:
            yield token, depth
        inside = inside or (opening and token.text == "{" and not depth)
        depth += opening


def _begins(body: list[tuple[Token, int]], index: int, token: Token) -> bool:
    if token.kind != "word" or token.text not in OPCODES:
        return False
    before = [body[i][0].text for i in range(max(0, index - 2), index)]
    if before[-1:] == ["atomicrmw"] or before == ["atomicrmw", "volatile"]:
        return False
    following = index + 1
    while following < len(body) and body[following][0].text in _FLAGS:
        following += 1
    # With a bracket it is an expression, a part of an instruction
    return following == len(body) or body[following][0].text != "("


def _instruction(body: list[tuple[Token, int]]) -> WrittenInstruction:
    opcode = body[0][0]
    top = [i for i, (_, depth) in enumerate(body) if depth == 1] if opcode.text == "call" else []
    found = [body[i][0] for i in top]
    for place, token in enumerate(found):
        before, behind = found[place - 1], found[place + 2 : place + 3]
        # Behind what is called stands nothing that is called: then this is a function's type
        if token.text != "(" or (behind and _may_be_called(behind[0])):
            continue
        if before.kind in {"global", "local"}:
            word = f"@{before.name}" if before.kind == "global" else opcode.text
            return WrittenInstruction(word, opcode.start, before.start)
        if before.text == ")":
            return _call_of_expression(opcode, body, top, place)
    return WrittenInstruction(opcode.text, opcode.start, opcode.start)


def _may_be_called(token: Token) -> bool:
    return token.kind in {"global", "local"} or token.text in OPCODES or token.text in {"(", "*", "asm", "null"}


def _call_of_expression(opcode: Token, body: list[tuple[Token, int]], top: list[int], place: int) -> WrittenInstruction:
    first = place - 3  # before the brackets of the expression
    while body[top[first]][0].text in _FLAGS:
        first -= 1
    expression = body[top[first]][0]
    inside = [token for token, _ in body[top[place - 2] : top[place]] if token.kind == "global"]
    # A cast from one type of pointer to another is nothing to LLVM
    word = f"@{inside[0].name}" if expression.text == "bitcast" and len(inside) == 1 else opcode.text
    return WrittenInstruction(word, opcode.start, expression.start)


_CHUNK = 1 << 14
# Searches begin with one character, which is fast: hence the `d` before what may stand before it.
_MENTION = (
    rf"@(?P<name>{NAME})(?P<variable>{GAP}={GAP}(?P<external>ex(?:ternal|tern_weak)\b)?)?"
    rf"|d(?<![\w.$%@!^#-]d)(?P<head>efine|eclare){END}"
)


class Location(msgspec.Struct, frozen=True):
    """A place in a text; line and column count from 1."""

    line: int
    column: int
    source_line: str


class _Mentions:
    """The places where each name is first used, declared and defined; a variable of another module is declared.

    The text is read as far as the answers take, which is not far where one asks for what a long program begins with.
    """

    def __init__(self, text: str) -> None:
        self._found = find_words(text, _MENTION)
        self._head = ""
        self.used: dict[str, int] = {}
        self.declared: dict[str, int] = {}
        self.defined: dict[str, int] = {}

    def find(self, name: str, among: dict[str, int]) -> int | None:
        """Find the place where the name is first mentioned in this way."""
        if name not in among:
            self.read(name, among)
        return among.get(name)

    def declaration(self, name: str) -> int | None:
        """Find the place where the name is declared."""
        return self.find(name, self.declared)

    def definition(self, name: str) -> int | None:
        """Find the place where the name is defined."""
        return self.find(name, self.defined)

    def read(self, wanted: str | None = None, among: dict[str, int] | None = None) -> None:
        """Read on, up to the end, or up to where a name is mentioned in one of the three ways."""
        for found in self._found:
            written, variable, external, head = found.group("name", "variable", "external", "head")
            if head:
                self._head = head
            if written is None:
                continue
            where = self.used
            if variable:
                where = self.declared if external else self.defined
            elif self._head:
                where = self.declared if self._head == "eclare" else self.defined
                self._head = ""
            name = plain_name(written) if written[0] == '"' else written
            if name not in where:
                where[name] = found.start()
                if where is among and name == wanted:
                    return


class SourceText:
    """A module's text, with its lines by number, and with its names and instructions, read when they are asked for.

    Args:
        text: LLVM has accepted it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._instructions: dict[str, tuple[WrittenInstruction, ...]] = {}

    @cached_property
    def distinct_lines(self) -> str:
        """Each line once: all words of the text, in what is much shorter where a program is long."""
        return distinct_lines(self.text)

    @cached_property
    def _mentions(self) -> _Mentions:
        return _Mentions(self.text)

    @cached_property
    def _lines_before(self) -> list[int]:
        counts = (self.text.count("\n", start, start + _CHUNK) for start in range(0, len(self.text), _CHUNK))
        return [0, *accumulate(counts)]

    def line(self, number: int) -> str | None:
        """The line of this number (from 1), None where there is none."""
        starts = chain([0], (found.end() for found in re.finditer("\n", self.text)))
        start = next(islice(starts, number - 1, None), None) if number > 0 else None
        return None if start is None else self._line_at(start)

    def first_use(self, name: str) -> Location | None:
        """Find the place where ``@name`` is first used; its declaration or definition where it is used nowhere."""
        mentions = self._mentions
        ways = mentions.used, mentions.declared, mentions.defined
        found = (place for where in ways if (place := mentions.find(name, where)) is not None)
        return self._placed(next(found, None))

    def only_declares(self, name: str) -> bool:
        """Return whether a declaration is all there is of ``@name``."""
        mentions = self._mentions
        ways = mentions.used, mentions.defined
        return all(mentions.find(name, where) is None for where in ways) and name in mentions.declared

    def declaration(self, name: str) -> Location | None:
        """Find the place where ``@name`` is declared."""
        return self._placed(self._mentions.declaration(name))

    def definition(self, name: str) -> Location | None:
        """Find the place where ``@name`` is defined."""
        return self._placed(self._mentions.definition(name))

    def instructions(self, function: str) -> tuple[WrittenInstruction, ...]:
        """The instructions of a function that is defined here; none where they cannot be read."""
        if function not in self._instructions:
            name = self._mentions.definition(function)
            self._instructions[function] = () if name is None else written_instructions(self.text, name)
        return self._instructions[function]

    def enclosing_symbol(self, position: int) -> str | None:
        """The function or global variable whose declaration or definition last begins before a position."""
        mentions = self._mentions
        mentions.read()
        heads = chain(mentions.declared.items(), mentions.defined.items())
        return max(((start, name) for name, start in heads if start < position), default=(0, None))[1]

    def location(self, position: int) -> Location:
        """The line and column of a position in the text, which counts from 0."""
        start = self.text.rfind("\n", 0, position) + 1
        return Location(self._line_number(start), position - start + 1, self._line_at(position))

    def _placed(self, position: int | None) -> Location | None:
        return None if position is None else self.location(position)

    def _line_number(self, position: int) -> int:
        chunk = position // _CHUNK
        return self._lines_before[chunk] + self.text.count("\n", chunk * _CHUNK, position) + 1

    def _line_at(self, position: int) -> str:
        end = self.text.find("\n", position)
        start = self.text.rfind("\n", 0, position) + 1
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")
