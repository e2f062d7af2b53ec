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
from qirjit_magic.engine.runtime.bindings import read_ir
from tests.unit.matrices import (
    GATES,
    MEASUREMENTS,
    UNDER_ARRAYS,
    UNDER_ARRAYS_IN_TUPLES,
    H,
    Matrix,
    arity,
    phase,
    u3,
)
from tests.unit.state_vector import PREFIX, Machine, function_type

_FILES = ("gates", "pairs", "controlled", "toffoli", "controls", "measurements", "substitutes")
_NOTHING = ("gphase__body",)
_EIGENBASIS = {"x": H, "y": phase(np.pi / 2) @ H, "z": np.eye(2)}
_ANGLE = st.floats(-10, 10)
_ANGLES = st.tuples(_ANGLE, _ANGLE, _ANGLE)
_ARRAY, _RESULT = 4096, 7
_few = settings(max_examples=5)


@cache
def _module(file: str) -> llvm.ModuleRef:
    return read_text(read_ir(f"{file}.ll"))


def _offers(file: str) -> list[llvm.ValueRef]:
    functions = _module(file).functions
    return [f for f in functions if not f.is_declaration and f.linkage is llvm.Linkage.external]


def _declared(function: llvm.ValueRef) -> tuple[str, str]:
    return function.name.partition("/")[0], str(signature_of(function))


@cache
def _definitions() -> dict[str, tuple[str, str]]:
    """The file and the type of each definition, by its name without the prefix."""
    return {
        function.name.removeprefix(PREFIX): (file, str(signature_of(function)))
        for file in _FILES
        for function in _offers(file)
    }


class _Library:
    """All files, linked over one state vector."""

    def __init__(self) -> None:
        self.machine = Machine()
        self._linked = {file: self._link(file) for file in _FILES}

    def _link(self, file: str) -> LinkedObject:
        module = read_text(read_ir(f"{file}.ll"))
        needs = {f.name: str(signature_of(f)) for f in module.functions if f.is_declaration}
        symbols = {name: self.machine.symbol(name, kind) for name, kind in needs.items()}
        return LinkedObject(ObjectEmitter().emit(module, 2), symbols)

    def function(self, name: str) -> Any:
        file, kind = _definitions()[name]
        return function_type(kind)(self._linked[file].address(PREFIX + name))

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
@pytest.mark.parametrize("name", sorted(GATES))
@_few
@given(angles=_ANGLES)
def test_a_gate_is_its_matrix_up_to_a_global_phase(library: _Library, name: str, angles: tuple[float, ...]) -> None:
    matrix = GATES[name](*angles[: arity(GATES[name])])
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
    forward = stem if stem in GATES else f"{stem}__body"
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
    meant = [*GATES, *UNDER_ARRAYS, *UNDER_ARRAYS_IN_TUPLES, *MEASUREMENTS, *_NOTHING]
    assert len(set(meant)) == len(meant)
    assert sorted(_definitions()) == sorted(meant)


def test_no_two_definitions_have_one_name_and_one_type() -> None:
    defined = [function for file in _FILES for function in _offers(file)]
    assert len({function.name for function in defined}) == len(defined)
    assert len({_declared(function) for function in defined}) == len(defined)


@pytest.mark.parametrize("file", _FILES)
def test_a_file_is_valid_and_stands_on_functions_of_a_simulator_alone(file: str) -> None:
    module = _module(file)
    module.verify()
    simulator = {f.name: str(signature_of(f)) for f in read_text(read_ir("simulator.ll")).functions}
    needs = {f.name: str(signature_of(f)) for f in module.functions if f.is_declaration}
    assert needs.items() <= simulator.items()
    assert needs.keys() <= set().union(*_calls(file).values())
    inner = [f.name for f in module.functions if not f.is_declaration and not f.name.startswith(PREFIX)]
    assert [name for name in inner if not name.startswith("qirjit.")] == []


@pytest.mark.parametrize("file", _FILES)
def test_no_function_comes_back_to_its_own_declared_name_and_type(file: str) -> None:
    calls = _calls(file)
    declared = {function.name: _declared(function) for function in _module(file).functions}
    for name in calls:
        reached, waiting = set[str](), [name]
        while waiting:
            new = calls.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        assert declared[name] not in {declared[callee] for callee in reached}


def _calls(file: str) -> dict[str, set[str]]:
    return {
        function.name: {
            list(instruction.operands)[-1].name
            for block in function.blocks
            for instruction in block.instructions
            if instruction.opcode == "call"
        }
        for function in _module(file).functions
        if not function.is_declaration
    }


def test_public_programs_declare_the_gates_with_their_types(corpus: Path) -> None:
    known = {_declared(function) for file in (*_FILES, "simulator") for function in _module(file).functions}
    own = {_declared(function)[0] for file in _FILES for function in _offers(file)}
    declared = {
        (declaration.name, declaration.type)
        for file in sorted(corpus.rglob("*.[lb][lc]"))
        for declaration in parse_module(file.read_bytes()).info.declarations
        if declaration.name in own
    }
    assert declared
    assert declared - known == set()
