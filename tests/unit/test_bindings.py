from __future__ import annotations

import re
from pathlib import Path

import pytest

from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.runtime.bindings import (
    DUMPMACHINE,
    HELD_DUMPMACHINE,
    Provider,
    bindings,
    known_types,
    read_ir,
)
from qirjit_magic.engine.simulators.library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import qirrunner_library

_DECLARATION = re.compile(r"^declare .*?@([\w.]+)\(", re.MULTILINE)
_OLD = re.compile(r"__quantum__(?:rt__\w+_record_output|qis__m__body)")  # known by other types before QIR 1.0
_DEFINITION = re.compile(r"^define .*?@([\w.]+)\(", re.MULTILINE)


@pytest.mark.parametrize("provider", [Provider.SIMULATOR, Provider.LIBRARY])
def test_qirrunner_exports_every_function_that_is_its_own(provider: Provider) -> None:
    library = SharedLibrary(qirrunner_library())
    names = _DECLARATION.findall(read_ir(provider.value))
    assert len(names) > 50
    assert [name for name in names if not library.find(name)] == []


def test_the_c_library_has_every_function_of_mathematics() -> None:
    process = SharedLibrary(None)
    names = _DECLARATION.findall(read_ir(Provider.LIBM.value))
    assert len(names) > 30
    assert [name for name in names if not process.find(name)] == []


@pytest.mark.parametrize("provider", Provider)
def test_every_function_of_a_file_is_in_the_table(provider: Provider) -> None:
    pattern = _DEFINITION if provider is Provider.RUNTIME else _DECLARATION
    names = {
        name
        for name in pattern.findall(read_ir(provider.value))
        if provider is not Provider.RUNTIME or "__quantum__" in name
    }
    table = {name for name, choices in bindings().items() if any(c.provider is provider for c in choices)}
    assert table == names


def test_no_file_declares_a_function_twice() -> None:
    names = [name for provider in Provider for name in _DECLARATION.findall(read_ir(provider.value))]
    own = set(_DEFINITION.findall(read_ir(Provider.RUNTIME.value)))
    needed_by_recorder = set(_DECLARATION.findall(read_ir(Provider.RUNTIME.value)))
    assert sorted(name for name in set(names) - needed_by_recorder if names.count(name) > 1) == []
    assert own & set(names) == set()


@pytest.mark.parametrize(
    ("name", "kind", "provider"),
    [
        ("__quantum__qis__h__body", "void (ptr)", Provider.SIMULATOR),
        ("__quantum__qis__rz__body", "void (double, ptr)", Provider.SIMULATOR),
        ("__quantum__qis__m__body", "ptr (ptr)", Provider.SIMULATOR),
        ("__quantum__rt__initialize", "void (ptr)", Provider.SIMULATOR),
        ("__quantum__rt__result_record_output", "void (ptr, ptr)", Provider.RUNTIME),
        ("__quantum__rt__fail", "void (ptr)", Provider.RUNTIME),
        ("__quantum__rt__message", "void (ptr)", Provider.RUNTIME),
        ("__quantum__rt__string_create", "ptr (ptr)", Provider.LIBRARY),
        ("__quantum__qis__sqrt__body", "double (double)", Provider.LIBRARY),
        ("atan2", "double (double, double)", Provider.LIBM),
    ],
)
def test_a_known_name_has_its_type_and_its_provider(name: str, kind: str, provider: Provider) -> None:
    choices = [choice for choice in bindings()[name] if choice.type == kind]
    assert [choice.provider for choice in choices] == [provider]
    assert choices[0].symbols[0] == name
    assert kind in known_types()[name]


def test_m_with_a_result_is_mz_because_m_of_the_simulator_takes_only_a_qubit() -> None:
    (with_result,) = [choice for choice in bindings()["__quantum__qis__m__body"] if choice.type == "void (ptr, ptr)"]
    assert with_result.symbols[0] == "__quantum__qis__mz__body"


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


@pytest.mark.parametrize("name", ["system", "malloc", "longjmp", "strcmp", "strnlen", "_setjmp", "qirjit_open"])
def test_nothing_else_of_the_process_is_known(name: str) -> None:
    assert name not in bindings()


def test_the_recorder_s_own_needs_are_no_offers() -> None:
    assert HELD_DUMPMACHINE not in bindings()
    assert [choice.provider for choice in bindings()[DUMPMACHINE]] == [Provider.SIMULATOR]


def test_public_programs_declare_known_functions_as_they_are(corpus: Path) -> None:
    other = {}
    for file in sorted(corpus.rglob("*.[lb][lc]")):
        for declaration in parse_module(file.read_bytes()).info.declarations:
            expected = known_types().get(declaration.name, (declaration.type,))
            if declaration.type not in expected and not _OLD.fullmatch(declaration.name):
                other[declaration.name] = (declaration.type, file.name)
    assert other == {}
