from __future__ import annotations

from pathlib import Path

import llvmlite.binding as llvm
import pytest

from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.ir.parse import signature_of
from qirjit_magic.engine.runtime.bindings import bindings
from qirjit_magic.protocol.known_functions import FOLDER, known_functions, read_functions
from qirjit_magic.protocol.operations import GATES, symbol


def test_the_functions_one_is_offered_are_those_that_the_engine_knows_with_all_their_types() -> None:
    offered = {name: {signature.type for signature in known} for name, known in known_functions().items()}
    engine = {
        name: {binding.type for binding in known}
        for name, known in bindings().items()
        if name.startswith("__quantum__")
    }
    assert offered == engine


def test_a_signature_has_the_names_of_its_parameters_where_the_table_has_them() -> None:
    (phase,) = known_functions()["__quantum__qis__phase__body"]
    assert str(phase) == "void (double %angle, ptr %qubit)"
    (reset,) = known_functions()["__quantum__qis__reset__body"]
    assert str(reset) == "void (ptr)"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.ll")), ids=lambda file: file.name)
def test_the_functions_that_are_read_are_those_that_llvm_reads(file: Path) -> None:
    text = file.read_text("utf-8")
    module = read_text(text)
    wanted = {
        (function.name, str(signature_of(function)), not function.is_declaration)
        for function in module.functions
        if function.linkage is llvm.Linkage.external
    }
    assert {(f.symbol, f.signature.type, f.defined) for f in read_functions(text)} == wanted


def test_every_function_of_a_gate_is_offered_with_a_name_for_each_parameter() -> None:
    for gate in GATES.values():
        plain = {symbol(name): gate.type for name in f"{gate.names} {gate.adjoints}".split()}
        turned = {symbol(name): gate.type_with_qubits_first for name in gate.qubits_first.split()}
        for name, kind in (*plain.items(), *turned.items()):
            (signature,) = (known for known in known_functions()[name] if known.type == kind)
            assert len(set(signature.names)) == len(signature.parameters)


def test_a_parameter_is_a_struct_of_several_types() -> None:
    (to_string,) = known_functions()["__quantum__rt__range_to_string"]
    assert (to_string.parameters, to_string.names) == (("{ i64, i64, i64 }",), ("%range",))
