from __future__ import annotations

import re
from pathlib import Path

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.runtime.bindings import (
    DECOMPOSITIONS,
    DUMPMACHINE,
    HELD_DUMPMACHINE,
    Provider,
    bindings,
    declared_name,
    find_bindings,
    ir_of,
    known_types,
    read_ir,
)
from qirjit_magic.engine.runtime.gate_ir import native_symbols
from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library
from qirjit_magic.protocol.operations import NATIVE

_DECLARATION = re.compile(r"^declare .*?@([\w.]+)\(", re.MULTILINE)
_DEFINITION = re.compile(r'^define (?!internal).*?@"?([\w./]+)"?\(', re.MULTILINE)
_ELSEWHERE = (Provider.SIMULATOR, Provider.LIBRARY, Provider.LIBM)  # what these files list is implemented elsewhere


@pytest.mark.parametrize("provider", [Provider.SIMULATOR, Provider.LIBRARY])
def test_qirrunner_exports_every_function_that_is_its_own_but_gates_that_have_steps(provider: Provider) -> None:
    library = SharedLibrary(qirrunner_library())
    names = _DECLARATION.findall(ir_of(provider))
    assert len(names) > 40
    assert [name for name in names if not library.find(name)] == []
    lacking = [gate.name for gate in NATIVE.values() if not gate.steps and not library.find(gate.native_symbol)]
    assert lacking == []


def test_the_c_library_has_every_function_of_mathematics() -> None:
    process = SharedLibrary(None)
    names = _DECLARATION.findall(read_ir(Provider.LIBM.value))
    assert len(names) > 30
    assert [name for name in names if not process.find(name)] == []


@pytest.mark.parametrize("provider", Provider)
def test_every_function_of_a_file_is_in_the_table(provider: Provider) -> None:
    pattern = _DECLARATION if provider in _ELSEWHERE else _DEFINITION
    found = pattern.findall(ir_of(provider))
    if provider is Provider.SIMULATOR:
        found += [name for gate in NATIVE.values() for name in native_symbols(gate)]
    elif provider is Provider.STEPS:
        found.append("__quantum__qis__cnot__body")  # cx by its other name
    names = {declared_name(name) for name in found if not name.startswith("qirjit")}
    table = {name for name, choices in bindings().items() if any(c.provider is provider for c in choices)}
    assert table == names


@pytest.mark.parametrize("provider", _ELSEWHERE)
def test_no_file_declares_a_function_twice(provider: Provider) -> None:
    names = _DECLARATION.findall(read_ir(provider.value))
    assert len(names) == len(set(names))


def test_no_two_implementations_of_one_file_have_the_same_name_and_type() -> None:
    for choices in bindings().values():
        of_supplements = [(c.type, c.provider) for c in choices if c.provider in DECOMPOSITIONS]
        assert len(of_supplements) == len(set(of_supplements))


@pytest.mark.parametrize(
    ("name", "kind", "provider"),
    [
        ("__quantum__qis__h__body", "void (ptr)", Provider.SIMULATOR),
        ("__quantum__qis__rz__body", "void (double, ptr)", Provider.SIMULATOR),
        ("__quantum__qis__m__body", "ptr (ptr)", Provider.SIMULATOR),
        ("__quantum__qis__m__body", "void (ptr, ptr)", Provider.SIMULATOR),
        ("__quantum__rt__initialize", "void (ptr)", Provider.SIMULATOR),
        ("__quantum__rt__qubit_allocate", "ptr ()", Provider.SIMULATOR),
        ("__quantum__rt__qubit_allocate", "ptr (ptr)", Provider.RESOURCES),
        ("__quantum__rt__result_record_output", "void (ptr, ptr)", Provider.RUNTIME),
        ("__quantum__rt__result_record_output", "void (ptr)", Provider.RECORDS),
        ("__quantum__rt__result_array_record_output", "void (i64, ptr, ptr)", Provider.RUNTIME),
        ("__quantum__rt__fail", "void (ptr)", Provider.RUNTIME),
        ("__quantum__rt__message", "void (ptr)", Provider.RUNTIME),
        ("__quantum__rt__string_create", "ptr (ptr)", Provider.NULLS),
        ("__quantum__rt__int_to_string", "ptr (i64)", Provider.LIBRARY),
        ("__quantum__rt__array_slice_1d", "ptr (ptr, { i64, i64, i64 }, i1)", Provider.RANGES),
        ("__quantum__qis__sqrt__body", "double (double)", Provider.LIBRARY),
        ("create_creg", "ptr (i64)", Provider.REGISTERS),
        ("create_creg", "ptr (i32)", Provider.REGISTERS),
        ("___random_int", "i32 ()", Provider.RANDOM),
        ("atan2", "double (double, double)", Provider.LIBM),
    ],
)
def test_a_known_name_has_its_types_and_their_providers(name: str, kind: str, provider: Provider) -> None:
    assert find_bindings(name, kind)[0].provider is provider
    assert kind in known_types(name, "void ()")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("__quantum__qis__h__body", "void (ptr, ptr)"),
        ("__quantum__rt__qubit_allocate", "ptr (i64)"),
        ("__quantum__qis__barrier2__body", "i64 (ptr, ptr)"),
        ("__quantum__qis__barrier__body", "void ({ i64, i64 })"),
    ],
)
def test_a_known_name_of_another_type_is_known_and_not_bound(name: str, kind: str) -> None:
    assert find_bindings(name, kind) == ()
    assert known_types(name, kind)
    assert kind not in known_types(name, kind)


@pytest.mark.parametrize(
    "declaration",
    [
        "__quantum__qis__barrier__body: void ()",
        "__quantum__qis__barrier1__body: void (ptr)",
        f"__quantum__qis__barrier12__body: void ({', '.join(['ptr'] * 12)})",
        "__quantum__qis__barrier__body: void (ptr, ...)",
        "__quantum__qis__barrier: void (...)",
        "__quantum__qis__order2__body: void (ptr, ptr)",
        "__quantum__qis__group3__body: void (ptr, ptr, ptr)",
        "__quantum__qis__sleep__body: void (ptr, double)",
        "___barrier: void (ptr, i64)",
    ],
)
def test_markers_are_known_for_any_number_of_qubits(declaration: str) -> None:
    name, kind = declaration.split(": ")
    assert find_bindings(name, kind)[0].provider in {Provider.RUNTIME, Provider.SIMULATOR}
    assert kind in known_types(name, kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("__quantum__rt__read_result", "__quantum__qis__read_result__body"),
        ("__quantum__qis__cx__body", "__quantum__qis__cnot__body"),
    ],
)
def test_the_same_thing_under_two_names_is_found_under_either(one: str, other: str) -> None:
    assert bindings()[one][0].symbols == (one, other)
    assert bindings()[other][0].symbols == (other, one)
    assert bindings()[one][0].type == bindings()[other][0].type


@pytest.mark.parametrize(
    "name", ["system", "malloc", "longjmp", "strcmp", "strnlen", "_setjmp", "qirjit_open", "measure"]
)
def test_nothing_else_of_the_process_is_known(name: str) -> None:
    assert name not in bindings()


def test_the_recorder_s_own_needs_are_no_offers() -> None:
    assert HELD_DUMPMACHINE not in bindings()
    assert [choice.provider for choice in bindings()[DUMPMACHINE]] == [Provider.SIMULATOR]


def test_every_known_function_of_public_programs_has_a_known_type(corpus: Path) -> None:
    other = {}
    for file in sorted(corpus.rglob("*.[lb][lc]")):
        for declaration in parse_module(file.read_bytes()).info.declarations:
            expected = known_types(declaration.name, declaration.type)
            if expected and declaration.type not in expected:
                other[declaration.name] = (declaration.type, file.name)
    assert other == {}
