"""`StateVectorSimulator`: all amplitudes of a state, by compiled kernels."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable
from functools import cache

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject
from qirjit_magic.engine.simulators.shared_library import AttachedSimulator, SharedLibrary
from qirjit_magic.engine.simulators.statevector.compiled import NEEDS, WORDS, MachineWord, statevector_object
from qirjit_magic.errors import SimulatorError
from qirjit_magic.protocol.shared_memory import Word
from qirjit_magic.protocol.simulator_specs import STATEVECTOR
from qirjit_magic.sandbox import get_platform

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
    addresses = get_platform().free_address_bytes() // _SHARE
    return min(positions, max(_FEWEST, (addresses // AMPLITUDE).bit_length() - 1)) if addresses >= 0 else positions


QUEUED, PASSES, GROUP, FIRST_ROOM = 4096, 8256, 1 << 16, 10
THREADS = 2  # more find the memory busy
# Positions from which on a state is taken group by group: alone where it is 16 MiB, sooner where threads share it.
_GROUPED, _SHARED = 20, 18
_KEPT_ROOM = 21  # 32 MiB
BRANCHES, BRANCH_WORDS, BRANCH_SLOTS = 512, 16, 1 << 11
_BRANCH_BYTES = 64 << 20  # for known states
_WORD = 8
_STEP, _WORDS = 0x9E3779B97F4A7C15, 1 << 64

_ARRAYS = MachineWord.RE, MachineWord.IM, MachineWord.OWN_RE, MachineWord.OWN_IM
# How many words the kernels' tables have.
_TABLES = {
    MachineWord.QUEUE: 4 * QUEUED,
    MachineWord.OWNERS: 64,
    MachineWord.WAITING: 32 * 64,
    MachineWord.LAST: 64,
    MachineWord.PASS_TABLE: 56 * PASSES,
    MachineWord.SCRATCH: 64,
    MachineWord.GROUP: 2 * GROUP * THREADS,
    MachineWord.BRANCH_TABLE: BRANCHES * BRANCH_WORDS,
    MachineWord.BRANCH_SLOTS: BRANCH_SLOTS,
}


class StateVectorSimulator(AttachedSimulator):
    """The simulator of this process; its code calls nothing in Python but for state dumps.

    Args:
        library: qirrunner's, for strings and arrays.
        c_library: for memory and mathematics.
        shared: the address of the shared memory in this process, which says what shot goes on.
    """

    holds_dumps = True

    def __init__(self, library: SharedLibrary, c_library: SharedLibrary, shared: int) -> None:
        self.spec = STATEVECTOR
        symbols = {name: ExternalSymbol(library.find(name) or c_library.find(name)) for name in NEEDS}
        self._linked = LinkedObject(statevector_object(), symbols)
        self._words = (ctypes.c_int64 * WORDS).from_address(self._linked.address("machine"))
        self._dumps: list[str] = []
        self._dump = ctypes.CFUNCTYPE(None)(_keep_dumps(self._words, self._dumps))
        self._begin_fusing = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(
            self._linked.address("qirjit_begin_fusing")
        )
        self._forget_branches = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(
            self._linked.address("qirjit_forget_branches")
        )
        self._memory: StateMemory | None = None
        self._place_tables()
        self._point("qirjit_dump_at", ctypes.cast(self._dump, ctypes.c_void_p).value or 0)
        self._point("qirjit_shot_at", shared + _WORD * Word.SHOT)

    def find(self, name: str) -> int:
        """The address of one of its QIR functions."""
        return self._linked.address(name) if name.startswith("__quantum__") else 0

    def bind_runtime(self, find: Callable[[str], int]) -> None:
        """Bind the runtime's function that leaves a shot, and the shot's number."""
        self._point("qirjit_leave_at", find("qirjit_leave"))
        self._point("qirjit_serial_at", find("qirjit_shots"))

    def begin(self, seed: int | None) -> None:
        """A run begins: its draws depend on the seed, the number of the shot and how many there were in the shot."""
        seed = int.from_bytes(os.urandom(8)) if seed is None else seed
        self._words[MachineWord.SEED] = ctypes.c_int64(_mixed(seed + _STEP)).value
        self._dumps.clear()
        self._forget_branches(ctypes.addressof(self._words))
        if self._memory is None:
            self._place_state()
        available = get_platform().available_bytes()
        self._words[MachineWord.AVAILABLE] = available
        most = self._fitting(available)
        self._words[MachineWord.MOST] = most
        self._words[MachineWord.KEEPING] = _BRANCH_BYTES
        self._words[MachineWord.KEEPING_FIRST] = max(0, available - (AMPLITUDE << most))  # beside the largest state
        self._words[MachineWord.LACKING] = 0

    def max_qubits(self) -> int:
        """For how many qubits in superposition there is memory now."""
        return self._fitting(get_platform().available_bytes())

    def _fitting(self, available: int) -> int:
        fit = (available // AMPLITUDE).bit_length() - 1
        most = max_positions() if self._memory is None else self._memory.positions
        return min(max(FIRST_ROOM, fit), most)

    @property
    def lacked_memory(self) -> bool:
        """Return whether a shot of this run has ended because the state had no room."""
        return self._words[MachineWord.LACKING] != 0

    def end(self) -> None:
        """Give back the memory of a large state, and of those that were known."""
        self._forget_branches(ctypes.addressof(self._words))
        if self._words[MachineWord.ROOM] > _KEPT_ROOM:
            self._place_state()

    def take_dumps(self) -> list[str]:
        """The text of each state dump since the last call."""
        taken = self._dumps[:]
        self._dumps.clear()
        return taken

    @property
    def machine_words(self) -> ctypes.Array[ctypes.c_int64]:
        """The words of ``@machine``."""
        return self._words

    @property
    def play_address(self) -> int:
        """The address of what plays a tape, for the shot loop."""
        return self._linked.address("qirjit_play")

    def _point(self, name: str, address: int) -> None:
        ctypes.c_void_p.from_address(self._linked.address(name)).value = address

    def _place_tables(self) -> None:
        # Pages that nobody touches cost nothing.
        self._tables = {word: (ctypes.c_int64 * (size + _WORD))() for word, size in _TABLES.items()}
        for word, table in self._tables.items():
            self._words[word] = -(-ctypes.addressof(table) // 64) * 64
        threads = min(THREADS, get_platform().processors())
        self._words[MachineWord.THREADS] = threads
        self._words[MachineWord.GROUPED] = _GROUPED if threads == 1 else _SHARED
        self._begin_fusing(ctypes.addressof(self._words))

    def _place_state(self) -> None:
        if self._memory is not None:
            self._memory.close()
        self._memory = StateMemory()
        self._memory.open(FIRST_ROOM)
        for word, address in zip(_ARRAYS, 2 * (self._memory.re, self._memory.im), strict=True):
            self._words[word] = address
        self._words[MachineWord.ROOM] = FIRST_ROOM
        self._words[MachineWord.POSITIONS] = 0


def _mixed(x: int) -> int:
    # As `draw` does it in kernels/machine.py: splitmix64.
    x %= _WORDS
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % _WORDS
    x = (x ^ x >> 27) * 0x94D049BB133111EB % _WORDS
    return x ^ x >> 31


def _keep_dumps(words: ctypes.Array[ctypes.c_int64], dumps: list[str]) -> Callable[[], None]:
    # No method of the simulator: of a circle the collector frees LLVM's parts in any order, which LLVM does not bear.
    def keep() -> None:
        from qirjit_magic.engine.simulators.statevector.dump_texts import state_text  # noqa: PLC0415 - NumPy, see `JitEngine`

        dumps.append(state_text(words))

    return keep
