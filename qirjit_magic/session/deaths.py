"""Why an engine process died, as the error that says so."""

from __future__ import annotations

import re

from qirjit_magic.errors import WorkerCrashedError
from qirjit_magic.session.streams import Stream

_END_CHARACTERS = 1000  # a Rust panic says why before a long backtrace
_MIB = 1 << 20
# What Python, Rust, C++ and LLVM say before they give up.
_NO_MEMORY = re.compile(
    r"^(?:MemoryError\b|memory allocation of \d+ bytes failed\b|LLVM ERROR: out of memory\b)|\bstd::bad_alloc\b",
    re.MULTILINE,
)
_GIVEN_UP = {"SIGABRT", "exit status 1"}


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The process was killed, because what was stopped did not end in the grace: internal."""


def crash(cause: str, entry: str, errors: Stream, *, memory_limit: int) -> WorkerCrashedError:
    """The error for an engine process that died of ``cause`` while it ran ``entry``.

    Args:
        cause: a signal or an exit status.
        entry: the entry point; empty where none was run.
        errors: what it wrote to its descriptor 2.
        memory_limit: the bytes that it was allowed; 0 without a limit.
    """
    said = errors.both_ends(_END_CHARACTERS)
    return WorkerCrashedError(cause, entry, said, _reason(cause, said, memory_limit))


def _reason(cause: str, said: str, memory_limit: int) -> str:
    if cause not in _GIVEN_UP or not _NO_MEMORY.search(said):
        return ""
    return f"out of memory{f': the limit is {memory_limit / _MIB:,.0f} MiB' if memory_limit else ''}"
