"""The object code of the tracer, which is made without what reads its tapes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qirjit_magic.engine.codegen.builtin_objects import builtin_object
from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.gate_ir import tracer_gates

_FILES = ("tracer.ll", "ids.ll", "untraced.ll")
_OPTIMISED = 2


@cache
def tracer_object() -> tuple[bytes, tuple[str, ...], frozenset[str]]:
    """The object code of ``tracer.ll``, ``ids.ll`` and ``untraced.ll``, what it needs, and what it traces."""
    texts = (Path(__file__).with_name(name).read_text("utf-8") for name in _FILES)
    module = read_text("\n".join((*texts, tracer_gates())))
    module.verify()
    traced = frozenset(function.name for function in module.functions if not function.is_declaration)
    declared = (function.name for function in module.functions if function.is_declaration)
    needs = tuple(name for name in declared if not name.startswith("llvm."))
    return builtin_object("tracer", lambda: ObjectEmitter().emit(module, _OPTIMISED)), needs, traced
