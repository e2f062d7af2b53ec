from __future__ import annotations

import pytest

from qirjit_magic.protocol.module_info import Declaration, EntryPoint, GlobalVariable, ModuleInfo, Signature

_VOID = Signature("void")
_VARIABLES = (
    GlobalVariable("counter", "i64"),
    GlobalVariable("table", "[2 x i64]", constant=True),
    GlobalVariable("own", "i64", public=False),
)


def _function(name: str, *attributes: tuple[str, str], public: bool = True, returns: str = "void") -> EntryPoint:
    return EntryPoint(name, Signature(returns), public, attributes)


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        (Signature("void"), "void ()"),
        (Signature("i64", ("double", "ptr")), "i64 (double, ptr)"),
        (Signature("i32", ("ptr",), variadic=True), "i32 (ptr, ...)"),
        (Signature("void", variadic=True), "void (...)"),
        (Signature("{ i64, i1 }", ("i64",)), "{ i64, i1 } (i64)"),
    ],
)
def test_a_signature_reads_like_llvm(signature: Signature, text: str) -> None:
    assert str(signature) == text


@pytest.mark.parametrize(
    ("attributes", "declared"),
    [
        ((("entry_point", ""),), True),
        ((("EntryPoint", ""),), True),
        ((("InteropFriendly", ""), ("entry_point", "")), True),
        ((("entry_point_2", ""),), False),
        ((("other", "entry_point"),), False),
        ((), False),
    ],
)
def test_an_entry_point_is_declared_by_its_attribute(
    attributes: tuple[tuple[str, str], ...], *, declared: bool
) -> None:
    assert _function("main", *attributes).declared is declared


@pytest.mark.parametrize(
    ("attributes", "qubits", "results"),
    [
        ((("required_num_qubits", "2"), ("required_num_results", "3")), 2, 3),
        ((("requiredQubits", "2"), ("requiredResults", "0")), 2, 0),
        ((("required_num_qubits", "many"),), None, None),
        ((("required_num_qubits", "-1"), ("required_num_results", "")), None, None),
        ((("required_num_qubits", "²"), ("required_num_results", "٣")), None, None),
        ((), None, None),
    ],
)
def test_required_numbers_are_read_where_they_are_numbers(
    attributes: tuple[tuple[str, str], ...], qubits: int | None, results: int | None
) -> None:
    function = _function("main", *attributes)
    assert (function.required_qubits, function.required_results) == (qubits, results)


@pytest.mark.parametrize(
    ("returns", "declared", "expected"),
    [("i64", True, True), ("i64", False, False), ("i32", True, False), ("void", True, False)],
)
def test_only_the_i64_of_a_declared_entry_point_is_an_exit_code(
    returns: str, *, declared: bool, expected: bool
) -> None:
    attributes = (("entry_point", ""),) if declared else ()
    assert _function("main", *attributes, returns=returns).exit_code_returned is expected


def test_the_entry_points_are_those_with_the_attribute() -> None:
    module = ModuleInfo("m", "", functions=(_function("a"), _function("b", ("entry_point", ""), public=False)))
    assert [f.name for f in module.entry_points] == ["b"]


def test_without_the_attribute_the_public_functions_are_entry_points() -> None:
    module = ModuleInfo("m", "", functions=(_function("a"), _function("b", public=False), _function("c")))
    assert [f.name for f in module.entry_points] == ["a", "c"]


def test_others_can_use_the_public_functions_and_variables() -> None:
    functions = (_function("a"), _function("hidden", public=False))
    declarations = (Declaration("needed", "void ()"),)
    module = ModuleInfo("m", "", functions=functions, variables=_VARIABLES, declarations=declarations)
    assert module.definitions == {"a", "counter", "table"}


def test_the_state_of_a_module_is_what_can_change() -> None:
    assert ModuleInfo("m", "", variables=_VARIABLES).state == ("counter", "own")


def test_a_function_is_found_by_name_public_or_not() -> None:
    module = ModuleInfo("m", "", functions=(_function("a"), _function("hidden", public=False)))
    assert module.function("hidden") == module.functions[1]
    assert module.function("unknown") is None
