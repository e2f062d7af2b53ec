from __future__ import annotations

import pytest

from qirjit_magic.engine.runtime.bindings import Binding, Provider, bindings
from qirjit_magic.engine.runtime.resolver import InModule, Resolver
from qirjit_magic.wire.modules import Declaration, EntryPoint, ModuleInfo, Signature

_F = Declaration("f", "void ()")
_H = Declaration("__quantum__qis__h__body", "void (ptr)")


def _module(name: str, *functions: str, returns: str = "void", public: bool = True) -> ModuleInfo:
    defined = tuple(EntryPoint(function, Signature(returns), public) for function in functions)
    return ModuleInfo(name, "", functions=defined)


def test_a_name_that_nobody_defines_is_resolved_to_nobody() -> None:
    assert Resolver([]).resolve("a", _F) is None
    assert Resolver([_module("a", "f")]).resolve("a", _F) is None


def test_the_newest_other_module_wins() -> None:
    modules = [_module("a", "f"), _module("b", "f"), _module("c", "f")]
    assert Resolver(modules).resolve("a", _F) == InModule("c", "void ()")
    assert Resolver(modules).resolve("c", _F) == InModule("b", "void ()")
    assert Resolver(modules[:2]).resolve("c", _F) == InModule("b", "void ()")


def test_only_the_order_of_the_modules_matters() -> None:
    modules = [_module("a", "f"), _module("b", "f")]
    resolver = Resolver(iter(modules))
    assert resolver.resolve("x", _F) == resolver.resolve("x", _F) == InModule("b", "void ()")
    assert Resolver(modules[::-1]).resolve("x", _F) == InModule("a", "void ()")


def test_what_is_not_public_is_out_of_reach() -> None:
    assert Resolver([_module("a", "f", public=False)]).resolve("b", _F) is None


def test_a_known_function_is_bound_by_its_type() -> None:
    assert Resolver([]).resolve("a", _H) == Binding("void (ptr)", Provider.SIMULATOR, (_H.name,))
    assert Resolver([]).resolve("a", Declaration(_H.name, "void (i64)")) is None


@pytest.mark.parametrize("name", sorted(bindings()))
def test_every_known_function_can_be_resolved(name: str) -> None:
    for choice in bindings()[name]:
        assert Resolver([]).resolve("a", Declaration(name, choice.type)) is choice


def test_a_module_may_take_the_place_of_a_known_function() -> None:
    assert Resolver([_module("gates", _H.name)]).resolve("a", _H) == InModule("gates", "void ()")


def test_the_type_found_is_the_definition_s_whatever_was_declared() -> None:
    modules = [_module("a", "f", returns="i64")]
    assert Resolver(modules).resolve("b", _F) == InModule("a", "i64 ()")


def test_a_global_variable_is_found_in_its_module() -> None:
    modules = [ModuleInfo("a", "", globals=("counter",))]
    assert Resolver(modules).resolve("b", Declaration("counter", "i64", function=False)) == InModule("a", None)


def test_a_global_variable_is_no_function_that_could_be_called() -> None:
    modules = [ModuleInfo("a", "", globals=("f",))]
    assert Resolver(modules).resolve("b", _F) != InModule("a", None)


@pytest.mark.parametrize("name", ["system", "malloc", "llvm.unheard.of", "main"])
def test_the_process_at_large_is_out_of_reach(name: str) -> None:
    assert Resolver([]).resolve("a", Declaration(name, "i32 (ptr)")) is None
