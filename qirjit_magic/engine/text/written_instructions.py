"""The instructions of a function's text: nothing here says what a program means, LLVM does, but where that stands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from qirjit_magic.llvm_text import CLOSING, OPCODES, OPENING, Token, tokens

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
