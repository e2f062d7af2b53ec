"""`resolve`: every external name of a module to whoever provides it."""

from __future__ import annotations

from qirjit_magic.engine.runtime.bindings import Binding, bindings
from qirjit_magic.wire.linkage import Definition, Linkage
from qirjit_magic.wire.modules import Declaration


def resolve(linkage: Linkage, declaration: Declaration) -> Definition | Binding | None:
    """Who provides what a module declares; None where nobody does.

    The newest module that defines it wins, then the table of known functions. The process's symbols at large are out
    of reach.
    """
    choices = bindings().get(declaration.name, ())
    known = next((choice for choice in choices if choice.type == declaration.type), None)
    return linkage.definition(declaration) or known
