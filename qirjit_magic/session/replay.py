"""What a new engine process is told, so that it has everything that the one before had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qirjit_magic.wire.frames import Frame
from qirjit_magic.wire.protocol import Compiled, Define, Intrinsic, Restore


def definition(intrinsic: Intrinsic) -> Frame:
    """The request to let modules call a function in Python."""
    return Frame(Define(intrinsic.name, intrinsic.signature, intrinsic.path), intrinsic.pickled)


def restoration(compiled: Compiled) -> Frame:
    """The request to take a module from its object code."""
    return Frame(Restore(compiled.module), compiled.object_code)


def replay(intrinsics: Iterable[Intrinsic], modules: Iterable[Compiled]) -> Iterator[tuple[str, Frame]]:
    """All these requests in their order, and what each brings back."""
    for intrinsic in intrinsics:
        yield f"the function '{intrinsic.name}'", definition(intrinsic)
    for compiled in modules:
        yield f"the module '{compiled.module.name}'", restoration(compiled)
