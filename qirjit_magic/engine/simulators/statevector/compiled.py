"""The simulator as object code for this machine."""

from __future__ import annotations

from importlib.resources import files

import llvmlite.binding as llvm

from qirjit_magic.engine.codegen.builtin_objects import own_object
from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.errors import SimulatorError

_FILES = tuple(
    f"{part}.ll" for part in ("machine", "threads", "qubits", "results", "gates", "products", "measurements", "play")
)
_KERNELS = "kernels.ll"
# What it may need of qirrunner's library and of the C library: a processor without a square root calls one.
NEEDS = (
    *(f"__quantum__rt__array_{name}" for name in ("create_1d", "get_element_ptr_1d", "get_size_1d")),
    "__quantum__rt__array_update_reference_count",
    *(f"__quantum__rt__string_{name}" for name in ("create", "get_data", "get_length")),
    "__quantum__rt__int_to_string",
    *("mprotect", "realloc", "malloc", "free", "snprintf", "pthread_create", "pthread_join"),
    *("sqrt", "sin", "cos", "atan2", "memcpy", "memset", "memmove"),
)
_LEVEL = 1


def statevector_object() -> bytes:
    """The object code: it needs `NEEDS` of others."""
    return own_object("statevector", _make)


def _make() -> bytes:
    package, context, emitter = files(__package__), llvm.create_context(), ObjectEmitter()
    kernels = llvm.parse_assembly(_kernels(), context)
    texts = (*((package / name).read_text("utf-8") for name in _FILES), read_floats())
    module = llvm.parse_assembly("\n".join(texts), context)
    emitter.inline(module, _LEVEL)  # more passes take longer than they save
    kernels.triple, kernels.data_layout = module.triple, module.data_layout
    module.link_in(kernels)  # after the passes: these kernels have been through them
    module.verify()
    return emitter.generate(module, _LEVEL)


def _kernels() -> str:
    file = files(__package__) / _KERNELS
    if file.is_file():
        return file.read_text("utf-8")
    message = (
        "the simulator 'statevector' has no kernels here, as a checkout of the sources has none until they are made: "
        f"pip install -e . does that, or python -m {__package__}.kernels where Numba is installed."
    )
    raise SimulatorError(message)
