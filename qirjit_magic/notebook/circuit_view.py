"""The circuits of ``%qir_show NAME --circuit``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from qirjit_magic.session.session import Session

if TYPE_CHECKING:
    from qirjit_magic.display.circuit import CircuitDiagram

CIRCUIT = "--circuit"


def circuit_of(session: Session, words: Sequence[str]) -> CircuitDiagram:
    """The circuit of a function, or of a module's entry point.

    Args:
        session: where they are.
        words: those of the line: the name of a module or function, `CIRCUIT`, and maybe ``--args A,B``.

    Raises:
        UsageError: these are other words.
        QirError: see `Session.circuit`.
    """
    arguments: Sequence[str] = ()
    match [word for word in words if word != CIRCUIT]:
        case [name]:
            pass
        case [name, "--args", listed] | ["--args", listed, name]:
            arguments = listed.split(",")
        case _:
            raise UsageError(f"%qir_show {CIRCUIT} takes the name of a module or function, and maybe --args A,B.")
    is_module = name in {module.name for module in session.modules}
    entry, module = (None, name) if is_module else (name, None)
    return session.circuit(entry, module=module, args=arguments)
