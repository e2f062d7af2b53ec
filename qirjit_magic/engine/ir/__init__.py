"""QIR as LLVM modules: from bytes to a checked module, and from there to object code that can be linked."""

from qirjit_magic.engine.ir.parse import QirModule, parse_module

__all__ = ["QirModule", "parse_module"]
