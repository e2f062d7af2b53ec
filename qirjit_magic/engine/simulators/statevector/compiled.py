"""The simulator as object code for this machine, and the words of its state that Python sets or reads."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import llvmlite.binding as llvm

from qirjit_magic.engine.codegen.builtin_objects import builtin_object
from qirjit_magic.engine.codegen.object_code import ObjectEmitter
from qirjit_magic.engine.runtime.floats import read_floats
from qirjit_magic.engine.runtime.gate_ir import player_gates, queued_gates
from qirjit_magic.errors import SimulatorError

WORDS = 48


class MachineWord(IntEnum):
    """The words of ``@machine``; ``machine.ll`` says what each is."""

    POSITIONS = 1
    ROOM = 2
    SEED = 5
    NORM = 8
    ANGLE = 9
    RE = 10
    IM = 11
    QUEUE = 12
    PLACES = 13
    RESULTS = 14
    STAMP = 15
    OWNERS = 16
    WAITING = 17
    LAST = 18
    PASS_TABLE = 20
    SCRATCH = 21
    GROUP = 22
    GROUPED = 23
    MOST = 26
    AVAILABLE = 27
    TAKEN = 28
    RESULT_ROOM = 32
    THREADS = 34
    LACKING = 35
    BRANCHES = 37
    BRANCH_TABLE = 38
    BRANCH_SLOTS = 39
    KEEPING = 40
    OWN_RE = 41
    OWN_IM = 42
    KEEPING_FIRST = 44


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
    return builtin_object("statevector", _make)


def _make() -> bytes:
    context, emitter = llvm.create_context(), ObjectEmitter()
    kernels = llvm.parse_assembly(_kernels(), context)
    texts = (
        *(Path(__file__).with_name(name).read_text("utf-8") for name in _FILES),
        read_floats(),
        queued_gates(),
        player_gates(),
    )
    module = llvm.parse_assembly("\n".join(texts), context)
    emitter.inline(module, _LEVEL)  # more passes take longer than they save
    kernels.triple, kernels.data_layout = module.triple, module.data_layout
    module.link_in(kernels)  # after the passes: these kernels have been through them
    module.verify()
    return emitter.generate(module, _LEVEL)


def _kernels() -> str:
    file = Path(__file__).with_name(_KERNELS)
    if file.is_file():
        return file.read_text("utf-8")
    message = (
        "the simulator 'statevector' has no kernels here, as a checkout of the sources has none until they are made: "
        f"pip install -e . does that, or python -m {__package__}.kernels where Numba is installed."
    )
    raise SimulatorError(message)
