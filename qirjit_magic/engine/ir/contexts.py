"""LLVM modules, each in a context of its own that frees it."""

from __future__ import annotations

import llvmlite.binding as llvm


def read_text(text: str) -> llvm.ModuleRef:
    """The module of LLVM text; a RuntimeError says what LLVM did not like."""
    return _owned_by_context(llvm.parse_assembly(text, llvm.create_context()))


def read_bitcode(data: bytes) -> llvm.ModuleRef:
    """The module of LLVM bitcode; a RuntimeError says what LLVM did not like."""
    return _owned_by_context(llvm.parse_bitcode(data, llvm.create_context()))


def _owned_by_context(module: llvm.ModuleRef) -> llvm.ModuleRef:
    # In a circle of garbage (an error's traceback makes one) Python may dispose the context, and its modules, first.
    module._owned = True  # noqa: SLF001 - llvmlite's own word for "somebody else disposes it"
    return module
