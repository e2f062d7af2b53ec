"""The memory of a state: addresses are reserved at once, memory is taken as the state grows."""

from __future__ import annotations

import ctypes
import mmap
import os
from functools import cache

from qirjit_magic.errors import SimulatorError
from qirjit_magic.sandbox import choose

_NOTHING, _FAILED = 0, ctypes.c_void_p(-1).value
_PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
_HUGE_PAGES = 14  # MADV_HUGEPAGE of <asm-generic/mman-common.h>
# Where nothing else is: LLVM puts the parts of an object where it finds room, and they must lie within 2 GiB.
_LONELY, _PLACES = 0x2000_0000_0000, 128
_APART = 17 * 4096  # so that the same index of the two arrays is not the same place of a cache
AMPLITUDE = 16
_FEWEST = 10  # positions that everybody has room for
_SHARE = 2  # the other half of the addresses is for everything else


class StateMemory:
    """Two arrays of doubles, the real and the imaginary parts, that can grow without moving.

    Attributes:
        re: the address of the first one.
        im: the address of the other.
    """

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.mmap.restype = ctypes.c_void_p
        self.positions = max_positions()
        while not (address := self._reserve()):
            self.positions -= 1
            if self.positions < _FEWEST:
                message = (
                    "there are no addresses for a state: raise the limit of the addresses that a process may have, "
                    "RLIMIT_AS (ulimit -v)."
                )
                raise SimulatorError(message)
        self.re = address
        self.im = self.re + (8 << self.positions) + _APART

    def _reserve(self) -> int:
        self.size = (AMPLITUDE << self.positions) + _APART
        size, flags = ctypes.c_size_t(self.size), _PRIVATE | getattr(mmap, "MAP_NORESERVE", 0)
        for place in range(_PLACES):
            wanted = _LONELY + (place << self.size.bit_length())
            address = self._library.mmap(ctypes.c_void_p(wanted), size, _NOTHING, flags, -1, ctypes.c_long(0))
            if address == wanted or place == _PLACES - 1 or address in {None, _FAILED}:
                break
            self._library.munmap(ctypes.c_void_p(address), size)  # somebody is there: another state, in tests
        if address in {None, _FAILED}:
            return 0
        if hasattr(mmap, "MADV_HUGEPAGE"):
            self._library.madvise(ctypes.c_void_p(address), size, _HUGE_PAGES)
        return int(address)

    def open(self, positions: int) -> None:
        """Make memory of the first addresses, for a state of so many positions.

        Raises:
            SimulatorError: there is none.
        """
        for address in (self.re, self.im):
            size = ctypes.c_size_t(8 << positions)
            if self._library.mprotect(ctypes.c_void_p(address), size, mmap.PROT_READ | mmap.PROT_WRITE):
                message = f"there is no memory for a state of {positions} qubits: raise the limit of memory."
                raise SimulatorError(message)

    def close(self) -> None:
        """Free it."""
        self._library.munmap(ctypes.c_void_p(self.re), ctypes.c_size_t(self.size))


@cache  # once a state has its addresses, there are fewer left
def max_positions() -> int:
    """The qubits of the largest state that this machine could ever hold, and that this process has addresses for."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    positions = physical.bit_length() - AMPLITUDE.bit_length() + 1
    addresses = choose().free_addresses() // _SHARE
    return min(positions, max(_FEWEST, (addresses // AMPLITUDE).bit_length() - 1)) if addresses >= 0 else positions
