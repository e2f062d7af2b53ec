from __future__ import annotations

import pytest

from qirjit_magic.engine.link.linker import resolve
from qirjit_magic.engine.runtime.bindings import Binding, Provider, bindings
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, ModuleInfo, Signature
from qirjit_magic.protocol.symbol_graph import Definition, SymbolGraph

_NOBODY = SymbolGraph([])
_H = Declaration("__quantum__qis__h__body", "void (ptr)")


def test_a_name_that_nobody_defines_is_resolved_to_nobody() -> None:
    assert resolve(_NOBODY, Declaration("f", "void ()")) == ()


def test_a_known_function_is_bound_by_its_type() -> None:
    found = resolve(_NOBODY, _H)
    assert isinstance(found, tuple)
    assert found[0] == Binding("void (ptr)", Provider.SIMULATOR, (_H.name,))
    assert resolve(_NOBODY, Declaration(_H.name, "void (i64)")) == ()
    assert resolve(_NOBODY, Declaration(_H.name, "i64", function=False)) == ()


@pytest.mark.parametrize("name", sorted(bindings()))
def test_every_known_function_can_be_resolved(name: str) -> None:
    for choice in bindings()[name]:
        found = resolve(_NOBODY, Declaration(name, choice.type))
        assert isinstance(found, tuple)
        assert choice in found


def test_a_module_takes_the_place_of_a_known_function() -> None:
    linkage = SymbolGraph([ModuleInfo("gates", "", functions=(EntryPoint(_H.name, Signature("void", ("ptr",))),))])
    assert resolve(linkage, _H) == Definition("gates", "void (ptr)")


@pytest.mark.parametrize("name", ["system", "malloc", "llvm.unheard.of", "main"])
def test_the_process_at_large_is_out_of_reach(name: str) -> None:
    assert resolve(_NOBODY, Declaration(name, "i32 (ptr)")) == ()
