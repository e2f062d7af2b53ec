"""`Decomposition`: a ``.ll`` file or a family of gates, linked over a simulator when a program first needs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

import llvmlite.binding as llvm

from qirjit_magic.engine.codegen.object_code import ExternalSymbol, LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.ir.parse import signature_of
from qirjit_magic.engine.runtime.bindings import Provider, ir_of

_BY_VALUE = re.compile(r" byval\(\{[^}]*\}\)")
_FUNCTION = re.compile(r"^define [^@]*@(\"[^\"]+\"|[\w.]+)\(.*?^}", re.MULTILINE | re.DOTALL)
_USE = re.compile(r"@(\"[^\"]+\"|[\w.]+)")


class Decomposition:
    """The operations that a simulator and the runtime lack, in terms of those that they have.

    Args:
        provider: which file or family.
        find: the address of a function of this name and type, 0 where nobody below has it.
        nothing: the address of any function: what is missing is bound to it, and never offered.
    """

    def __init__(self, provider: Provider, find: Callable[[str, str], int], nothing: int) -> None:
        object_code, needs = _object_code(provider)
        found = {name: find(name, kind) for name, kind in needs.items()}
        self._missing = frozenset(name for name, address in found.items() if not address)
        self._uses = _uses(provider)
        symbols = {name: ExternalSymbol(address or nothing) for name, address in found.items()}
        self._linked = LinkedObject(object_code, symbols)

    def address(self, name: str) -> int:
        """The address of one of its functions; 0 where something is missing that it would call."""
        return 0 if self._uses[name] & self._missing else self._linked.address(name)

    def close(self) -> None:
        """Free the code."""
        self._linked.close()


def _text(provider: Provider) -> str:
    text = ir_of(provider)
    return text if llvm.get_process_triple().startswith("x86_64") else _BY_VALUE.sub("", text)


@cache
def _object_code(provider: Provider) -> tuple[bytes, Mapping[str, str]]:
    module = read_text(_text(provider))
    module.verify()
    needs = {
        function.name: str(signature_of(function))
        for function in module.functions
        if function.is_declaration and not function.name.startswith("llvm.")
    }
    return ObjectEmitter().emit(module), needs  # calls of calls: optimising takes longer than it saves


@cache
def _uses(provider: Provider) -> Mapping[str, frozenset[str]]:
    # What each function of the file mentions, directly or through others of the file.
    direct = {
        found[1].strip('"'): {name.strip('"') for name in _USE.findall(found[0])}
        for found in _FUNCTION.finditer(_text(provider))
    }
    whole: dict[str, frozenset[str]] = {}
    for name in direct:
        reached, waiting = {name}, [name]
        while waiting:
            new = direct.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        whole[name] = frozenset(reached)
    return whole
