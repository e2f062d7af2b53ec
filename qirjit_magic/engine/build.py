"""The engine's build: everything that can change the object code that it makes from a source."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

from qirjit_magic.engine.codegen.object_code import host_target
from qirjit_magic.version import __version__

FOLDERS = ("engine", "protocol", "results", "sandbox")
_PACKAGE = Path(__file__).parents[1]


def build() -> str:
    """Versions, this machine in LLVM's words, the C library, a digest of the engine's own sources: one line of text.

    The sources stand for what no version number says: how a module is transformed, and what `ModuleInfo` holds.
    """
    llvm_version = ".".join(map(str, llvm.llvm_version_info))
    triple = llvm.get_process_triple()
    return " ".join((__version__, llvmlite.__version__, llvm_version, triple, *host_target(), _c_library(), _sources()))


def _c_library() -> str:
    # `Declaration.in_c_library` says what it has.
    name = "CS_GNU_LIBC_VERSION"
    return (os.confstr(name) or "") if name in getattr(os, "confstr_names", ()) else ""


def _sources() -> str:
    # What an engine process imports: its own folders and the ground that they stand on.
    digest = hashlib.sha256()
    for path, folders, names in os.walk(_PACKAGE):  # not of pathlib, which takes as long as reading the files
        folders[:] = sorted(FOLDERS if path == str(_PACKAGE) else {*folders} - {"__pycache__"})
        for name in sorted(names):
            if name.endswith((".py", ".ll")):
                with open(os.path.join(path, name), "rb") as file:  # noqa: PTH118, PTH123 - likewise
                    content = file.read()
                digest.update(f"{path.removeprefix(str(_PACKAGE))}/{name} {len(content)} ".encode())
                digest.update(content)
    return digest.hexdigest()
