"""The entry point that a request names, among the modules that are there."""

from __future__ import annotations

from collections.abc import Mapping

from qirjit_magic.engine.link.linker import Module
from qirjit_magic.errors import EntryPointError
from qirjit_magic.protocol.messages import RunRequest
from qirjit_magic.protocol.module_info import EntryPoint


def requested_entry(modules: Mapping[str, Module], request: RunRequest) -> EntryPoint:
    """The entry point of a run.

    Args:
        modules: all modules.
        request: the run.

    Raises:
        EntryPointError: it is not there, or gets more or fewer arguments than it takes.
    """
    module = modules.get(request.module)
    entry = module.compiled.module.function(request.entry) if module else None
    if entry is None:
        reason = f"no module '{request.module}' with a function '{request.entry}' is here."
        raise EntryPointError(reason, request.entry)
    if len(request.arguments) != len(entry.signature.parameters):  # the thunk reads as many as there are parameters
        reason = f"'{entry.name}' takes {len(entry.signature.parameters)} words, and got {len(request.arguments)}."
        raise EntryPointError(reason, entry.name)
    return entry
