"""Tokens of LLVM text as LLVM's own lexer divides it, and the instructions of a function's text.

Text is free in form: between two tokens there may be line breaks and comments of both kinds, or nothing. Nothing here
says what a program means, LLVM does: it says where that stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qirjit_magic.engine.text.patterns import CLOSING, OPENING, unescaped

_NAME = r'(?:"[^"]*"|[-\w.$]+)'
_TOKEN = re.compile(
    rf"""
      (?P<gap>[\s\0]+|;[^\n\r]*|/\*.*?\*/)
    | (?P<label>{_NAME}:)
    | (?P<global>@{_NAME})
    | (?P<local>%{_NAME})
    | (?P<mark>[!$^](?:"[^"]*"|[-\w.$\\]+)?|\#\d*)
    | (?P<string>"[^"]*")
    | (?P<number>0x[0-9A-Za-z]+|[-+]?\d+(?:\.\d*(?:[eE][-+]?\d+)?)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<other>\.\.\.|.)
    """,
    re.DOTALL | re.VERBOSE,
)
_CASTS = "trunc zext sext fptrunc fpext uitofp sitofp fptoui fptosi inttoptr ptrtoint ptrtoaddr bitcast addrspacecast"
_BINARY = "add sub mul udiv sdiv urem srem shl lshr ashr and or xor fadd fsub fmul fdiv frem"
OPCODES = frozenset(
    (
        *_CASTS.split(),
        *_BINARY.split(),
        *("ret", "br", "switch", "indirectbr", "invoke", "callbr", "resume", "unreachable", "fneg", "icmp", "fcmp"),
        *("cleanupret", "catchret", "catchswitch", "catchpad", "cleanuppad", "landingpad"),
        *("alloca", "load", "store", "fence", "cmpxchg", "atomicrmw", "getelementptr"),
        *("extractelement", "insertelement", "shufflevector", "extractvalue", "insertvalue"),
        *("phi", "select", "call", "va_arg", "freeze"),
    )
)
_FLAGS = frozenset({"inbounds", "nuw", "nsw", "nusw", "exact", "disjoint", "nneg", "samesign", "inrange"})
_BEFORE_CALL = frozenset({"tail", "musttail", "notail"})
_BEFORE_BODY = frozenset({"prefix", "prologue"})  # what follows may have braces of its own


class Token(NamedTuple):
    """A word, name, number, string or mark of a text.

    Attributes:
        kind: ``global`` and ``local`` with their sigil, ``label`` with its colon, ``word``, ``number``, ``string``, a
            ``mark`` of metadata, attribute groups and comdats, or ``other``: one character, or three dots.
        text: as it is written.
        start: where it begins, counted from 0.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """What a name names, without sigil, quotes and escapes."""
        return plain_name(self.text[1:])


def plain_name(written: str) -> str:
    """A name as LLVM knows it: without quotes and escapes."""
    return unescaped(written).decode("utf-8", "replace") if "\\" in written else written.strip('"')


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of a text, from a position between two of them."""
    for found in _TOKEN.finditer(text, start, len(text) if end is None else end):
        if (kind := found.lastgroup) and kind != "gap":
            yield Token(kind, found[0], found.start())


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
    bounds = zip(starts, [*starts[1:], len(body)], strict=True)
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
