"""Whatever a user holds, as the bytes of a QIR module."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from qirjit_magic.errors import SourceError

STDIN = "-"
_DEFINES = re.compile(r"\s*[@%!$]\S+ = ")
_NOT_A_NAME = re.compile(r"[^\w.-]+")


@runtime_checkable
class HasQir(Protocol):
    """What Q#'s compiled programs and others offer: their QIR."""

    def _repr_qir_(self) -> bytes | str:
        """Text or bitcode."""
        ...


@runtime_checkable
class HasBitcode(Protocol):
    """What pyqir's modules offer."""

    @property
    def bitcode(self) -> bytes:
        """The module as bitcode."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
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


def read_source(source: QirSource) -> Source:
    """The bytes of a path, a text, bitcode, or an object of a QIR-making package.

    A ``str`` with a line break, or that starts like LLVM IR, is text; any other is a path (``-`` is standard input).

    Raises:
        SourceError: there is no such file, or the object holds no QIR that can be got at.
    """
    match source:
        case Source():
            return source
        case bytes() | bytearray():
            return Source(bytes(source))
        case str() if _is_text(source):
            return Source(encoded(source))
        case str() | os.PathLike():
            return _read_file(os.fspath(source))
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


def _read_file(path: str) -> Source:
    if path == STDIN:
        return Source(sys.stdin.buffer.read(), "stdin")
    try:
        return Source(Path(path).expanduser().read_bytes(), module_name(path))
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; a ~user that nobody is
        why = getattr(error, "strerror", None)
        message = f"'{path}' cannot be read: {why or error}. Give the path of a .ll or .bc file."
        raise SourceError(message) from None
