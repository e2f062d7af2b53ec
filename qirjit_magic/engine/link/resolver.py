"""`resolve`: every external name of a module to whoever provides it."""

from __future__ import annotations

from qirjit_magic.engine.runtime.bindings import Binding, find_bindings
from qirjit_magic.protocol.module_info import Declaration
from qirjit_magic.protocol.symbol_graph import Definition, SymbolGraph


def resolve(linkage: SymbolGraph, declaration: Declaration) -> Definition | tuple[Binding, ...]:
    """Who provides what a module declares; no binding at all where nobody does.

    The newest module that defines it wins, then a function in Python, which the linkage has as the oldest module, then
    the table of known functions, which may have several implementations.
    The process's symbols at large are out of reach. A trusted module may use the C library's, which nobody else
    provides: the linker asks it last.
    """
    return linkage.definition(declaration) or find_bindings(declaration.name, declaration.type)
