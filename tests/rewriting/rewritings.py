"""Rewritings by name. Each takes a program's tokens, and gives other ones that mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from random import Random

import llvmlite.binding as llvm

from tests.rewriting.casts import CASTS, with_variables_of_llvm
from tests.rewriting.token_lists import (
    Change,
    Gap,
    PlacedToken,
    Rewritten,
    as_it_was,
    functions,
    instruction_starts,
    new,
    read_placed_tokens,
    written,
)

_COMMENTS = (
    *("; , null\n", "; }\n", '; "\n', "; asm section thread_local ) (\n", ";\n", "; /*\n", "; !0 = !{}\n"),
    *("/* icmp eq ptr */", '/* " */', "/* { */", "/*\n; */", "/* call void @nobody() */", "/**/", "/* , null */"),
    *("/* declare void @main() */", "/* inttoptr\n(i64 4096 to ptr)() */", "/*\ndefine void @other() { */"),
)
_SHORT_COMMENTS = "/**/", "/* , null */", "/* null, */", "/* ; */", '/* " */'
_OFTEN = 0.5
_SIMPLE = frozenset({"ptr", "i1", "i8", "i32", "i64", "double"})
_ALIASED = frozenset({"i1", "i8", "i32", "i64", "double", "ptr"})


def _broken(random: Random, piece: PlacedToken) -> str:
    return "\n" if random.random() < _OFTEN else piece.gap or random.choice(("", " ", "\t", "\r\n"))


def _commented(random: Random, piece: PlacedToken) -> str:
    chosen = random.choices(_COMMENTS, k=random.choice((0, 1, 1, 2)))
    return piece.gap + "".join(f" {comment} " for comment in chosen)


def _commented_within_lines(random: Random, piece: PlacedToken) -> str:
    return f"{piece.gap}{random.choice(_SHORT_COMMENTS)} "


def _in_one_line(_random: Random, piece: PlacedToken) -> str:
    return " " if piece.gap else ""


def _unchanged(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    return pieces


def _with_aliases(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    changed = list[PlacedToken]()
    for piece, following in pairwise([*pieces, PlacedToken("", "")]):
        plain = piece.kind == "word" and piece.text in _ALIASED and following.text != "addrspace"
        changed.append(piece._replace(text=f'%"rewritten {piece.text}"', kind="local") if plain else piece)
    definitions = (new(f'%"rewritten {name}" = type {name}') for name in sorted(_ALIASED))
    return _behind_head(changed, [piece for definition in definitions for piece in definition])


def _behind_head(pieces: list[PlacedToken], more: list[PlacedToken]) -> list[PlacedToken]:
    # What a module says of itself stands before everything else
    head = 0
    for i, piece in enumerate(pieces):
        words = [p.text for p in pieces[i : i + 3]]
        if piece.kind == "word" and words[0] in {"source_filename", "target"} and "=" in words:
            head = i + (3 if words[0] == "source_filename" else 4)
    following = [p._replace(gap=f"\n{p.gap}") for p in pieces[head : head + 1]]
    return [
        *pieces[:head],
        *(p._replace(gap=f"\n{p.gap}") for p in more[:1]),
        *more[1:],
        *following,
        *pieces[head + 1 :],
    ]


def _opaque(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    changed: list[PlacedToken] = []
    for piece in pieces:
        if piece.text == "*" and changed and changed[-1].text != ")" and _ends_type(changed):
            if changed[-1].text != "ptr":
                changed[-1] = changed[-1]._replace(text="ptr", kind="word")
        else:
            changed.append(piece)
    return changed


def _ends_type(before: list[PlacedToken]) -> bool:
    last = before[-1]
    return last.kind == "local" or (last.kind == "word" and (last.text in _SIMPLE or last.text[:1] == "i"))


def _typed(pieces: list[PlacedToken], random: Random) -> list[PlacedToken]:
    changed: list[PlacedToken] = []
    for piece, following in pairwise([*pieces, PlacedToken("", "")]):
        if piece.kind == "word" and piece.text == "ptr" and following.text != "addrspace":
            name = random.choice(("i8", "i64", '%"rewritten thing"', "[2 x double]", "i8*"))
            first, *others = new(f"{name}*")
            changed += [first._replace(line=piece.line, gap=piece.gap), *(p._replace(gap="") for p in others[:-1])]
            changed.append(others[-1]._replace(line=piece.line, gap=""))
        else:
            changed.append(piece)
    return _behind_head(_spaced(changed), new('%"rewritten thing" = type opaque'))


def _spaced(pieces: list[PlacedToken]) -> list[PlacedToken]:
    # `[2 x double]` has tokens that would grow together
    return [p._replace(gap=" ") if not p.gap and p.kind in {"word", "number"} else p for p in pieces]


def _quoted(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    inside = {i for _, body, end in functions(pieces) for i in range(body, end)}
    return [_quoted_name(p) if p.kind != "label" or i in inside else p for i, p in enumerate(pieces)]


def _quoted_name(piece: PlacedToken) -> PlacedToken:
    sigil = "" if piece.kind == "label" else piece.text[:1]
    name = piece.text.removeprefix(sigil).removesuffix(":" if piece.kind == "label" else "")
    if piece.kind not in {"local", "global", "label"} or name.isdigit() or name.startswith(('"', "llvm.")):
        return piece
    escaped = f'"\\{ord(name[0]):02x}{name[1:]}"'
    return piece._replace(text=f"{sigil}{escaped}{':' if piece.kind == 'label' else ''}")


def _renamed(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    changed = list(pieces)
    taken = {p.text for p in pieces if p.text == "blockaddress"}
    for begin, _, end in () if taken else functions(pieces):
        values = {p.text for p, q in pairwise(pieces[begin:end]) if p.kind == "local" and q.text == "="}
        labels = {p.text[:-1] for p in pieces[begin:end] if p.kind == "label"}
        names = {name for name in values | {f"%{label}" for label in labels} if not name[1:].isdigit()}
        for i in range(begin, end):
            piece = changed[i]
            if piece.kind == "local" and piece.text in names:
                changed[i] = piece._replace(text=f"%renamed.{piece.text[1:]}" if '"' not in piece.text else piece.text)
            elif piece.kind == "label" and f"%{piece.text[:-1]}" in names and '"' not in piece.text:
                changed[i] = piece._replace(text=f"renamed.{piece.text}")
    return changed


def _groups_first(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    groups, others, i = list[list[PlacedToken]](), list[PlacedToken](), 0
    while i < len(pieces):
        if pieces[i].text == "attributes" and pieces[i + 1].text.startswith("#"):
            end = next(k for k in range(i, len(pieces)) if pieces[k].text == "}") + 1
            groups.append([pieces[i]._replace(gap="\n"), *pieces[i + 1 : end]])
            i = end
        else:
            others.append(pieces[i])
            i += 1
    return _behind_head(others, [piece for group in reversed(groups) for piece in group])


def _reordered(pieces: list[PlacedToken], random: Random) -> list[PlacedToken]:
    changed, done = list[PlacedToken](), 0
    for _, body, end in functions(pieces):
        changed += pieces[done:body]
        inside = pieces[body:end]
        starts = [i for i, p in enumerate(inside) if p.kind == "label"]
        numbered = any(re.fullmatch(r"%\d+|\d+:", p.text) for p in inside)
        if starts and not numbered:
            first = starts[1:2] if starts[0] == 0 else starts[:1]
            bounds = [*starts[starts.index(first[0]) :], len(inside)] if first else [len(inside)]
            blocks = [inside[a:b] for a, b in pairwise(bounds)]
            random.shuffle(blocks)
            inside = inside[: bounds[0]] + [p for block in blocks for p in (block[0]._replace(gap="\n"), *block[1:])]
        changed += inside
        done = end
    return changed + pieces[done:]


def _by_memory(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    changed, done, number = list[PlacedToken](), 0, 0
    for _, body, end in functions(pieces):
        changed += pieces[done:body]
        starts = [*instruction_starts(pieces[body:end]), end - body]
        changed += pieces[body : body + starts[0]]
        for first, following in pairwise(starts):
            instruction = pieces[body + first : body + following]
            kind = _type_of_result(instruction)
            if kind:
                name = instruction[0].text
                kept = f'%"rewritten value {number}"'
                place = f'%"rewritten place {number}"'
                number += 1
                label = [p for p in instruction if p.kind == "label"]
                plain = [p for p in instruction[1:] if p.kind != "label"]
                changed += [instruction[0]._replace(text=kept), *plain]
                lines = (
                    f"{place} = alloca {kind}\nstore {kind} {kept}, ptr {place}\n{name} = load {kind}, ptr {place}\n"
                )
                changed += [p._replace(gap="\n" if p.text in {"store", name, place} else " ") for p in new(lines)]
                changed += label
            else:
                changed += instruction
        done = end
    return changed + pieces[done:]


def _type_of_result(instruction: list[PlacedToken]) -> str:
    # Of calls whose type is one token, or a pointer to a named type; nothing else is put through memory
    if len(instruction) < 4 or instruction[1].text != "=" or "call" not in {p.text for p in instruction[2:4]}:
        return ""
    at = 3 if instruction[2].text == "call" else 4
    kind, following = instruction[at], instruction[at + 1]
    if following.kind == "global" and kind.text in _SIMPLE:
        return kind.text
    stars = kind.kind == "local" and following.text == "*" and instruction[at + 2].kind == "global"
    return f"{kind.text}*" if stars else ""


def _split_off(pieces: list[PlacedToken], _random: Random) -> list[PlacedToken]:
    changed, helpers = list(pieces), list[PlacedToken]()
    types = _parameter_types(pieces)
    number = 0
    for _, body, end in functions(pieces):
        for start in instruction_starts(pieces[body:end]):
            at = next((i for i in range(body + start, end) if pieces[i].kind == "global"), end)
            name = pieces[at].text if at < end else ""
            between = {p.text for p in pieces[body + start : at]}
            if name not in types or "call" not in between or pieces[at + 1].text != "(" or "musttail" in between:
                continue
            returns, parameters = types[name]
            helper = f'@"rewritten helper {number}"'
            number += 1
            changed[at] = changed[at]._replace(text=helper)
            given = ", ".join(f"{kind} %a{i}" for i, kind in enumerate(parameters))
            value, result = ("", "void") if returns == "void" else ("%r = ", f"{returns} %r")
            head = f"define internal {returns} {helper}({given}) {{"
            text = f"{head}\n{value}call {returns} {name}({given})\nret {result}\n}}\n"
            helpers += [p._replace(line=pieces[at].line if p.text == name else 0) for p in new(text)]
    return changed + [p._replace(gap="\n" if p.text in {"define", "call", "ret", "}"} else " ") for p in helpers]


def _parameter_types(pieces: list[PlacedToken]) -> dict[str, tuple[str, list[str]]]:
    # Of the declared functions of QIR whose types are single tokens, or pointers to a named type
    types: dict[str, tuple[str, list[str]]] = {}
    for i, piece in enumerate(pieces):
        if piece.text == "declare" and piece.kind == "word":
            line = pieces[i + 1 : i + 60]
            opening = next((k for k, p in enumerate(line) if p.text == "("), 0)
            closing = next((k for k, p in enumerate(line) if p.text == ")"), 0)
            if 0 < opening < closing and line[opening - 1].text.startswith("@__quantum__"):
                returns = "".join(p.text for p in line[: opening - 1])
                inside = "".join(f" {p.text}" for p in line[opening + 1 : closing]).split(" ,")
                kinds = [part.split() for part in inside if part.strip()]
                plain = ["".join(kind) for kind in kinds if _is_plain(kind)]
                if len(plain) == len(kinds) and (returns == "void" or _is_plain([p.text for p in line[: opening - 1]])):
                    types[line[opening - 1].text] = returns, plain
    return types


def _is_plain(kind: list[str]) -> bool:
    first, *others = kind
    return (first in _SIMPLE and not others) or (first.startswith(("%", "i8")) and others == ["*"])


def _token_rewriting(change: Change, gap: Gap) -> Callable[[str, Random], Rewritten]:
    return lambda text, random: written(change(read_placed_tokens(text), random), gap, random)


def _as_bitcode(text: str, _random: Random) -> Rewritten:
    return Rewritten(llvm.parse_assembly(text, llvm.create_context()).as_bitcode())


def _as_printed(text: str, _random: Random) -> Rewritten:
    return Rewritten(str(llvm.parse_assembly(text, llvm.create_context())).encode())


REWRITINGS: dict[str, Callable[[str, Random], Rewritten]] = {
    "line breaks": _token_rewriting(_unchanged, _broken),
    "comments": _token_rewriting(_unchanged, _commented),
    "comments within lines": _token_rewriting(_unchanged, _commented_within_lines),
    "one line": _token_rewriting(_unchanged, _in_one_line),
    "type aliases": _token_rewriting(_with_aliases, as_it_was),
    "opaque pointers": _token_rewriting(_opaque, as_it_was),
    "typed pointers": _token_rewriting(_typed, as_it_was),
    "through memory": _token_rewriting(_by_memory, as_it_was),
    "blocks reordered": _token_rewriting(_reordered, as_it_was),
    "functions split off": _token_rewriting(_split_off, as_it_was),
    "names renamed": _token_rewriting(_renamed, as_it_was),
    "names quoted": _token_rewriting(_quoted, as_it_was),
    "attribute groups first": _token_rewriting(_groups_first, as_it_was),
    **{name: _token_rewriting(change, as_it_was) for name, change in CASTS.items()},
    "variables of LLVM's names": _token_rewriting(with_variables_of_llvm, as_it_was),
    "bitcode": _as_bitcode,
    "LLVM's printing": _as_printed,
}
BY_LLVM = frozenset({"bitcode", "LLVM's printing"})
