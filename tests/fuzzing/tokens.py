"""The words of LLVM text, and a dictionary of those that programs use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_OPCODES = frozenset(
    b"add sub mul udiv sdiv urem srem shl lshr ashr and or xor fadd fsub fmul fdiv frem fneg icmp fcmp select phi call "
    b"load store alloca getelementptr br switch ret unreachable zext sext trunc fptosi fptoui sitofp uitofp fpext "
    b"fptrunc bitcast inttoptr ptrtoint extractvalue insertvalue freeze indirectbr invoke resume landingpad fence "
    b"atomicrmw cmpxchg va_arg extractelement insertelement shufflevector eq ne slt sle sgt sge ult ule ugt uge".split()
)
_TOKENS = re.compile(
    rb"(?P<space>\s+)"
    rb"|(?P<comment>;[^\n]*)"
    rb'|(?P<name>@(?:[-\w.$]+|"[^"\n]*"))'
    rb'|(?P<local>%(?:[-\w.$]+|"[^"\n]*"))'
    rb"|(?P<reference>[!#][\w.]*)"
    rb'|(?P<string>c?"(?:[^"\\\n]|\\.)*")'
    rb"|(?P<number>-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|0x[0-9A-Fa-f]+))"
    rb"|(?P<type>(?:i\d+|ptr|void|double|float|half|label|metadata|token|opaque)\b)"
    rb"|(?P<word>[A-Za-z_][\w.]*)"
    rb"|(?P<sign>.)",
    re.DOTALL,
)
# What the programs at hand have too little of. Nothing here reaches the C library or holds machine code.
_MORE: Mapping[str, bytes] = {
    "type": b"i1 i7 i33 i65 i128 i4096 half bfloat fp128 x86_fp80 ptr token metadata label {}",
    "number": b"0 1 -1 2 63 64 65 127 255 256 65535 65536 0x0 0x7FF0000000000000 1.0 -0.0 1e300",
    "word": b"undef poison null zeroinitializer true false none private internal weak linkonce_odr common external "
    b"available_externally extern_weak appending hidden thread_local dso_local unnamed_addr constant global alias "
    b"comdat section align addrspace gc personality prefix prologue fastcc coldcc tailcc swiftcc ghccc amdgpu_kernel "
    b"preserve_allcc x86_stdcallcc musttail notail tail volatile atomic inbounds nuw nsw exact byval sret inalloca "
    b"preallocated nest swiftself swifterror naked noreturn noinline alwaysinline optnone optsize returns_twice "
    b"readnone convergent speculatable strictfp splat vscale blockaddress dso_local_equivalent no_cfi distinct",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a program.

    Attributes:
        kind: ``name``, ``local``, ``number``, ``type``, ``opcode``, ``word``, ``string``, ``reference``, ``sign`` …
        start: where it begins.
        end: where it ends.
    """

    kind: str
    start: int
    end: int


def tokens(text: bytes) -> Iterator[Token]:
    """The words of a program, without spaces and comments."""
    for found in _TOKENS.finditer(text):
        kind = found.lastgroup or ""
        if kind in {"space", "comment"}:
            continue
        if kind == "word" and found[0] in _OPCODES:
            kind = "opcode"
        yield Token(kind, found.start(), found.end())


def replaced(text: bytes, places: Iterable[Token], word: bytes) -> bytes:
    """The text with another word in these places, which are in order."""
    pieces, position = [], 0
    for token in places:
        pieces += [text[position : token.start], word]
        position = token.end
    return b"".join([*pieces, text[position:]])


def dictionary(texts: Iterable[bytes]) -> dict[str, tuple[bytes, ...]]:
    """All words that these programs use, and some more, by kind, in an order of their own."""
    found: dict[str, set[bytes]] = {kind: set(more.split()) for kind, more in _MORE.items()}
    found["opcode"] = set(_OPCODES)
    for text in texts:
        for token in tokens(text):
            found.setdefault(token.kind, set()).add(text[token.start : token.end])
    return {kind: tuple(sorted(words)) for kind, words in sorted(found.items())}
