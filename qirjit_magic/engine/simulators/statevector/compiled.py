"""The simulator as object code for this machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.objects import ObjectEmitter
from qirjit_magic.errors import SimulatorError

_FILES = tuple(
    f"{part}.ll" for part in ("machine", "threads", "qubits", "results", "gates", "products", "measurements", "play")
)
_KERNELS = "kernels.ll"
_LEVEL = 1


@cache
def statevector_object() -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """The object code, what it needs of others, and the functions of QIR that it has."""
    package, context, emitter = files(__package__), llvm.create_context(), ObjectEmitter()
    kernels = llvm.parse_assembly(_kernels(), context)
    module = llvm.parse_assembly("\n".join((package / name).read_text("utf-8") for name in _FILES), context)
    emitter.optimise(module, _LEVEL)
    kernels.triple, kernels.data_layout = module.triple, module.data_layout
    module.link_in(kernels)  # after the passes: these kernels have been through them
    module.verify()
    functions = [function for function in module.functions if not function.name.startswith("llvm.")]
    needs = tuple(function.name for function in functions if function.is_declaration)
    offers = tuple(f.name for f in functions if not f.is_declaration and f.name.startswith("__quantum__"))
    return emitter.generate(module, _LEVEL), needs, offers


def _kernels() -> str:
    file = files(__package__) / _KERNELS
    if file.is_file():
        return file.read_text("utf-8")
    message = (
        "the simulator 'statevector' has no kernels here, as a checkout of the sources has none until they are made: "
        f"pip install -e . does that, or python -m {__package__}.kernels where Numba is installed."
    )
    raise SimulatorError(message)
