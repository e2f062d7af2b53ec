from __future__ import annotations

from qirjit_magic.engine.runtime.bindings import bindings
from qirjit_magic.notebook.signatures import known_functions


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
    (adjoint,) = known_functions()["__quantum__qis__s__adj"]
    assert str(adjoint) == "void (ptr)"
