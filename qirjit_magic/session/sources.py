"""Whatever a user holds, as the bytes of a QIR module."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

import msgspec

from qirjit_magic.errors import LocatedError, SourceError
from qirjit_magic.lazy_patterns import lazy_pattern
from qirjit_magic.limits import LimitError, Limits
from qirjit_magic.llvm_text import blank_comments_and_strings
from qirjit_magic.protocol.module_info import BITCODE
from qirjit_magic.sanitize import sanitize_line

STDIN = "-"
_PIECE = 1 << 20
_DEFINES = lazy_pattern(r"\s*[@%!$]\S+ = ")
# LLVM reads nested brackets by recursion: a hundred thousand of them overflow its stack.
_OPEN, _CLOSE = b"([{<", b")]}>"
_ROUND = bytes.maketrans(_OPEN + _CLOSE, b"(" * len(_OPEN) + b")" * len(_CLOSE))
_STEPS = bytes.maketrans(b"()", b"\x01\xff")
_ROUNDS = 16
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _OPEN + _CLOSE)
_NOT_A_NAME = lazy_pattern(r"[^\w.-]+")


@runtime_checkable
class HasQir(Protocol):
    """An object that offers its QIR, as Q#'s compiled programs and others do."""

    def _repr_qir_(self) -> bytes | str:
        """Text or bitcode."""


@runtime_checkable
class HasBitcode(Protocol):
    """An object that offers its bitcode, as pyqir's modules do."""

    @property
    def bitcode(self) -> bytes:
        """The module as bitcode."""


class Source(msgspec.Struct, frozen=True):
    """A module's bytes.

    Attributes:
        data: text (UTF-8) or bitcode.
        name: a name for the module, from the file; empty where there is none.
        lines_before: how many lines of what the user sees stand before the first line of ``data``.
    """

    data: bytes
    name: str = ""
    lines_before: int = 0


QirSource = Source | str | bytes | os.PathLike[str] | HasQir | HasBitcode


def read_source(source: QirSource, limits: Limits | None = None) -> Source:
    """The bytes of a path, a text, bitcode, or an object of a QIR-making package.

    A ``str`` with a line break, or that starts like LLVM IR, is text; any other is a path; the text ``-``,
    and no path object, is standard input.

    Args:
        source: one of these.
        limits: how long, and how deeply nested, it may be.

    Raises:
        SourceError: there is no such file, or the object holds no QIR that can be got at.
        LimitError: it is too long, or nested too deeply.
    """
    limits = limits or Limits()
    found = _found(source, limits.source_bytes)
    if len(found.data) > limits.source_bytes:
        raise LimitError("source_bytes", len(found.data), limits.source_bytes)
    depth = 0 if found.data.startswith(BITCODE) else bracket_depth(found.data, limits.nesting)
    if depth > limits.nesting:
        raise LimitError("nesting", depth, limits.nesting)
    return found


def bracket_depth(text: bytes, limit: int) -> int:
    """Return the depth of brackets in LLVM's text: exactly where that is more than ``most``, else an upper bound."""
    bound = _bound(_brackets(text))
    return (
        bound
        if bound <= limit
        else _depth(_brackets(blank_comments_and_strings(text.decode("latin-1")).encode("latin-1")))
    )


def _brackets(text: bytes) -> bytes:
    return text.translate(_ROUND, _NO_BRACKETS)


def _bound(brackets: bytes) -> int:
    # Each round takes away one level, fast: of what people write, nothing is left after a few.
    rounds = 0
    while brackets and rounds < _ROUNDS:
        shorter = brackets.replace(b"()", b"")
        if len(shorter) > len(brackets) // 2:
            break
        brackets, rounds = shorter, rounds + 1
    return rounds + brackets.count(b"(")


def _depth(brackets: bytes) -> int:
    return max(accumulate(memoryview(brackets.translate(_STEPS)).cast("b"), initial=0))


def _found(source: QirSource, limit: int) -> Source:
    match source:
        case Source():
            return source
        case bytes() | bytearray():
            return Source(bytes(source))
        case str() if _is_text(source):
            return Source(encoded(source))
        case str() | os.PathLike():
            return _read(source, limit)
        case HasQir():
            qir = source._repr_qir_()
            return Source(encoded(qir) if isinstance(qir, str) else bytes(qir))
        case HasBitcode():
            return Source(bytes(source.bitcode))
        case _:
            message = (
                f"{type(source).__name__} is nothing that QIR can be read from. Give a path, LLVM text, bitcode, or an "
                f"object with _repr_qir_() or .bitcode."
            )
            raise SourceError(message)


def module_name(text: str) -> str:
    """A name for a module from a file's name: ``my bell.ll`` gives ``my_bell``."""
    return _NOT_A_NAME.sub("_", Path(text).stem)


def encoded(text: str) -> bytes:
    """The text as UTF-8.

    Raises:
        SourceError: it holds half a character.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"the text cannot be written as UTF-8: {error}. Take {text[error.start]!r} out of it."
        raise SourceError(message) from None


def _is_text(source: str) -> bool:
    return (
        "\n" in source
        or _DEFINES.match(source) is not None
        or source.lstrip().startswith(("define ", "declare ", "; ", "source_filename", "target "))
    )


def _read(source: str | os.PathLike[str], limit: int) -> Source:
    # One byte more says that it is too long, whatever else there is.
    if source == STDIN:
        return Source(read_stdin(limit + 1), "stdin")
    return _read_file(os.fsdecode(source), limit)


def read_stdin(limit: int) -> bytes:
    """Standard input to its end, or so many bytes of it.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        if sys.stdin is not None:
            return read_up_to(sys.stdin.buffer, limit)
        why = "it is closed"
    except (OSError, ValueError) as error:  # a folder; open for writing; closed since
        why = getattr(error, "strerror", None) or str(error)
    message = f"standard input cannot be read: {why}. Give the path of a file, or pipe one in."
    raise SourceError(message)


def _read_file(path: str, limit: int) -> Source:
    try:
        with Path(path).expanduser().open("rb") as file:
            return Source(read_up_to(file, limit + 1), module_name(path))
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a ~user that nobody is
        why = getattr(error, "strerror", None)
        message = f"'{sanitize_line(path)}' cannot be read: {why or error}. Give the path of a .ll or .bc file."
        raise SourceError(message) from None


def read_up_to(file: BinaryIO, limit: int) -> bytes:
    """A file to its end, or so many bytes of it, in pieces: asked for all at once, room is made for what could be."""
    batches = []
    while limit and (batch := file.read(min(limit, _PIECE))):
        batches.append(batch)
        limit -= len(batch)
    return b"".join(batches)


@contextlib.contextmanager
def errors_moved_down(lines_before: int) -> Iterator[None]:
    """Errors in a source whose first line is so far down in what the user sees have their lines from there."""
    try:
        yield
    except LocatedError as error:
        raise error.moved_down(lines_before) from None
