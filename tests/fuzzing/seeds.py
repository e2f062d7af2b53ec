"""The programs that mutations start from: the project's own, and the public ones beside it."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.files import PROGRAMS, REPOSITORY, TUTORIAL_PROGRAMS, corpus
from tests.fuzzing.tokens import dictionary

_LARGEST = 1 << 15  # a large program is mostly more of the same, and slow
# What was found here before, and what reaches for the system: mutants run, and are not to be asked to harm anything.
_NO_SEEDS = (PROGRAMS / "found", PROGRAMS / "unsafe")
_REACHING_OUT = re.compile(rb"\basm\b|@(?:system|open|fork|kill|unlink|syscall|socket|exec\w*)\b")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Seeds:
    """What mutations are made of.

    Attributes:
        texts: programs as text, by their path.
        bitcodes: programs as bitcode, by their path.
        words: the words of the texts, by kind.
    """

    texts: Mapping[str, bytes]
    bitcodes: Mapping[str, bytes]
    words: Mapping[str, tuple[bytes, ...]]


def read_seeds() -> Seeds:
    """All programs that are not too long, in the same order everywhere."""
    files = dict(_files())
    texts = {name: file.read_bytes() for name, file in files.items() if file.suffix == ".ll"}
    bitcodes = {name: file.read_bytes() for name, file in files.items() if file.suffix == ".bc"}
    own = [name for name in texts if not name.startswith("corpus/")]
    made = zip(own, _compiled([files[name] for name in own]), strict=True)
    bitcodes |= {name: bitcode for name, bitcode in made if bitcode}
    return Seeds(texts, bitcodes, dictionary(texts.values()))


def _files() -> Iterator[tuple[str, Path]]:
    package = REPOSITORY / "qirjit_magic"
    folders = {"tests": PROGRAMS, "notebooks": TUTORIAL_PROGRAMS, "package": package, "corpus": corpus()}
    for label, folder in folders.items():
        found = sorted(folder.rglob("*.[lb][lc]")) if folder else []
        for file in found:
            if file.stat().st_size <= _LARGEST and not {*_NO_SEEDS} & {*file.parents} and not _reaches_out(file):
                yield f"{label}/{file.relative_to(folder or file).as_posix()}", file


def _reaches_out(file: Path) -> bool:
    return _REACHING_OUT.search(file.read_bytes()) is not None


def _compiled(files: list[Path]) -> list[bytes]:
    # In a process of its own: LLVM is not to be in the process that a fuzzed session lives in.
    command = [sys.executable, "-m", "tests.fuzzing.seeds", *map(str, files)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=REPOSITORY).stdout
    made, position = [], 0
    for _ in files:
        (length,) = _LENGTH.unpack_from(out, position)
        position += _LENGTH.size
        made.append(out[position : position + length])
        position += length
    return made


def _write_bitcode(files: list[str]) -> None:
    import llvmlite.binding as llvm  # noqa: PLC0415 - see _compiled

    for file in files:
        try:
            bitcode = llvm.parse_assembly(Path(file).read_text("utf-8"), llvm.create_context()).as_bitcode()
        except RuntimeError:
            bitcode = b""  # some of the tests' programs are wrong, and are to be
        sys.stdout.buffer.write(_LENGTH.pack(len(bitcode)) + bitcode)


if __name__ == "__main__":
    _write_bitcode(sys.argv[1:])
