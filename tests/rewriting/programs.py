"""The programs that are written in other ways: those of the tests, the tutorial, and the public ones beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import llvmlite.binding as llvm

from tests.files import PROGRAMS, TUTORIAL_PROGRAMS, corpus

# What these do is about time, memory or the process, and takes it
_SLOW = frozenset(
    (
        *("endless", "floods", "busy", "slow_coin", "slow_shots", "million_lines", "wants_all_memory", "wide"),
        *(
            "prints_once_and_floods",
            "count_reader",
            "invalid_asm",
            "shared_shots",
            "asks_for_the_process",
            "counts_and_asks",
        ),
    )
)
_LONGEST = 1 << 16


def paths() -> Iterator[Path]:
    """Their files, those of the tests first."""
    folders = [PROGRAMS, TUTORIAL_PROGRAMS]
    if (public := corpus()) is not None:
        folders += [public, public.parent / "cases"]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".ll", ".bc"} and path.stem not in _SLOW and path.stat().st_size <= _LONGEST:
                yield path


def read_program(path: Path) -> str | None:
    """A program's text; of bitcode as LLVM prints it, None where there is none."""
    data = path.read_bytes()
    if b"\\" in data and path.stem in {"name_not_utf8", "attribute_not_utf8"}:
        return None
    try:
        return str(llvm.parse_bitcode(data, llvm.create_context())) if path.suffix == ".bc" else data.decode()
    except (RuntimeError, UnicodeDecodeError):
        return None
