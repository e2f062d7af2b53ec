"""The floating-point environment of this machine, in IR that is linked to whatever has to look after it."""

from __future__ import annotations

import llvmlite.binding as llvm

from qirjit_magic.engine.runtime.bindings import read_ir

_MACHINES = {"x86_64": "floats_x86_64.ll", "amd64": "floats_x86_64.ll"}
_MACHINES |= {"aarch64": "floats_aarch64.ll", "arm64": "floats_aarch64.ll"}


def read_floats(triple: str = "") -> str:
    """The text of the module that sets it, for a machine: this one by itself.

    Args:
        triple: LLVM's name of the machine.
    """
    machine = (triple or llvm.get_process_triple()).partition("-")[0]
    return read_ir(_MACHINES.get(machine, "floats.ll"))
