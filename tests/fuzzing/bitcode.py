"""What is done to bitcode. Each takes a `Random`, the bitcode and the seeds, and gives other bytes."""

from __future__ import annotations

import struct
from random import Random

from tests.fuzzing.seeds import Seeds
from tests.fuzzing.text import Mutator

_MAGIC = 4  # bytes that stay as they are: without them it would be text
_WRAPPER = 0x0B17C0DE
_WORDS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x00FFFFFF, 0xDEC04342)


def flip_bits(random: Random, code: bytes, _: Seeds) -> bytes:
    """Some bits are others."""
    changed = bytearray(code)
    for _turn in range(random.choice((1, 1, 1, 2, 4, 8))):
        changed[_place(random, code)] ^= 1 << random.randrange(8)
    return bytes(changed)


def truncate_bitcode(random: Random, code: bytes, _: Seeds) -> bytes:
    """The end is missing, mostly not in the middle of a word."""
    end = _place(random, code)
    return code[: end if random.randrange(4) == 0 else end & ~3]


def splice_bitcode(random: Random, code: bytes, seeds: Seeds) -> bytes:
    """The beginning of one, the end of another."""
    other = random.choice(list(seeds.bitcodes.values()))
    return code[: _place(random, code) & ~3] + other[_place(random, other) & ~3 :]


def repeat_words(random: Random, code: bytes, _: Seeds) -> bytes:
    """Some words come again."""
    start = _place(random, code) & ~3
    return code[:start] + code[start : start + 4 * random.choice((1, 4, 64))] * 2 + code[start:]


def drop_words(random: Random, code: bytes, _: Seeds) -> bytes:
    """Some words are missing."""
    start = _place(random, code) & ~3
    return code[:start] + code[start + 4 * random.choice((1, 4, 64)) :]


def set_word(random: Random, code: bytes, _: Seeds) -> bytes:
    """A word is a huge number, or nothing."""
    start = _place(random, code) & ~3
    return code[:start] + struct.pack("<I", random.choice(_WORDS)) + code[start + 4 :]


def wrap(random: Random, code: bytes, _: Seeds) -> bytes:
    """It is inside the wrapper that some systems put around bitcode, which may lie about its size."""
    size = random.choice((len(code), *_WORDS))
    return struct.pack("<5I", _WRAPPER, 0, random.choice((20, 20, *_WORDS)), size, 7) + code


def append_bytes(random: Random, code: bytes, _: Seeds) -> bytes:
    """Something stands behind it."""
    return code + random.randbytes(random.choice((1, 4, 64, 4096)))


MUTATORS: tuple[tuple[int, Mutator], ...] = (
    *((12, flip_bits), (2, truncate_bitcode), (2, splice_bitcode), (1, repeat_words), (1, drop_words)),
    *((3, set_word), (1, wrap), (1, append_bytes)),
)
"""How often each is chosen, beside the others."""


def _place(random: Random, code: bytes) -> int:
    return random.randrange(min(_MAGIC, len(code) - 1), len(code))
