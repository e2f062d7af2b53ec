"""LLVM modules, each in a context of its own that frees it, and names as they stand in their text."""

from __future__ import annotations

import llvmlite.binding as llvm

from qirjit_magic.llvm_text import is_bare_name


def read_text(text: str) -> llvm.ModuleRef:
    """The module of LLVM text; a RuntimeError says what LLVM did not like."""
    return _owned_by_context(llvm.parse_assembly(text, llvm.create_context()))


def read_changed(text: str) -> llvm.ModuleRef | None:
    """The module that a change of LLVM's own printing makes, verified; None where LLVM does not read it again."""
    try:
        module = read_text(text)
        module.verify()
    except RuntimeError:
        return None
    return module


def link_texts(first: str, *others: str) -> llvm.ModuleRef:
    """One module of several LLVM texts, each of which may define what another declares."""
    context = llvm.create_context()
    module = llvm.parse_assembly(first, context)
    for text in others:
        module.link_in(llvm.parse_assembly(text, context))
    return _owned_by_context(module)


def read_bitcode(data: bytes) -> llvm.ModuleRef:
    """The module of LLVM bitcode; a RuntimeError says what LLVM did not like."""
    return _owned_by_context(llvm.parse_bitcode(data, llvm.create_context()))


def printed(module: llvm.ModuleRef) -> str:
    """The module as LLVM prints it: an instruction a line, no escapes but where they are needed; empty if no text."""
    try:
        return str(module)
    except UnicodeDecodeError:
        return ""


def _owned_by_context(module: llvm.ModuleRef) -> llvm.ModuleRef:
    # In a circle of garbage (an error's traceback makes one) Python may dispose the context, and its modules, first.
    module._owned = True  # noqa: SLF001 - llvmlite's own word for "somebody else disposes it"
    return module


def quoted_name(name: str) -> str:
    """A name as LLVM text writes it after ``@``, in quotes and escaped where it needs that."""
    if is_bare_name(name):
        return name
    return '"' + "".join(map(_escaped, name.encode())) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    return character if character.isalnum() and character.isascii() else f"\\{byte:02X}"
