"""The object code of built-in objects, by name."""

from __future__ import annotations

from qirjit_magic.engine.runtime.faults import faults_object
from qirjit_magic.engine.runtime.program import runtime_object
from qirjit_magic.engine.simulators.sparse import results_object
from qirjit_magic.engine.simulators.statevector.compiled import statevector_object
from qirjit_magic.engine.simulators.tracer_object import tracer_object


def builtin_code(name: str) -> bytes:
    """The object code of this one of `BUILTIN_OBJECTS`, made where it is not there yet.

    Raises:
        ValueError: there is no such one.
    """
    match name:
        case "runtime":
            return runtime_object()[0]
        case "results":
            return results_object()[0]
        case "statevector":
            return statevector_object()
        case "tracer":
            return tracer_object()[0]
        case "faults":
            return faults_object()
        case _:
            message = f"the engine brings nothing that is called '{name}'"
            raise ValueError(message)
