"""What a new engine process is given before anything else: everything that the one before it had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qirjit_magic.wire.frames import Frame
from qirjit_magic.wire.protocol import Compiled, Define, Intrinsic, Restore


def definition(intrinsic: Intrinsic) -> Frame:
    """The request that defines this function in Python."""
    return Frame(Define(intrinsic.name, intrinsic.signature, intrinsic.path), intrinsic.pickled)


def replay(intrinsics: Iterable[Intrinsic], compiled: Iterable[Compiled]) -> Iterator[tuple[str, Frame]]:
    """What each of them is called, and the request that brings it back."""
    for intrinsic in intrinsics:
        yield f"the function '{intrinsic.name}'", definition(intrinsic)
    for module in compiled:
        yield f"the module '{module.module.name}'", Frame(Restore(module.module), module.object_code)
