"""Pages of a mapping that nobody looks at now: they need not count as this process's."""

from __future__ import annotations

import mmap


def let_go(mapping: mmap.mmap, start: int, length: int) -> None:
    """Map them no longer, until they are looked at again; what a file holds stays in it."""
    first = start // mmap.PAGESIZE * mmap.PAGESIZE
    length = (start + length) // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0 and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED, first, length)
