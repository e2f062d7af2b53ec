"""The programs that are written in other ways: those of the tests, the tutorial, and the public ones beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import llvmlite.binding as llvm

from tests.files import PROGRAMS, TUTORIAL_PROGRAMS, corpus

_RUNS_ON = "it runs until it is stopped"
_MANY_PROCESSES = "its point is in several processes, or in Python's functions"
_LEFT_OUT = {
    "distinct_messages": "its shots have millions of messages",
    **dict.fromkeys(("endless", "busy", "slow_coin", "slow_shots", "every_capability"), _RUNS_ON),
    **dict.fromkeys(("floods", "prints_once_and_floods", "wants_all_memory", "wide"), "it takes memory until it ends"),
    **dict.fromkeys(("count_reader", "counts_and_asks", "asks_for_the_process", "shared_shots"), _MANY_PROCESSES),
    "million_lines": "a million lines",
    "invalid_asm": "LLVM ends the process that assembles it",
}
_LONGEST = 1 << 16


class Program(NamedTuple):
    """A program's folder, by a name that says whose it is, and its file."""

    folder: str
    path: Path

    @property
    def name(self) -> str:
        """Its folder and file."""
        return f"{self.folder}/{self.path.name}"


def programs() -> Iterator[Program]:
    """All that are written in other ways, those of the tests first."""
    yield from (program for program in _all() if not _why_left_out(program.path))


def left_out() -> Iterator[tuple[str, str]]:
    """The programs that are not, and why."""
    yield from ((program.name, reason) for program in _all() if (reason := _why_left_out(program.path)))
    if corpus() is None:
        yield "shared/corpus", "the public programs are not beside this project"


def _all() -> Iterator[Program]:
    roots = {"tests/programs": PROGRAMS, "notebooks/programs": TUTORIAL_PROGRAMS}
    if (public := corpus()) is not None:
        roots |= {"shared/corpus": public, "shared/cases": public.parent / "cases"}
    for whose, root in roots.items():
        for path in sorted(root.rglob("*")):
            if path.suffix in {".ll", ".bc"}:
                yield Program("/".join((whose, *path.relative_to(root).parts[:-1])), path)


def _why_left_out(path: Path) -> str:
    if path.stat().st_size > _LONGEST:
        return f"longer than {_LONGEST >> 10} KiB"
    return _LEFT_OUT.get(path.stem, "")


def read_program(path: Path) -> str | None:
    """A program's text; of bitcode as LLVM prints it, None where there is none."""
    data = path.read_bytes()
    if b"\\" in data and path.stem in {"name_not_utf8", "attribute_not_utf8"}:
        return None
    try:
        return str(llvm.parse_bitcode(data, llvm.create_context())) if path.suffix == ".bc" else data.decode()
    except (RuntimeError, UnicodeDecodeError):
        return None
