"""Everything of this engine that can change the object code that it makes from a source."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from importlib.resources.abc import Traversable

import llvmlite
import llvmlite.binding as llvm

from qirjit_magic.engine.codegen.object_code import host
from qirjit_magic.version import __version__


def build() -> str:
    """Versions, this machine in LLVM's words, the C library, a digest of the engine's own sources: one line of text.

    The sources stand for what no version number says: how a module is transformed, and what `ModuleInfo` holds.
    """
    llvm_version = ".".join(map(str, llvm.llvm_version_info))
    triple = llvm.get_process_triple()
    return " ".join((__version__, llvmlite.__version__, llvm_version, triple, *host(), _c_library(), _sources()))


def _c_library() -> str:
    # `Declaration.in_c_library` says what it has.
    name = "CS_GNU_LIBC_VERSION"
    return (os.confstr(name) or "") if name in getattr(os, "confstr_names", ()) else ""


def _sources() -> str:
    digest = hashlib.sha256()
    package = files("qirjit_magic")
    for folder in ("engine", "protocol", "results", "sandbox"):
        _add(digest, package / folder)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, folder: Traversable) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _add(digest, entry)
        elif entry.name.endswith((".py", ".ll")):
            content = entry.read_bytes()
            digest.update(f"{entry.name} {len(content)} ".encode())
            digest.update(content)
