"""`MappedRegion`: a mapped file, and pages of it that nobody looks at now, which need not count as this process's."""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Callable

from qirjit_magic.sandbox.descriptors import Descriptor


def unmap_pages(mapping: mmap.mmap, start: int, length: int) -> None:
    """Map them no longer, until they are looked at again; what a file holds stays in it."""
    first = start // mmap.PAGESIZE * mmap.PAGESIZE
    length = (start + length) // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0 and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED, first, length)


class MappedRegion:
    """The base of the regions of each platform; see `Region`.

    Args:
        handle: the open file, which belongs to this object from now on.
        size: how many bytes are mapped.
        mapping: maps so many bytes of a file.
    """

    def __init__(self, handle: int, size: int, mapping: Callable[[int, int], mmap.mmap]) -> None:
        self._handle = Descriptor(handle)
        try:
            self._map = mapping(handle, size)
        except BaseException:  # no addresses are left: nobody gets this object, to close it
            self._handle.close()
            raise
        self.view = memoryview(self._map)

    @property
    def handle(self) -> int:
        """The file."""
        return self._handle.fileno()

    @property
    def is_lost(self) -> bool:
        """Return whether somebody else has closed the file, so that no child can inherit it."""
        return not self._handle.is_intact

    def unmap_pages(self, start: int, length: int) -> None:
        """Map no pages that nobody looks at now; their content stays where it is."""
        unmap_pages(self._map, start, length)

    def close(self) -> None:
        """Unmap and close; where somebody still reads it, it stays mapped until they do not."""
        self._handle.close()
        with contextlib.suppress(BufferError):
            self.view.release()
            self._map.close()
