"""The gates of other frontends, which are LLVM IR, over a state vector, against the matrices of their documentation."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qirjit_magic.engine.codegen.object_code import LinkedObject, ObjectEmitter
from qirjit_magic.engine.ir import parse_module
from qirjit_magic.engine.ir.llvm_modules import read_text
from qirjit_magic.engine.ir.parse import signature_of
from qirjit_magic.engine.runtime.bindings import Provider, bindings, ir_of
from qirjit_magic.protocol.operations import GATES as GATES_OF_TABLE
from qirjit_magic.protocol.operations import NATIVE, Gate
from tests.unit.matrices import (
    GATES,
    MEASUREMENTS,
    OWN,
    STEPS,
    UNDER_ARRAYS,
    UNDER_ARRAYS_IN_TUPLES,
    H,
    Matrix,
    arity,
    phase,
    u3,
)
from tests.unit.state_vector import PREFIX, Machine, function_type

_FAMILIES = (
    Provider.STEPS,
    Provider.ONE,
    Provider.SEVERAL,
    Provider.CONTROLLED,
    Provider.TWICE,
    Provider.CONTROLS,
    Provider.MEASUREMENTS,
    Provider.SUBSTITUTES,
)
_NOTHING = ("gphase__body",)
_EIGENBASIS = {"x": H, "y": phase(np.pi / 2) @ H, "z": np.eye(2)}
_ANGLE = st.floats(-10, 10)
_ANGLES = st.tuples(_ANGLE, _ANGLE, _ANGLE)
_ARRAY, _RESULT = 4096, 7
_few = settings(max_examples=5)


@cache
def _module(family: Provider) -> llvm.ModuleRef:
    return read_text(ir_of(family))


def _offers(family: Provider) -> list[llvm.ValueRef]:
    functions = _module(family).functions
    return [f for f in functions if not f.is_declaration and f.linkage is llvm.Linkage.external]


def _declared(function: llvm.ValueRef) -> tuple[str, str]:
    return function.name.partition("/")[0], str(signature_of(function))


@cache
def _definitions() -> dict[str, tuple[Provider, str]]:
    """The family and the type of each definition, by its name without the prefix."""
    return {
        function.name.removeprefix(PREFIX): (family, str(signature_of(function)))
        for family in _FAMILIES
        for function in _offers(family)
    }


class _Library:
    """All files, linked over one state vector."""

    def __init__(self) -> None:
        self.machine = Machine()
        self._linked = {family: self._link(family) for family in _FAMILIES}

    def _link(self, family: Provider) -> LinkedObject:
        module = read_text(ir_of(family))
        needs = {f.name: str(signature_of(f)) for f in module.functions if f.is_declaration}
        symbols = {name: self.machine.symbol(name, kind) for name, kind in needs.items()}
        return LinkedObject(ObjectEmitter().emit(module, 2), symbols)

    def function(self, name: str) -> Any:
        family, kind = _definitions()[name]
        return function_type(kind)(self._linked[family].address(PREFIX + name))

    def close(self) -> None:
        for linked in self._linked.values():
            linked.close()

    def unitary(self, name: str, angles: tuple[float, ...], size: int) -> Matrix:
        """What a gate does to all basis states: of its parameters the doubles are angles, the pointers qubits."""
        self.machine.prepare(np.eye(size, dtype=complex))
        kinds = _kinds(name)
        doubles, qubits = iter(angles), iter(range(size.bit_length() - 1))
        self.function(name)(*(next(doubles) if kind == "double" else next(qubits) for kind in kinds))
        assert not list(qubits)
        return self.machine.state

    def unitary_under(self, name: str, angles: tuple[float, ...], controls: int, targets: int) -> Matrix:
        """The same under an array of control qubits."""
        self.machine.prepare(np.eye(1 << (controls + targets), dtype=complex))
        self.machine.arrays[_ARRAY] = tuple(range(controls))
        qubits = range(controls, controls + targets)
        if name in UNDER_ARRAYS_IN_TUPLES:
            held = ctypes.create_string_buffer(struct.pack(f"<{len(angles)}d{targets}Q", *angles, *qubits))
            self.function(name)(_ARRAY, ctypes.addressof(held))
        else:
            self.function(name)(*angles, _ARRAY, *qubits)
        return self.machine.state


@pytest.fixture(scope="module")
def library() -> Iterator[_Library]:
    linked = _Library()
    yield linked
    linked.close()


def _kinds(name: str) -> list[str]:
    kind = _definitions()[name][1]
    return kind[kind.index("(") + 1 : -1].split(", ")


def _same_up_to_phase(one: Matrix, other: Matrix) -> bool:
    overlap = np.vdot(one, other)
    return bool(np.allclose(one * overlap / abs(overlap), other, atol=1e-9))


# The matrix of a controlled gate has ones where nothing is to happen: its phase is compared relative to these.
@pytest.mark.parametrize("name", sorted(GATES | STEPS))
@_few
@given(angles=_ANGLES)
def test_a_gate_is_its_matrix_up_to_a_global_phase(library: _Library, name: str, angles: tuple[float, ...]) -> None:
    gate = (GATES | STEPS)[name]
    matrix = gate(*angles[: arity(gate)])
    assert _same_up_to_phase(library.unitary(name, angles, len(matrix)), matrix)


@pytest.mark.parametrize("controls", [0, 1, 2, 3])
@pytest.mark.parametrize("name", sorted({**UNDER_ARRAYS, **UNDER_ARRAYS_IN_TUPLES}))
@_few
@given(angles=_ANGLES)
def test_a_gate_under_an_array_acts_where_all_its_controls_are_one(
    library: _Library, name: str, controls: int, angles: tuple[float, ...]
) -> None:
    gate = {**UNDER_ARRAYS, **UNDER_ARRAYS_IN_TUPLES}[name]
    used = angles[: arity(gate)]
    inner = gate(*used)
    expected = np.eye(len(inner) << controls, dtype=complex)
    expected[-len(inner) :, -len(inner) :] = inner
    targets = len(inner).bit_length() - 1
    assert _same_up_to_phase(library.unitary_under(name, used, controls, targets), expected)


@pytest.mark.parametrize("name", sorted(name for name in GATES if name.endswith("__adj")))
@_few
@given(angles=_ANGLES)
def test_a_gate_and_its_adjoint_cancel_each_other(library: _Library, name: str, angles: tuple[float, ...]) -> None:
    stem = name.removesuffix("__adj")
    forward = next(name for name in (stem, f"{stem}__body", f"{stem}__body/steps") if name in _definitions())
    size = len(GATES[name](*angles[: arity(GATES[name])]))
    product = library.unitary(forward, angles, size) @ library.unitary(name, angles, size)
    assert _same_up_to_phase(product, np.eye(size, dtype=complex))


@pytest.mark.parametrize("name", _NOTHING)
def test_a_global_phase_does_nothing(library: _Library, name: str) -> None:
    library.machine.prepare(np.eye(2, dtype=complex))
    library.function(name)(1.5)
    assert np.array_equal(library.machine.state, np.eye(2))


def _measure(library: _Library, name: str, state: Matrix, outcome: int) -> int:
    """Measure the first qubits of a state, and give the value that was found."""
    library.machine.prepare(state.reshape(-1, 1), outcome)
    qubits = range(len(MEASUREMENTS[name]).bit_length() - 1)
    if name.endswith("/returning"):
        return int(library.function(name)(*qubits)) - 100
    library.function(name)(*qubits, _RESULT)
    return library.machine.results[_RESULT]


@pytest.mark.parametrize("outcome", [0, 1])
@pytest.mark.parametrize("name", sorted(MEASUREMENTS))
@_few
@given(seed=st.integers(0, 2**32 - 1))
def test_a_measurement_projects_what_it_measures_and_leaves_the_rest(
    library: _Library, name: str, outcome: int, seed: int
) -> None:
    pauli = MEASUREMENTS[name]
    random = np.random.default_rng(seed)
    state = random.normal(size=2 * len(pauli)) + 1j * random.normal(size=2 * len(pauli))  # one more is entangled
    state /= np.linalg.norm(state)
    projected = np.kron((np.eye(len(pauli)) + (-1) ** outcome * pauli) / 2, np.eye(2)) @ state
    probability = np.linalg.norm(projected) ** 2
    assume(probability > 1e-3)
    assert _measure(library, name, state, outcome) == outcome
    assert library.machine.probability == pytest.approx(probability)
    if "reset" in name:
        bra = _EIGENBASIS[name[6]][:, outcome].conj()  # the letter behind mreset
        projected = np.kron([1, 0], bra @ projected.reshape(2, 2))
    assert _same_up_to_phase(library.machine.state.ravel(), projected / np.sqrt(probability))


@pytest.mark.parametrize("outcome", [0, 1])
@pytest.mark.parametrize("name", sorted(name for name in MEASUREMENTS if "mreset" not in name))
def test_a_measurement_leaves_its_eigenstates_alone(library: _Library, name: str, outcome: int) -> None:
    pauli = MEASUREMENTS[name]
    values, vectors = np.linalg.eigh(pauli)
    for state in vectors.T[np.isclose(values, (-1) ** outcome)]:
        assert _measure(library, name, state.astype(complex), outcome) == outcome
        assert library.machine.probability == pytest.approx(1)
        assert _same_up_to_phase(library.machine.state.ravel(), state)


@pytest.mark.parametrize("outcome", [0, 1])
@pytest.mark.parametrize("basis", ["x", "y", "z"])
def test_a_qubit_that_was_measured_and_reset_is_zero(library: _Library, basis: str, outcome: int) -> None:
    assert _measure(library, f"mreset{basis}", _EIGENBASIS[basis][:, outcome] + 0j, outcome) == outcome
    assert library.machine.probability == pytest.approx(1)
    assert _same_up_to_phase(library.machine.state.ravel(), np.array([1, 0], dtype=complex))


def test_phasedx_with_the_angles_of_hugr_qir_is_half_of_a_hadamard(library: _Library) -> None:
    # hugr-qir writes H as phasedx(π/2, -π/2) and then rz(π), see Quantinuum/qir-qis, qtm-qir-reference.md
    first = library.unitary("phasedx__body", (np.pi / 2, -np.pi / 2), 2)
    assert _same_up_to_phase(library.unitary("rz", (np.pi,), 2) @ first, H)
    assert _same_up_to_phase(u3(np.pi / 2, 0, np.pi), H)


def test_every_definition_has_a_meaning_here() -> None:
    meant = [*GATES, *STEPS, *UNDER_ARRAYS, *UNDER_ARRAYS_IN_TUPLES, *MEASUREMENTS, *_NOTHING]
    assert len(set(meant)) == len(meant)
    assert sorted(_definitions()) == sorted(meant)


def test_no_two_definitions_have_one_name_and_one_type() -> None:
    defined = [function for family in _FAMILIES for function in _offers(family)]
    assert len({function.name for function in defined}) == len(defined)
    assert len({_declared(function) for function in defined}) == len(defined)


@pytest.mark.parametrize("family", _FAMILIES)
def test_a_file_is_valid_and_stands_on_functions_of_a_simulator_alone(family: Provider) -> None:
    module = _module(family)
    module.verify()
    simulator = {f.name: str(signature_of(f)) for f in read_text(ir_of(Provider.SIMULATOR)).functions}
    simulator |= {gate.native_symbol: gate.type for gate in NATIVE.values()}
    needs = {f.name: str(signature_of(f)) for f in module.functions if f.is_declaration}
    assert needs.items() <= simulator.items()
    assert needs.keys() <= set().union(*_calls(family).values())
    inner = [f.name for f in module.functions if not f.is_declaration and not f.name.startswith(PREFIX)]
    assert [name for name in inner if not name.startswith(("qirjit.", "gate."))] == []


@pytest.mark.parametrize("family", _FAMILIES)
def test_no_function_comes_back_to_its_own_declared_name_and_type(family: Provider) -> None:
    calls = _calls(family)
    declared = {function.name: _declared(function) for function in _module(family).functions}
    for name in calls:
        reached, waiting = set[str](), [name]
        while waiting:
            new = calls.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        assert declared[name] not in {declared[callee] for callee in reached}


def _calls(family: Provider) -> dict[str, set[str]]:
    # Of each definition the functions that it calls, or gives to one that calls them.
    names = {function.name for function in _module(family).functions}
    return {
        function.name: {
            operand.name
            for block in function.blocks
            for instruction in block.instructions
            if instruction.opcode == "call"
            for operand in instruction.operands
            if operand.name in names
        }
        for function in _module(family).functions
        if not function.is_declaration
    }


def test_public_programs_declare_the_gates_with_their_types(corpus: Path) -> None:
    known = {(name, binding.type) for name, found in bindings().items() for binding in found}
    own = {_declared(function)[0] for family in _FAMILIES for function in _offers(family)}
    declared = {
        (declaration.name, declaration.type)
        for file in sorted(corpus.rglob("*.[lb][lc]"))
        for declaration in parse_module(file.read_bytes()).info.declarations
        if declaration.name in own
    }
    assert declared
    assert declared - known == set()


@pytest.mark.parametrize("gate", NATIVE.values(), ids=lambda gate: gate.name)
@_few
@given(angle=_ANGLE)
def test_the_table_has_the_matrix_of_each_native_gate(gate: Gate, angle: float) -> None:
    assert gate.matrix is not None
    meant = OWN[gate.native_symbol.removeprefix(PREFIX)]
    assert np.allclose(gate.matrix(angle), meant(*[angle] * arity(meant)))


@pytest.mark.parametrize("gate", NATIVE.values(), ids=lambda gate: gate.name)
@_few
@given(angle=_ANGLE)
def test_the_table_says_what_a_native_gate_commutes_with_and_what_undoes_it(gate: Gate, angle: float) -> None:
    assert gate.matrix is not None
    matrix = np.array(gate.matrix(angle))
    for place in range(gate.width):
        z = np.kron(np.kron(np.eye(1 << place), np.diag([1, -1])), np.eye(1 << gate.width - place - 1))
        assert np.allclose(matrix @ z, z @ matrix) == (place in gate.diagonal) or gate.angles
        assert not gate.flips or np.allclose(matrix @ z, -z @ matrix)
    if gate.inverse:
        undo = GATES_OF_TABLE[gate.inverse].matrix
        assert undo is not None
        assert np.allclose(np.array(undo(-angle)) @ matrix, np.eye(len(matrix)))
