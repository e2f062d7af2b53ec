"""Why an engine process died, as the error that says so, and what this system must leave one."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

import msgspec

from qirjit_magic.errors import EngineStartError, WorkerCrashedError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.protocol.shared_memory import Fault, FaultAccess, RecordMemory
from qirjit_magic.session.client.process import LOST, UNKNOWN, Limit, Stream
from qirjit_magic.system_memory import memory_limit, resource_limit

_MIN_ADDRESSES = 416 << 20
_MIN_FILES = 22  # for the first one of a cache, which prepares code of our own in one more process


def default_memory_limit() -> int:
    """Three quarters of the memory that this process could ever have, in bytes; 0, no limit, where nothing tells."""
    return (memory_limit() or 0) * 3 // 4


def address_limit() -> int:
    """The bytes of addresses that this process, and each that it starts, may have; 0 for no limit."""
    return resource_limit("RLIMIT_AS") or 0


def check_files() -> None:
    """Refuse where an engine could not open the files that it needs.

    Raises:
        EngineStartError: the limit of open files is too low.
    """
    limit = resource_limit("RLIMIT_NOFILE")
    if limit is not None and limit < _MIN_FILES:
        message = (
            f"a process may have {limit} files open here, and an engine takes {_MIN_FILES}. "
            "Raise RLIMIT_NOFILE: ulimit -n."
        )
        raise EngineStartError(message)


def check_addresses() -> None:
    """Refuse where an engine could not even load LLVM.

    Raises:
        EngineStartError: the limit of addresses is too low.
    """
    limit = address_limit()
    if 0 < limit < _MIN_ADDRESSES:
        message = (
            f"a process may have {limit >> 20:,} MiB of addresses here, and LLVM alone takes "
            f"{_MIN_ADDRESSES >> 20:,} MiB. Raise RLIMIT_AS: ulimit -v, or the job's limit of memory."
        )
        raise EngineStartError(message)


_MIB = 1 << 20
_SHOWN_CHARACTERS = 300
_GIVEN_UP = {"SIGABRT", "exit status 1"}

_NULL_PAGE = 1 << 16  # no program has memory below: vm.mmap_min_addr
_ADDRESSES = 1 << 64
_BELOW_STACK = 1 << 16
_ABOVE_STACK = 1 << 20  # within the frame of a function that takes so much of the stack at once
_NO_PERMISSION = 2  # SEGV_ACCERR of <asm-generic/siginfo.h>
_OF_PROCESSOR = 128  # SI_KERNEL: of an address that is none, x86-64 tells nothing
_HIGHEST_PID = 1 << 22  # PID_MAX_LIMIT of <linux/threads.h>
_INTEGER_DIVISION = 1  # FPE_INTDIV

_DIVISION = "division by zero, or of the smallest integer by -1"
_TRAP = "a trap instruction: llvm.trap, or a place that was declared unreachable"
_STOPPED = "it was stopped by a signal: SIGSTOP, or one of a terminal"
_FROM_OUTSIDE = "a signal from outside"
_BY_NAME = {
    "SIGSEGV": "an address that is not the program's, or a stack overflow",
    "SIGBUS": "an address where there is no memory",
    "SIGFPE": _DIVISION,
    "SIGILL": _TRAP,
    "SIGTRAP": _TRAP,
    "SIGABRT": "abort() was called",
    "SIGKILL": "from outside, or by the system where memory ran out",
    "SIGTERM": _FROM_OUTSIDE,
    "SIGHUP": _FROM_OUTSIDE,
    "SIGQUIT": _FROM_OUTSIDE,
}

_BY_ENDING = {
    LOST: "something else in this process has closed descriptors that it did not open, as os.closerange does",
    UNKNOWN: "its exit status is lost: this process ignores SIGCHLD, or something in it waits for all of its children",
}

_Words = re.Pattern[str]
# What Python, Rust, C++, the C library and LLVM say before they give up.
_NO_MEMORY = lazy_pattern(
    r"^(?:MemoryError\b|memory allocation of \d+ bytes failed\b|LLVM ERROR: out of memory\b)|\bstd::bad_alloc\b"
    r"|\b[Cc]annot allocate memory\b|\bfailed to map segment from shared object\b|\bcan't start new thread\b",
    re.MULTILINE,
)
_PANIC = lazy_pattern(r"\bpanicked at [^\n]*:\n(?P<words>.+?)(?:\n(?:note: |stack backtrace:|\n)|\n?\Z)", re.DOTALL)
_THROWN = lazy_pattern(
    r"^terminate called after throwing an instance of '(?P<words>.*)'(?:\n +what\(\): +(?P<more>.*))?", re.MULTILINE
)
_CORRUPTED = lazy_pattern(
    r"^(?P<words>(?:double free|free\(\)|malloc\(\)|realloc\(\)|munmap_chunk\(\)|corrupted |\*\*\* stack smashing).*)$",
    re.MULTILINE,
)
_LLVM = lazy_pattern(r"^LLVM ERROR: (?P<words>.*)$", re.MULTILINE)
_ASSERTION = lazy_pattern(r"\b(?P<words>Assertion [`'].*' failed)\.?$", re.MULTILINE)
_UNREACHABLE = lazy_pattern(r"^(?:(?P<words>.+)\n)?UNREACHABLE executed\b", re.MULTILINE)
_TRACEBACK = lazy_pattern(r"^Traceback \(most recent call last\):\n.*^(?P<words>\w.*)$", re.MULTILINE | re.DOTALL)
_LAST_WORDS: tuple[tuple[_Words, str], ...] = (
    (_PANIC, "a Rust panic"),
    (_THROWN, "a C++ exception that nobody caught"),
    (_CORRUPTED, "the C library found its memory corrupted"),
    (_TRACEBACK, "an exception in the engine itself"),
    (_LLVM, "LLVM gave up"),
    (_ASSERTION, "an assertion that does not hold"),
    (_UNREACHABLE, "LLVM gave up"),
)
_OF_LLVM = _LLVM, _ASSERTION, _UNREACHABLE
_COMPILING = "LLVM gave up while it compiled"


class ProcessEnd(msgspec.Struct, frozen=True):
    """The end of an engine process, with what it left.

    Attributes:
        how: a signal's name, an exit status, or what it did otherwise.
        stderr: both ends of what it wrote to its descriptor 2.
        fault: its note.
        pid: what its number was.
        compiling: whether it compiled a module.
        late: what had not ended when its time was over; empty where it was not, and where shots have no time.
        late_s: the seconds that it had, where these are over.
        stopped: whether a signal had stopped it.
        too_large: whether it was killed since it held more memory than it was allowed.
        memory_limit: the bytes that it was allowed; 0 without a limit.
        address_limit: the bytes of addresses, likewise.
    """

    how: str
    stderr: str = ""
    fault: Fault | None = None
    pid: int = 0
    compiling: bool = False
    late: str = ""
    late_s: float = 0
    stopped: bool = False
    too_large: bool = False
    memory_limit: int = 0
    address_limit: int = 0


def death_cause(ending: ProcessEnd) -> str:
    """Why it ended, as far as that can be told; empty where nothing can be."""
    if ending.how == "SIGKILL" and ending.late_s:
        return _late(ending)
    if ending.how == "SIGKILL" and ending.too_large:
        return f"out of memory{_limit_words(ending)}"
    return _from_sender(ending) or _from_words(ending) or _from_note(ending) or _from_name(ending)


def _late(ending: ProcessEnd) -> str:
    if not ending.late:
        return f"for {ending.late_s:g} s {_STOPPED}"
    text = f"{ending.late} had not ended after {ending.late_s:g} s"
    return f"{text}: {_STOPPED}" if ending.stopped else text


def _from_sender(ending: ProcessEnd) -> str:
    fault = _note(ending)
    if fault is None or fault.code > 0:
        return ""
    sender = fault.address & 0xFFFFFFFF
    if sender == ending.pid or sender > _HIGHEST_PID:
        return ""
    return f"sent by process {sender}" if sender else "sent by a process that cannot be seen from here"


def _note(ending: ProcessEnd) -> Fault | None:
    fault = ending.fault
    return fault if fault and fault.signal == getattr(signal, ending.how, None) else None


def _from_words(ending: ProcessEnd) -> str:
    if ending.how not in _GIVEN_UP:
        return ""
    if _NO_MEMORY.search(ending.stderr):
        return f"out of memory{_limit_words(ending)}"
    lines = ending.stderr.strip().splitlines()
    for pattern, words in _LAST_WORDS:
        if found := pattern.search(ending.stderr):
            text = ": ".join(filter(None, found.groups())) or lines[-1]
            return f"{_COMPILING if ending.compiling and pattern in _OF_LLVM else words}: {_shortened(text)}"
    return f"{_COMPILING}: {_shortened(lines[-1])}" if ending.compiling and lines else ""


def _limit_words(ending: ProcessEnd) -> str:
    if ending.address_limit and not 0 < ending.memory_limit <= ending.address_limit:
        return f": the limit of addresses, RLIMIT_AS (ulimit -v), is {ending.address_limit / _MIB:,.0f} MiB"
    return f": the limit is {ending.memory_limit / _MIB:,.0f} MiB" if ending.memory_limit else ""


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _from_name(ending: ProcessEnd) -> str:
    if ending.how.startswith("exit status"):
        return "it called exit or _exit"
    return _BY_NAME.get(ending.how) or _BY_ENDING.get(ending.how, "")


def _from_note(ending: ProcessEnd) -> str:
    fault = _note(ending)
    if fault is None:
        return ""
    if fault.code <= 0:
        return "" if ending.how == "SIGABRT" else "it sent the signal to itself"
    tell = _BY_SIGNAL.get(ending.how)
    return tell(fault, compiling=ending.compiling) if tell else ""


def _bad_address(fault: Fault, *, compiling: bool) -> str:
    address, access = fault.address, fault.access
    null = address < _NULL_PAGE or address >= _ADDRESSES - _NULL_PAGE
    if access is FaultAccess.RUN or (address == fault.counter and access is FaultAccess.UNKNOWN):
        return f"a call of {'a null pointer' if null else 'an address where no code is'}: {address:#x}"
    if fault.code == _OF_PROCESSOR:
        return "a read or write at, or a call of, an address that no memory can have"
    if fault.stack - _BELOW_STACK <= address < fault.stack + _ABOVE_STACK:
        deep = "the module is nested too deep for LLVM" if compiling else "recursion, or an alloca that is too large"
        return f"stack overflow: {deep}"
    did = {FaultAccess.READ: "a read", FaultAccess.WRITE: "a write"}.get(access, "a read or write")
    if null:
        return f"{did} through a null pointer: address {address:#x}"
    if fault.code == _NO_PERMISSION and access is FaultAccess.WRITE:
        return f"a write to memory that may only be read: address {address:#x}"
    return f"{did} at {address:#x}: that memory is not the program's"


def _arithmetic(fault: Fault, *, compiling: bool) -> str:  # noqa: ARG001 - the same whoever did it
    return _DIVISION if fault.code == _INTEGER_DIVISION else "an arithmetic operation that has no result"


def _unmapped_address(fault: Fault, *, compiling: bool) -> str:  # noqa: ARG001 - the same whoever did it
    return f"a read or write at {fault.address:#x}: there is no memory, or the address is not aligned"


_BY_SIGNAL: dict[str, Callable[..., str]] = {
    "SIGSEGV": _bad_address,
    "SIGFPE": _arithmetic,
    "SIGBUS": _unmapped_address,
}


_DEADLY = set(signal.Signals)
# How a process ends that nobody ended.
CRASH_NAMES = frozenset({"SIGABRT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "exit status 1"})
_END_CHARACTERS = 1000  # a Rust panic says why before a long backtrace


class StoppedByForce(Exception):  # noqa: N818 - nothing went wrong
    """The process was killed, because what was stopped did not end in the grace: internal."""


def crash_error(  # noqa: PLR0913 - what is known of a crash
    how: str,
    entry: str,
    errors: Stream,
    *,
    memory_limit: int,
    memory: RecordMemory | None = None,
    pid: int = 0,
    module: str = "",
    late: Limit | None = None,
    stopped: bool = False,
    too_large: bool = False,
) -> WorkerCrashedError:
    """The error for an engine process that died while it ran ``entry``.

    Args:
        how: a signal or an exit status.
        entry: the entry point; empty where none was run.
        errors: what it wrote to its descriptor 2.
        memory_limit: the bytes that it was allowed; 0 without a limit.
        memory: where its note of a fault is, which is taken, and the shot.
        pid: its number.
        module: the module that it compiled; empty where it compiled none.
        late: what had not ended when its time was over.
        stopped: whether a signal had stopped it.
        too_large: whether it was killed since it held more memory than it was allowed.
    """
    stderr = errors.head_and_tail(_END_CHARACTERS)
    fault = memory.take_fault() if memory else None
    shot = memory.running() if memory and entry else None
    if fault and how == UNKNOWN and fault.signal in _DEADLY:
        how = signal.Signals(fault.signal).name
    ending = ProcessEnd(
        how,
        stderr,
        fault,
        pid,
        compiling=bool(module),
        late=late.what if late else "",
        late_s=late.seconds if late else 0,
        stopped=stopped,
        too_large=too_large,
        memory_limit=memory_limit,
        address_limit=address_limit(),
    )
    late_s = late.seconds if late and how == "SIGKILL" else 0
    return WorkerCrashedError(how, entry, stderr, death_cause(ending), shot, module, late_s, stopped and late_s > 0)
