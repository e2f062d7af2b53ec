"""What is done to a program's text. Each takes a `Random`, the text and the seeds, and gives another text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.fuzzing.seeds import Seeds
from tests.fuzzing.tokens import Token, tokens

Mutator = Callable[[Random, bytes, Seeds], bytes]
_HUGE = (
    *(b"2147483647", b"2147483648", b"4294967295", b"4294967296", b"9223372036854775807", b"9223372036854775808"),
    *(b"18446744073709551615", b"18446744073709551616", b"-9223372036854775808", b"16777215", b"8388608", b"1048576"),
    *(b"1000000000000", b"99999999999999999999999999", b"9" * 400, b"9" * 50_000, b"1e999", b"0xFFFFFFFFFFFFFFFF"),
)
_STRANGE = (
    *(
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xf0\x9f\x98\x80",
        b"\xe2\x80\xae",
        b"\r",
        b"\x1b[2J",
    ),
    *(b"\\00", b'"', b"\xc2\x85", b"\xe2\x80\xa8", b"BC\xc0\xde", b"\x7f", b"\\", b"\n\n\n", b"<script>"),
)
_DEPTHS = (3, 30, 300, 900, 3_000, 100_000)
_SWAPPED = {"name", "local", "number", "type", "opcode", "word", "string", "reference"}


def flip_bytes(random: Random, text: bytes, _: Seeds) -> bytes:
    """Some bits of some bytes are others."""
    changed = bytearray(text)
    for _turn in range(random.randint(1, 4)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def swap_tokens(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """Some words are others of their kind."""
    return _replace(random, text, lambda token: seeds.words[token.kind], count=random.randint(1, 3))


def swap_own_tokens(random: Random, text: bytes, _: Seeds) -> bytes:
    """Some words are others of their kind in this very program: much of what comes out is valid."""
    own: dict[str, list[bytes]] = {}
    for token in tokens(text):
        own.setdefault(token.kind, []).append(text[token.start : token.end])
    return _replace(random, text, lambda token: own[token.kind], count=random.randint(1, 3))


def swap_kinds(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """A word is one of another kind."""
    return _replace(random, text, lambda _: seeds.words[random.choice(sorted(_SWAPPED & set(seeds.words)))], count=1)


def insert_token(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """A word more, somewhere."""
    found = list(tokens(text))
    if not found:
        return text
    place = random.choice(found).end
    word = random.choice(seeds.words[random.choice(("word", "word", "type", "number"))])
    return text[:place] + b" " + word + b" " + text[place:]


def drop_token(random: Random, text: bytes, _: Seeds) -> bytes:
    """A word less."""
    return _replace(random, text, lambda _: (b"",), count=1)


def set_huge(random: Random, text: bytes, _: Seeds) -> bytes:
    """A number is a huge one: a size, an alignment, a value, a width."""
    numbers = [(t.start, t.end) for t in tokens(text) if t.kind == "number"]
    numbers += [(t.start + 1, t.end) for t in tokens(text) if t.kind == "type" and text[t.start : t.start + 1] == b"i"]
    numbers += [
        (t.start + 1, t.end - 1) for t in tokens(text) if t.kind == "string" and text[t.start + 1 : t.end - 1].isdigit()
    ]
    if not numbers:
        return text
    start, end = random.choice(numbers)
    return text[:start] + random.choice(_HUGE) + text[end:]


def align_hugely(random: Random, text: bytes, _: Seeds) -> bytes:
    """A line asks for an alignment or an address space."""
    what = random.choice((b"align ", b"addrspace(", b"alignstack("))
    number = random.choice((*_HUGE, b"1073741824", b"65536", b"3", b"8", b"0"))
    return _at_line_end(random, text, b", " + what + number + (b")" if what.endswith(b"(") else b""))


def truncate(random: Random, text: bytes, _: Seeds) -> bytes:
    """The end is missing."""
    return text[: random.randrange(len(text))]


def splice(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """The beginning of one program, and the end of another."""
    ours, theirs = text.splitlines(keepends=True), _other(random, seeds).splitlines(keepends=True)
    return b"".join(ours[: random.randint(0, len(ours))] + theirs[random.randint(0, len(theirs)) :])


def graft(random: Random, text: bytes, seeds: Seeds) -> bytes:
    """Some lines of another program amid this one."""
    ours, theirs = text.splitlines(keepends=True), _other(random, seeds).splitlines(keepends=True)
    place, start = random.randint(0, len(ours)), random.randrange(max(1, len(theirs)))
    return b"".join(ours[:place] + theirs[start : start + random.choice((1, 2, 5, 20))] + ours[place:])


def drop_lines(random: Random, text: bytes, _: Seeds) -> bytes:
    """Some lines are missing."""
    lines = text.splitlines(keepends=True)
    start = random.randrange(len(lines))
    return b"".join(lines[:start] + lines[start + random.choice((1, 1, 1, 2, 5)) :])


def repeat_lines(random: Random, text: bytes, _: Seeds) -> bytes:
    """Some lines come again, seldom very often."""
    lines = text.splitlines(keepends=True)
    start = random.randrange(len(lines))
    end = start + random.choice((1, 1, 2, 5))
    times = random.choice((1, 1, 1, 2, 10, 1000))
    return b"".join(lines[:end] + lines[start:end] * times + lines[end:])


def swap_lines(random: Random, text: bytes, _: Seeds) -> bytes:
    """Two lines change places."""
    lines = text.splitlines(keepends=True)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def insert_strange(random: Random, text: bytes, _: Seeds) -> bytes:
    """A NUL, a half character, another format's magic number, somewhere."""
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(_STRANGE) + text[place:]


def nest_deeply(random: Random, text: bytes, _: Seeds) -> bytes:
    """A type, a constant, metadata, parentheses, to a great depth."""
    depth = random.choice(_DEPTHS)
    begin, middle, end, whole = random.choice(_NESTS)
    nested = begin * depth + middle + end * depth
    if whole and random.random() < 0.7:
        return text + b"\n" + whole.replace(b"HERE", nested)
    found = [token for token in tokens(text) if token.kind in {"type", "number", "word"}]
    if not found:
        return text + nested
    token = random.choice(found)
    return text[: token.start] + nested + text[token.end :]


_NESTS = (
    (b"[1 x ", b"i8", b"]", b"@nested = global HERE zeroinitializer\n"),
    (b"{ ", b"i8", b" }", b"@nested = global HERE zeroinitializer\n"),
    (b"<{ ", b"ptr", b" }>", b"define void @nested(ptr %p) {\n  %v = load HERE, ptr %p\n  ret void\n}\n"),
    (b"void (", b"i8", b")", b"@nested = global ptr null, !t !{ HERE }\n"),
    (b"!{", b"i32 1", b"}", b"!nested = !{!99999}\n!99999 = HERE\n"),
    (b"getelementptr (i8, ptr ", b"null", b", i64 1)", b"@nested = global ptr HERE\n"),
    (b"(", b"i8", b")", b""),
    (b"ptrtoint (ptr inttoptr (i64 ", b"1", b" to ptr) to i64)", b"@nested = global i64 HERE\n"),
    (b"add (i64 1, i64 ", b"1", b")", b"@nested = global i64 HERE\n"),
    (b"'", b"", b"'", b""),
)

MUTATORS: tuple[tuple[int, Mutator], ...] = (
    *((2, flip_bytes), (5, swap_tokens), (6, swap_own_tokens), (1, swap_kinds), (2, insert_token), (1, drop_token)),
    *((4, set_huge), (1, align_hugely), (1, truncate), (1, splice), (2, graft), (1, drop_lines), (2, repeat_lines)),
    *((1, swap_lines), (1, insert_strange), (1, nest_deeply)),
)
"""How often each is chosen, beside the others."""


def _replace(
    random: Random, text: bytes, choices: Callable[[Token], tuple[bytes, ...] | list[bytes]], *, count: int
) -> bytes:
    found = [token for token in tokens(text) if token.kind in _SWAPPED]
    chosen = random.sample(found, min(count, len(found)))
    for token in sorted(chosen, key=lambda token: -token.start):
        text = text[: token.start] + random.choice(choices(token)) + text[token.end :]
    return text


def _other(random: Random, seeds: Seeds) -> bytes:
    return random.choice(list(seeds.texts.values()))


def _at_line_end(random: Random, text: bytes, more: bytes) -> bytes:
    lines = text.split(b"\n")
    line = random.choice(list(_with_code(lines)) or [0])
    lines[line] = lines[line].rstrip() + more
    return b"\n".join(lines)


def _with_code(lines: list[bytes]) -> Iterator[int]:
    return (index for index, line in enumerate(lines) if line.lstrip()[:1] in {b"%", b"@", b"s", b"c", b"d"})
