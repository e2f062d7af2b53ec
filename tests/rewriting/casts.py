"""Pointers as numbers, in other ways than the instruction that the program has for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from tests.rewriting.token_lists import Change, PlacedToken, functions, instruction_starts, new

Cast = Callable[[str, str, int], str]  # text that gives a value of this name the bits of another, and a number
_NEEDED = {
    "llvm.memcpy.p0.p0.i64": "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    "llvm.va_start.p0": "declare void @llvm.va_start.p0(ptr)\ndeclare void @llvm.va_end.p0(ptr)",
    "rewritten number": """define internal i64 @"rewritten number"(i32 %n, ...) noinline {
  %list = alloca [24 x i8], align 8
  call void @llvm.va_start.p0(ptr %list)
  %number = va_arg ptr %list, i64
  call void @llvm.va_end.p0(ptr %list)
  ret i64 %number
}""",
}


# Text for an instruction of a function's, and how many of its tokens that stands for; and a number
_Instead = Callable[[list[PlacedToken], list[PlacedToken], int], tuple[str, int] | None]
_GIVES_RESULT = {
    *("@__quantum__qis__m__body", "@__quantum__qis__mresetz__body", "@__quantum__qis__measure__body"),
    *("@__quantum__rt__result_get_one", "@__quantum__rt__result_get_zero"),
}


def cast_by(cast: Cast, *needed: str) -> Change:
    """A change of what takes pointers for numbers, and of what compares them, which needs these functions."""

    def instead(instruction: list[PlacedToken], _body: list[PlacedToken], number: int) -> tuple[str, int] | None:
        return _cast(instruction, cast, number) or _comparison(instruction, cast, number)

    return lambda pieces, _random: _changed(pieces, instead, needed)


def _changed(pieces: list[PlacedToken], instead: _Instead, needed: Sequence[str]) -> list[PlacedToken]:
    changed, done, number, used = list[PlacedToken](), 0, 0, False
    for _, body, end in functions(pieces):
        changed += pieces[done:body]
        starts = [*instruction_starts(pieces[body:end]), end - body]
        changed += pieces[body : body + starts[0]]
        for first, following in pairwise(starts):
            instruction = pieces[body + first : body + following]
            text, length = instead(instruction, pieces[body:end], number) or ("", 0)
            number += 2
            used = used or bool(text)
            changed += [p._replace(line=instruction[0].line) for p in _lines(text)]
            changed += instruction[length:]
        done = end
    changed += pieces[done:]
    there = {piece.name for piece in pieces if piece.kind == "global"}
    return changed + [p for name in needed if used and name not in there for p in _lines(f"\n{_NEEDED[name]}\n")]


def _lines(text: str) -> list[PlacedToken]:
    # Each line in a line of its own
    return [
        piece._replace(gap="\n" if not i else " ") for line in text.splitlines() for i, piece in enumerate(new(line))
    ]


def _cast(instruction: list[PlacedToken], cast: Cast, number: int) -> tuple[str, int] | None:
    words = [piece.text for piece in instruction]
    if words[1:3] != ["=", "ptrtoint"]:
        return None
    rest = 3 + _pointer(words[3:])
    if rest == 3 or words[rest + 1 : rest + 3] != ["to", "i64"] or instruction[rest].kind != "local":
        return None
    return cast(words[0], words[rest], number), rest + 3


def _read_result(instruction: list[PlacedToken], body: list[PlacedToken], number: int) -> tuple[str, int] | None:
    # Of two results that measurements or the constants give: no other address can be read
    given = {
        body[i - 2].text
        for i, piece in enumerate(body)
        if piece.text == "call" and _GIVES_RESULT & {p.text for p in body[i : i + 4]}
    }
    found = _comparison(instruction, _byte, number)
    return (
        found if found and {p.text for p in instruction if p.kind == "local"} - {instruction[0].text} <= given else None
    )


def _comparison(instruction: list[PlacedToken], cast: Cast, number: int) -> tuple[str, int] | None:
    words = [piece.text for piece in instruction]
    if words[1:3] != ["=", "icmp"] or words[3] not in {"eq", "ne"}:
        return None
    rest = 4 + _pointer(words[4:])
    if rest == 4 or {instruction[rest].kind, instruction[rest + 2].kind} != {"local"}:
        return None
    first, second = (f'%"rewritten bits {number + i}"' for i in (0, 1))
    casts = f"{cast(first, words[rest], number)}\n{cast(second, words[rest + 2], number + 1)}"
    return f"{casts}\n{words[0]} = icmp {words[3]} i64 {first}, {second}", rest + 3


def _pointer(words: list[str]) -> int:
    # How many tokens the type of a pointer has that begins here
    if words[:1] == ["ptr"]:
        return 1
    return 2 if re.match(r"%|i\d", words[0]) and words[1:2] == ["*"] else 0


def _memory(name: str, value: str, number: int) -> str:
    place = f'%"rewritten place {number}"'
    return f"{place} = alloca i64\nstore ptr {value}, ptr {place}\n{name} = load i64, ptr {place}"


def _copied(name: str, value: str, number: int) -> str:
    place, copy = f'%"rewritten place {number}"', f'%"rewritten copy {number}"'
    return (
        f"{place} = alloca ptr\n{copy} = alloca i64\nstore ptr {value}, ptr {place}\n"
        f"call void @llvm.memcpy.p0.p0.i64(ptr {copy}, ptr {place}, i64 8, i1 false)\n{name} = load i64, ptr {copy}"
    )


def _passed(name: str, value: str, _number: int) -> str:
    return f'{name} = call i64 (i32, ...) @"rewritten number"(i32 1, ptr {value})'


def _byte(name: str, value: str, number: int) -> str:
    byte = f'%"rewritten byte {number}"'
    return f"{byte} = load i8, ptr {value}\n{name} = zext i8 {byte} to i64"


def _other_instruction(name: str, value: str, _number: int) -> str:
    return f"{name} = ptrtoaddr ptr {value} to i64"


CASTS: dict[str, Change] = {
    "casts through memory": cast_by(_memory),
    "casts by copies": cast_by(_copied, "llvm.memcpy.p0.p0.i64"),
    "casts by variadic functions": cast_by(_passed, "llvm.va_start.p0", "rewritten number"),
    "casts to addresses": cast_by(_other_instruction),
    "results read": lambda pieces, _random: _changed(pieces, _read_result, ()),
}


def with_variables_of_llvm(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    """Variables that nobody else can see, by names that look like those of LLVM's own."""
    hidden = {
        piece.text
        for i, piece in enumerate(pieces[:-2])
        if piece.kind == "global" and pieces[i + 1].text == "=" and pieces[i + 2].text in {"internal", "private"}
    }
    names = {name: f"@llvm.rewritten.{i}" for i, name in enumerate(sorted(hidden))}
    return [p._replace(text=names[p.text]) if p.kind == "global" and p.text in names else p for p in pieces]
