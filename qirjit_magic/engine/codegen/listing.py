"""Object code as a readable listing: its format, its sections, the bytes of its code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import llvmlite.binding as llvm
import msgspec

LISTED_BYTES = 2 << 10
_ROW = 16
_PRINTABLE = bytes(byte if chr(byte).isascii() and chr(byte).isprintable() else ord(".") for byte in range(256))
_MACH_O_NAME = 16  # bytes of a name's field, which a name may fill without a NUL after it
_FORMATS = (
    (b"\x7fELF\x01", "elf32"),
    (b"\x7fELF\x02", "elf64"),
    (b"\xce\xfa\xed\xfe", "mach-o 32"),
    (b"\xcf\xfa\xed\xfe", "mach-o 64"),
)


class _Section(msgspec.Struct, frozen=True):
    name: str
    size: int
    code: bytes | None  # None for data, which need not be in the file at all

    @property
    def kind(self) -> str:
        return "data" if self.code is None else "code"


def object_listing(object_code: bytes) -> str:
    """Object code as text: a head line, a table of its sections, the first `LISTED_BYTES` of each section of code.

    Args:
        object_code: what `ObjectEmitter` made, and nothing else: LLVM ends the process where it cannot read it.
    """
    sections = _sections(object_code)
    return "\n".join((_head(object_code), "", *_table(sections), *(line for s in sections for line in _dump(s))))


def _head(object_code: bytes) -> str:
    digest = hashlib.sha256(object_code).hexdigest()
    return f"object code: {len(object_code):,} bytes, SHA-256 {digest}, {_format(object_code)}"


def _format(object_code: bytes) -> str:
    return next((name for magic, name in _FORMATS if object_code.startswith(magic)), "format unknown")


def _sections(object_code: bytes) -> list[_Section]:
    longest = _MACH_O_NAME if _format(object_code).startswith("mach-o") else None
    file = llvm.ObjectFileRef.from_data(object_code)
    try:
        return [
            _Section(
                # as a string is escaped in Python: a program chooses the names, and may choose any bytes
                name=section.name()[:longest].decode("latin-1").encode("unicode_escape").decode("ascii"),
                size=section.size(),
                # never the data: zeros that are not in the file have a size, too, and reading them reads past its end
                code=section.data() if section.is_text() else None,
            )
            for section in file.sections()
            if section.name()  # ELF's first section is none
        ]
    finally:
        file.close()


def _table(sections: list[_Section]) -> Iterator[str]:
    yield f"{'bytes':>12}  kind  section"
    for section in sections:
        yield f"{section.size:>12,}  {section.kind}  {section.name}"


def _dump(section: _Section) -> Iterator[str]:
    if not section.code:
        return
    yield ""
    yield section.name
    for offset in range(0, min(len(section.code), LISTED_BYTES), _ROW):
        yield _row(section.code[offset : offset + _ROW], offset)
    if (more := len(section.code) - LISTED_BYTES) > 0:
        yield f"… {more:,} more byte{'' if more == 1 else 's'}"


def _row(row: bytes, offset: int) -> str:
    return f"{offset:08x}  {row.hex(' '):<{3 * _ROW - 1}}  |{row.translate(_PRINTABLE).decode('ascii')}|"
