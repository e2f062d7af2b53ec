"""Which known functions may return what tells what was measured: what is new does, until somebody says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import llvmlite.binding as llvm

from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.runtime.bindings import DECOMPOSITIONS, Provider, bindings, declared_name, ir_of
from qirjit_magic.engine.sampling.alike_shots import ALIKE, ENDING, tells_outcome
from qirjit_magic.protocol.module_info import Declaration

MEASUREMENTS = {
    ("__quantum__qis__m__body", "ptr (ptr)"),
    ("__quantum__qis__mz", "ptr (ptr)"),
    ("__quantum__qis__mz__body", "ptr (ptr)"),
    ("__quantum__qis__mx__body", "ptr (ptr)"),
    ("__quantum__qis__my__body", "ptr (ptr)"),
}


def _known() -> Iterator[Declaration]:
    return (Declaration(name, found.type) for name, several in bindings().items() for found in several)


def test_measurements_that_return_a_result_are_the_ones_that_tell_outcomes() -> None:
    assert {(known.name, known.type) for known in _known() if tells_outcome(known)} == MEASUREMENTS


def test_whatever_is_listed_as_harmless_is_known_and_returns_something() -> None:
    returning = {known.name for known in _known() if not known.type.startswith("void ")}
    assert returning >= ALIKE | ENDING
    assert not ALIKE & ENDING


def test_functions_over_a_simulator_that_reach_its_measurement_tell_outcomes() -> None:
    # What reaches one that returns a result, and returns anything itself, is a measurement too
    for provider in DECOMPOSITIONS:
        module = read_text(ir_of(provider))
        called = {function.name: _called(function) for function in module.functions}
        reaching = {function.name for function in module.functions if _reaches(function.name, called)}
        for function in module.functions:
            name, kind = declared_name(function.name), str(function.global_value_type)
            if function.name in reaching and not function.is_declaration and not kind.startswith("void "):
                assert (name, kind) in MEASUREMENTS


def test_the_recorder_returns_nothing_to_a_program() -> None:
    several = (found for known in bindings().values() for found in known if found.provider is Provider.RUNTIME)
    assert all(found.type.startswith("void ") for found in several)


def _called(function: llvm.ValueRef) -> frozenset[str]:
    return frozenset(re.findall(r"call [^@\n]*@([\w.$]+|\"[^\"]+\")\(", str(function)))


def _reaches(name: str, called: Mapping[str, frozenset[str]], seen: frozenset[str] = frozenset()) -> bool:
    if name == "__quantum__qis__m__body":
        return True
    return any(_reaches(each, called, seen | {name}) for each in called.get(name, frozenset()) - seen - {name})
