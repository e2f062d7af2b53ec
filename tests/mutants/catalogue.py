"""The mutants: small bugs, each reviewed, in the TOML files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug, and who is to see it.

    Attributes:
        name: says what is wrong.
        file: where that is, below ``qirjit_magic``; where `place` is no longer there, it is looked for in the others.
        place: a function of Python by its qualified name, a constant, a row of a constant as ``NAME[key]``, or a
            function or variable of LLVM IR as ``@name``.
        text: what stands in there, exactly once.
        replacement: what the bug has instead.
        breaks: what it breaks, in a sentence.
        tests: node ids, or files, of pytest: at least one of them must fail.
    """

    name: str
    file: str
    place: str
    text: str
    replacement: str
    breaks: str
    tests: tuple[str, ...]

    @property
    def of_kernels(self) -> bool:
        """Whether ``kernels.ll`` has to be made anew for it."""
        return "/kernels/" in self.file


def read_mutants(folder: Path = FOLDER) -> tuple[Mutant, ...]:
    """All mutants, by file and in their order there."""
    return tuple(
        Mutant(**{**row, "tests": tuple(row["tests"])})
        for file in sorted(folder.glob("*.toml"))
        for row in tomllib.loads(file.read_text("utf-8"))["mutant"]
    )
