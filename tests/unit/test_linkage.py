from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qirjit_magic.errors import SignatureError
from qirjit_magic.protocol.module_info import Declaration, EntryPoint, GlobalVariable, ModuleInfo, Signature
from qirjit_magic.protocol.symbol_graph import (
    PYTHON,
    Definition,
    SymbolGraph,
    Use,
    admit,
    check_promotion,
    same_definitions,
)

_F = Declaration("f", "void ()")
_NAMES = "abcdef"


def _module(
    name: str, *functions: str, uses: Sequence[str] = (), returns: str = "void", public: bool = True
) -> ModuleInfo:
    defined = tuple(EntryPoint(function, Signature(returns), public) for function in functions)
    declared = tuple(Declaration(use, "void ()") for use in uses)
    return ModuleInfo(name, "", functions=defined, declarations=declared)


def _graph(edges: Mapping[str, Sequence[str]]) -> SymbolGraph:
    return SymbolGraph(_module(name, name, uses=uses) for name, uses in edges.items())


# -- who defines what --------------------------------------------------------------------------------------------


def test_a_name_that_nobody_defines_has_no_definition() -> None:
    assert SymbolGraph([]).definition(_F) is None
    assert SymbolGraph([_module("a", "f", public=False)]).definition(_F) is None


def test_the_newest_definition_wins() -> None:
    modules = [_module("a", "f"), _module("b", "f", returns="i64")]
    assert SymbolGraph(modules).definition(_F) == Definition("b", "i64 ()")
    assert SymbolGraph(modules[::-1]).definition(_F) == Definition("a", "void ()")
    assert (SymbolGraph(modules).owner("f"), SymbolGraph(modules).owner("f", function=False)) == ("b", None)


def test_functions_and_global_variables_are_apart() -> None:
    variable = Declaration("counter", "i64", function=False)
    linkage = SymbolGraph([ModuleInfo("a", "", variables=(GlobalVariable("counter", "i64"),))])
    assert linkage.definition(variable) == Definition("a", "i64")
    assert linkage.definition(Declaration("counter", "i64 ()")) is None
    hidden = ModuleInfo("a", "", variables=(GlobalVariable("counter", "i64", public=False),))
    assert SymbolGraph([hidden]).definition(variable) is None


def test_what_a_shot_could_know_of_others_is_what_its_module_reaches() -> None:
    counter = ModuleInfo("counter", "", functions=_module("", "f").functions, variables=(GlobalVariable("n", "i64"),))
    trusted = structs.replace(_module("trusted", "g"), trusted=True)
    python = structs.replace(_module(PYTHON, "h"), name=PYTHON)
    users = [_module(f"uses {name}", uses=name) for name in "fgh"]
    linkage = SymbolGraph([python, counter, trusted, _module("alone", "a"), _module("deep", uses="a"), *users])
    assert (
        linkage.dependence_on_earlier_shots("uses f")
        == "'counter' has the global variable @n, which a later shot could read"
    )
    for name in ("uses g", "uses h", "trusted"):
        assert "Python or in the C library" in linkage.dependence_on_earlier_shots(name)
    assert linkage.dependence_on_earlier_shots("alone") == linkage.dependence_on_earlier_shots("deep") == ""


def test_what_nobody_provides_is_undefined() -> None:
    known = Declaration("h", "void ()", known=("void ()",))
    other_type = Declaration("x", "void ()", known=("i64 ()",))
    user = ModuleInfo("user", "", declarations=(known, other_type, _F, Declaration("g", "void ()")))
    linkage = SymbolGraph([user, _module("a", "g")])
    assert [declaration.name for declaration in linkage.undefined("user")] == ["x", "f"]


def test_the_c_library_provides_what_no_module_has_to_those_that_are_trusted() -> None:
    declarations = (Declaration("open", "void ()", in_c_library=True), Declaration("f", "void ()"))
    user = ModuleInfo("user", "", declarations=declarations)
    trusted = structs.replace(user, name="trusted", trusted=True)
    linkage = SymbolGraph([user, trusted])
    assert linkage.undefined("user") == declarations
    assert linkage.undefined("trusted") == declarations[1:]
    assert [linkage.is_of_c_library(each, "trusted") for each in declarations] == [True, False]
    assert not SymbolGraph([trusted, _module("a", "open")]).is_of_c_library(declarations[0], "trusted")


def test_uses_say_who_is_bound_to_whom_and_whether_it_fits() -> None:
    linkage = SymbolGraph([_module("user", uses=["f", "g"]), _module("a", "f"), _module("b", "g", returns="i64")])
    assert linkage.uses == (
        Use("user", Declaration("f", "void ()"), Definition("a", "void ()")),
        Use("user", Declaration("g", "void ()"), Definition("b", "i64 ()")),
    )
    assert [use.types_match for use in linkage.uses] == [True, False]
    assert (linkage.users("a"), linkage.users("b"), linkage.users("user")) == (("user",), ("user",), ())


# -- what reaches what -------------------------------------------------------------------------------------------


def test_everything_that_a_module_is_bound_to_is_reachable() -> None:
    linkage = _graph({"a": "b", "b": "c", "c": "", "d": "a"})
    assert linkage.reachable("a") == {"a", "b", "c"}
    assert linkage.reachable("c") == {"c"}


def test_callees_come_before_their_callers() -> None:
    assert list(_graph({"a": "bc", "b": "c", "c": ""}).link_groups("a")) == [("c",), ("b",), ("a",)]


def test_modules_in_a_circle_are_one_group_in_their_order() -> None:
    linkage = _graph({"a": "b", "b": "c", "c": "ad", "d": "", "e": "a"})
    assert list(linkage.link_groups("e")) == [("d",), ("a", "b", "c"), ("e",)]
    assert list(linkage.link_groups("b")) == [("d",), ("a", "b", "c")]


def test_a_long_chain_of_modules_is_no_matter() -> None:
    linkage = _graph({str(n): [str(n + 1)] if n < 3000 else [] for n in range(3001)})
    assert len(list(linkage.link_groups("0"))) == 3001


@given(st.dictionaries(st.sampled_from(_NAMES), st.lists(st.sampled_from(_NAMES), unique=True), min_size=1))
def test_groups_are_the_circles_of_what_is_reachable(edges: dict[str, list[str]]) -> None:
    linkage = _graph(edges)
    start = next(iter(edges))
    groups = list(linkage.link_groups(start))
    assert sorted(name for group in groups for name in group) == sorted(linkage.reachable(start))
    seen: set[str] = set()
    for group in groups:
        for name in group:
            same = {other for other in linkage.reachable(name) if name in linkage.reachable(other)}
            assert same == set(group)
            assert set(linkage.graph[name]) <= seen | set(group)
        seen.update(group)


# -- what may be added -------------------------------------------------------------------------------------------


def test_the_very_same_names_are_the_same_definitions() -> None:
    modules = [_module("a", "f"), _module("b", "f", "g"), _module("c")]
    assert same_definitions(_module("new", "g", "f"), modules) == modules[1]
    assert same_definitions(_module("new", "g"), modules) is None
    assert same_definitions(_module("new"), modules) is None


def test_a_module_takes_name_and_place_of_one_that_it_replaces() -> None:
    modules = [_module("a", "f"), _module("b", "f")]
    assert admit(modules, _module("new", "f"), replaceable=["b"]).name == "b"
    assert admit(modules, _module("new", "f"), replaceable=["gone", "a"]).name == "a"
    assert admit(modules, _module("new", "f")).name == "new"
    assert admit(modules, _module("new", "g"), replaceable=["a", "b"]).name == "new"
    assert admit(modules, _module("a", "f"), replaceable=["b"]).name == "a"


def test_a_definition_that_fits_no_user_any_more_is_refused_and_names_them() -> None:
    modules = [_module("a", "f"), _module("u", uses="f"), _module("v", uses="f")]
    with pytest.raises(SignatureError) as caught:
        admit(modules, _module("a", "f", returns="i64"))
    error = caught.value
    assert (error.symbol, error.expected, error.found, error.dependants) == ("f", ("void ()",), "i64 ()", ("u", "v"))
    assert "'u', 'v' declare it as void ()" in str(error)
    assert "%qir_reset u --remove" in str(error)


def test_a_new_definition_must_fit_those_who_wait_for_it() -> None:
    with pytest.raises(SignatureError):
        admit([_module("u", uses="f")], _module("a", "f", returns="i64"))


def test_a_definition_without_users_may_change() -> None:
    modules = [_module("a", "f"), _module("u", uses="g")]
    assert admit(modules, _module("a", "f", returns="i64")).functions[0].signature.returns == "i64"


def test_users_may_change_first() -> None:
    # Otherwise neither could: the user is added although it does not fit yet, and then nothing is broken anew.
    old, new = _module("a", "f", returns="i64"), _module("a", "f")
    user = admit([old], _module("u", uses="f"))
    assert admit([old, user], new) == new
    assert admit([old, user], _module("a", "f", returns="i8")).name == "a"


def test_a_known_function_of_another_type_is_refused_unless_a_module_defines_it() -> None:
    declaration = Declaration("h", "void ()", known=("void (ptr)", "i64 ()"), line=3, reserved=True)
    user = ModuleInfo("u", "", declarations=(declaration,))
    with pytest.raises(SignatureError, match=r"void \(ptr\) or i64 \(\)") as caught:
        admit([], user)
    assert (caught.value.dependants, caught.value.line) == ((), 3)
    assert admit([_module("gates", "h")], user) == user


def test_a_dialects_name_may_be_a_users_own() -> None:
    user = ModuleInfo("u", "", declarations=(Declaration("create_creg", "void ()", known=("ptr (i64)",)),))
    assert admit([], user) == user


def test_an_older_module_cannot_become_the_newest_where_it_would_not_fit() -> None:
    modules = [_module("old", "f", returns="i64"), _module("new", "f"), _module("u", uses="f")]
    with pytest.raises(SignatureError) as caught:
        check_promotion(modules, "old")
    assert caught.value.dependants == ("u",)
    check_promotion(modules, "new")
    check_promotion(modules, "u")
