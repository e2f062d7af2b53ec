"""The kernels as LLVM IR that needs Numba no longer."""

from __future__ import annotations

import re
from typing import Any

import llvmlite.binding as llvm
import numba

import qirjit_magic.engine.simulators.statevector.kernels.flush  # noqa: F401 - compiles all kernels
from qirjit_magic.engine.simulators.statevector.kernels import kernels_digest
from qirjit_magic.engine.simulators.statevector.kernels.lanes import KERNELS

_ENTRIES = (
    "qirjit_begin_fusing",
    "qirjit_flush",
    "qirjit_apply_to_groups",
    "qirjit_drop_all_measured",
    "qirjit_draw",
    "qirjit_forget_branches",
    "qirjit_parity_probability",
)
_ELSEWHERE = {f"qirjit_{name}" for name in ("make_room", "share_groups", "refuse_twice", "take_memory", "give_back")}
_ELSEWHERE |= {"cos", "sin", "atan2", "sqrt"}

# What the passes have used of Numba's calling convention: it would be two fifths of the text.
_SCOPES = re.compile(r", !(?:alias\.scope|noalias) !\d+")


def kernels_text() -> str:
    """The text of ``kernels.ll``."""
    context = llvm.create_context()
    whole = llvm.parse_assembly("", context)
    for symbol, compiled in KERNELS.items():
        whole.link_in(_extract(symbol, compiled, context))
    for value in (*whole.functions, *whole.global_variables):
        if not value.is_declaration and value.name not in _ENTRIES:
            value.linkage = "internal"
    _optimise(whole)
    whole = llvm.parse_assembly(_SCOPES.sub("", str(whole)), context)
    whole.name = "kernels"
    _check(whole)
    return f"; Made from kernels/*.py with Numba {numba.__version__}: {kernels_digest()}\n{whole}"


def _extract(symbol: str, compiled: Any, context: Any) -> llvm.ModuleRef:
    """The kernel without what Numba adds for callers in Python."""
    module = llvm.parse_assembly(compiled.inspect_llvm(), context)
    name = compiled.native_name
    for value in (*module.functions, *module.global_variables):
        if not value.is_declaration and value.name != name:
            value.linkage = "internal"
    for function in module.functions:
        if function.name.startswith("_ZN") and function.name in name:
            function.name = f"{symbol}.body"
    module.get_function(name).name = symbol
    _optimise(module)
    return module


def _optimise(module: llvm.ModuleRef) -> None:
    """Inline Numba's own calling convention; with it goes the way out of a kernel that raises, which none does."""
    machine = llvm.Target.from_default_triple().create_target_machine("generic", "", opt=2, jit=True)
    tuning = llvm.create_pipeline_tuning_options(speed_level=2)
    tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)


def _check(module: llvm.ModuleRef) -> None:
    module.verify()
    needs = {f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")}
    if left := needs - _ELSEWHERE:
        message = f"the kernels need what only Numba has: {', '.join(sorted(left))}"
        raise RuntimeError(message)
