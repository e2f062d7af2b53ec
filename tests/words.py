"""Numbers as the 64-bit words in which they cross."""

from __future__ import annotations

import struct


def double_word(value: float) -> int:
    """The bits of a double, as an integer in two's complement."""
    return int(struct.unpack("<q", struct.pack("<d", value))[0])
