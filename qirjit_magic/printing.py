"""Standard output and error of the command line, which may be closed, full, or read by nobody."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TextIO

INTERRUPTED = 130


class OutputError(Exception):
    """Standard output takes no more of what is printed."""


class _ClosedOutput(io.TextIOBase):
    # What stands for a standard output that was closed before Python began.

    _lost = False

    def write(self, text: str, /) -> int:
        self._lost = self._lost or bool(text)
        self.flush()
        return 0

    def flush(self) -> None:
        if self._lost:
            raise OSError(errno.EBADF, "it is closed")

    def forget(self) -> None:
        """Be told no more of: Python writes what is left when it ends, and would complain again."""
        self._lost = False


def open_streams() -> None:
    """Have three standard descriptors and the two streams, whatever this process was given.

    What is opened later must not become one of them: an engine process would write its output there.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def print_out(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        BrokenPipeError: nobody reads it.
        OutputError: it cannot be written.
    """
    _write(sys.stdout, text)


def print_bytes(data: bytes) -> None:
    """Write to standard output, byte for byte.

    Raises:
        BrokenPipeError, OutputError: see `print_out`.
    """
    with _writing(sys.stdout):
        _write_all(sys.stdout, data)


def flush_out() -> None:
    """Write what others have printed, such as a parser its help.

    Raises:
        BrokenPipeError, OutputError: see `print_out`.
    """
    _write(sys.stdout, "")


def print_error(text: str) -> None:
    """Write to standard error; where that cannot be, there is nobody to tell."""
    with contextlib.suppress(OutputError, BrokenPipeError):
        _write(sys.stderr, text)


def discard_output() -> None:
    """Have what is still to be written to standard output go nowhere, as Python's documentation advises."""
    if isinstance(sys.stdout, _ClosedOutput):
        sys.stdout.forget()
        return
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(stream: TextIO, text: str) -> None:
    with _writing(stream):
        _write_all(stream, text.encode(stream.encoding or "utf-8", stream.errors or "backslashreplace"))


def _write_all(stream: TextIO, data: bytes) -> None:
    # Python's own streams take a part for the whole where they have no buffer, as PYTHONUNBUFFERED wants it.
    stream.flush()
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # of a test, or closed
        stream.write(data.decode("utf-8", "replace"))
        stream.flush()
        return
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:  # another process has made it so
            select.select([], [descriptor], [])


@contextlib.contextmanager
def _writing(stream: TextIO) -> Iterator[None]:
    with _leaving_where_nobody_reads(stream):
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            message = f"the output cannot be written: {error.strerror or error}."
            raise OutputError(message) from None


@contextlib.contextmanager
def _leaving_where_nobody_reads(stream: TextIO) -> Iterator[None]:
    # A run counts interrupts, and looks at them between what it prints: never where this waits for a reader.
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if not _takes_more(stream):
            os._exit(INTERRUPTED)
        before(number, frame)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _takes_more(stream: TextIO) -> bool:
    try:
        return bool(select.select([], [stream], [], 0)[1])
    except (OSError, ValueError):  # closed, or no descriptor that can be asked
        return True
