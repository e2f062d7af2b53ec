"""The sparse simulator with what stands over it: each gate behind each other one, against matrices, to 1e-12."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from qirjit_magic.engine.simulators.shared_library import SharedLibrary
from qirjit_magic.engine.simulators.sparse import SparseSimulator, qirrunner_library
from tests.circuits.running import difference
from tests.unit.matrices import (
    I2,
    PAULIS,
    SWAP,
    SX,
    H,
    Matrix,
    X,
    Y,
    Z,
    apply,
    controlled,
    fixed,
    phase,
    rotation,
    rx,
    ry,
    rz,
)

_EXACT = 1e-12
_AMPLITUDE = re.compile(r"\|(\d+)⟩: (-?[\d.e-]+)([+-][\d.e-]+)i")
_QUBITS = 3
_AT_ONCE = 500
_P, _D, _I8 = ctypes.c_void_p, ctypes.c_double, ctypes.c_int8
_ROTATIONS = {"rx": (rx, 1), "ry": (ry, 3), "rz": (rz, 2)}
_NEARLY = (1e-11, 5e-324, 3.1415926536)
_TURNS = (math.pi, -math.pi, math.pi / 2, 0.7)


@dataclass(frozen=True)
class _Gate:
    name: str
    types: tuple[type[Any], ...]
    values: tuple[Any, ...]
    matrix: Matrix
    qubits: tuple[int, ...]
    angle: float = 0.0

    def __str__(self) -> str:
        return f"{self.name}({self.angle:.17g}, {self.qubits})"


class _Sparse:
    """The simulator in this process; where it is bare all functions are the library's own."""

    def __init__(self, *, bare: bool = False) -> None:
        self._library = SharedLibrary(qirrunner_library())
        self._simulator = SparseSimulator(self._library)
        self._find = self._library.find if bare else self._simulator.find
        self._functions: dict[str, Callable[..., int]] = {}
        self._keep: list[ctypes.Array[ctypes.c_char]] = []
        self._simulator.begin(1)

    def call(self, name: str, types: tuple[type[Any], ...], values: tuple[Any, ...], returned: Any = None) -> Any:
        if name not in self._functions:
            self._functions[name] = ctypes.CFUNCTYPE(returned, *types)(self._find(f"__quantum__{name}"))
        return self._functions[name](*values)

    def array(self, items: tuple[int, ...], size: int = 8) -> int:
        kinds = ctypes.c_int32, ctypes.c_int64
        array = self.call("rt__array_create_1d", kinds, (size, len(items)), _P)
        for index, item in enumerate(items):
            place = self.call("rt__array_get_element_ptr_1d", (_P, ctypes.c_int64), (array, index), _P)
            ctypes.memmove(place, struct.pack("<q", item)[:size], size)
        return int(array)

    def held(self, form: str, *values: Any) -> int:
        self._keep.append(ctypes.create_string_buffer(struct.pack(form, *values)))
        return ctypes.addressof(self._keep[-1])

    def run(self, *gates: _Gate) -> None:
        for gate in gates:
            self.call(f"qis__{gate.name}", gate.types, gate.values)

    def begin(self) -> None:
        self.call("rt__initialize", (_P,), (None,))

    def dump(self) -> None:
        self.call("qis__dumpmachine__body", (_P,), (None,))

    def states(self) -> Iterator[Matrix]:
        for text in self._simulator.take_dumps():
            state = np.zeros(1 << _QUBITS, dtype=complex)
            for basis, real, imaginary in _AMPLITUDE.findall(text):
                state[int(f"{int(basis):0{_QUBITS}b}"[::-1], 2)] = complex(float(real), float(imaginary))
            yield state


def _fixed_gates(sparse: _Sparse) -> Iterator[_Gate]:
    one = {"h": H, "x": X, "y": Y, "z": Z, "s": phase(math.pi / 2), "t": phase(math.pi / 4)}
    for name, matrix in one.items():
        yield _Gate(f"{name}__body", (_P,), (0,), matrix, (0,))
        for controls in ((), (1,), (1, 2)):
            under = controlled(fixed(matrix), len(controls))()
            yield _Gate(f"{name}__ctl", (_P, _P), (sparse.array(controls), 0), under, (*controls, 0))
    yield _Gate("s__adj", (_P,), (0,), phase(-math.pi / 2), (0,))
    yield _Gate("sx__body", (_P,), (0,), SX, (0,))
    pairs = {"cx": controlled(fixed(X))(), "cz": controlled(fixed(Z))(), "cy": controlled(fixed(Y))(), "swap": SWAP}
    for name, matrix in pairs.items():
        yield _Gate(f"{name}__body", (_P, _P), (0, 1), matrix, (0, 1))


def _fair_lock(sparse: _Sparse, angle: float) -> Iterator[_Gate]:
    for name, (gate, pauli) in _ROTATIONS.items():
        yield _Gate(f"{name}__body", (_D, _P), (angle, 0), gate(angle), (0,), angle)
        yield _Gate("r__adj", (_I8, _D, _P), (pauli, angle, 0), gate(-angle), (0,), angle)
        for controls in ((), (1,), (1, 2)):
            values = sparse.array(controls), sparse.held("<dq", angle, 0)
            matrix = controlled(gate, len(controls))(angle)
            yield _Gate(f"{name}__ctl", (_P, _P), values, matrix, (*controls, 0), angle)
        values = sparse.array((1,)), sparse.held("<qdq", pauli, angle, 0)
        yield _Gate("r__ctladj", (_P, _P), values, controlled(gate)(-angle), (1, 0), angle)
    values = sparse.array((1,)), sparse.held("<qdq", 0, angle, 0)
    yield _Gate("r__ctl", (_P, _P), values, controlled(fixed(rotation(I2, angle)))(), (1, 0), angle)
    for name, factor in (("rxx", X), ("ryy", Y), ("rzz", Z)):
        matrix = rotation(np.kron(factor, factor), angle)
        yield _Gate(f"{name}__body", (_D, _P, _P), (angle, 0, 1), matrix, (0, 1), angle)
    for pauli in PAULIS:
        lists = sparse.array((pauli,), 1), angle, sparse.array((0,))
        yield _Gate("exp__body", (_P, _D, _P), lists, rotation(PAULIS[pauli], -2 * angle), (0,), angle)
    values = sparse.array((2,)), sparse.held("<qdq", sparse.array((1,), 1), angle, sparse.array((0,)))
    yield _Gate("exp__ctl", (_P, _P), values, controlled(fixed(rotation(X, -2 * angle)))(), (2, 0), angle)


def _entangled() -> tuple[list[_Gate], Matrix]:
    random = np.random.default_rng(1)
    gates = []
    for qubit in range(_QUBITS):
        for angle in random.uniform(-3, 3, 2).tolist():
            gates.append(_Gate("h__body", (_P,), (qubit,), H, (qubit,)))
            gates.append(_Gate("rz__body", (_D, _P), (angle, qubit), rz(angle), (qubit,)))
        if qubit:
            pair = qubit - 1, qubit
            gates.append(_Gate("cx__body", (_P, _P), pair, controlled(fixed(X))(), pair))
    state = np.zeros((1 << _QUBITS, 1), dtype=complex)
    state[0] = 1
    for gate in gates:
        state = apply(gate.matrix, state, gate.qubits)
    return gates, state


def _wrong(sparse: _Sparse, rows: Iterator[tuple[_Gate, ...]]) -> dict[str, float]:
    """The rows of gates that leave another state than their matrices."""
    before, state = _entangled()
    found: dict[str, float] = {}
    for some in iter(lambda: list(itertools.islice(rows, _AT_ONCE)), []):
        expected = []
        for row in some:
            sparse.begin()
            sparse.run(*before, *row)
            sparse.dump()
            after = state
            for gate in row:
                after = apply(gate.matrix, after, gate.qubits)
            expected.append(after.ravel())
        differences = map(difference, sparse.states(), expected)
        named = zip((" ".join(map(str, row)) for row in some), differences, strict=True)
        found.update({row: size for row, size in named if not size < _EXACT})
    return found


def _all(sparse: _Sparse, angles: tuple[float, ...]) -> list[_Gate]:
    return [*_fixed_gates(sparse), *(gate for angle in angles for gate in _fair_lock(sparse, angle))]


@pytest.mark.parametrize(
    "angles",
    [
        _TURNS,
        (3 * math.pi, 2 * math.pi, 4 * math.pi, math.pi / 4),
        (1e6, -1e15, 1e22, 0.7),
        (1e-11, 5e-324, 3.1415926536),
    ],
    ids=["quarters", "multiples", "huge", "nearly"],
)
def test_each_gate_behind_each_other_one_is_its_matrix(angles: tuple[float, ...]) -> None:
    sparse = _Sparse()
    gates = _all(sparse, angles)
    assert len(gates) > 100
    assert _wrong(sparse, itertools.product(gates, gates)) == {}


def test_long_rows_of_gates_are_their_matrices() -> None:
    sparse = _Sparse()
    gates = _all(sparse, (*_TURNS, 3 * math.pi, 2 * math.pi, 4 * math.pi, 1e15, 1e-11))
    rows = np.random.default_rng(5).integers(0, len(gates), (3_000, 8)).tolist()
    assert _wrong(sparse, (tuple(gates[index] for index in row) for row in rows)) == {}


def test_qirrunner_itself_is_wrong_where_and_only_where_an_ry_waits_behind_an_rx_by_half_a_turn() -> None:
    # When this fails qirrunner has changed: `rotations.ll`, the README and docs/upstream say what it was.
    bare = _Sparse(bare=True)
    gates = _all(bare, _TURNS)
    wrong = _wrong(bare, itertools.product(gates, gates))
    half = [gate for gate in gates if gate.name == "rx__body" or (gate.name == "r__adj" and gate.values[0] == 1)]
    half = [gate for gate in half if abs(gate.angle) == math.pi]
    behind = [gate for gate in gates if gate.name == "ry__body" or (gate.name == "r__adj" and gate.values[0] == 3)]
    behind = [gate for gate in behind if abs(gate.angle) != math.pi]
    assert set(wrong) == {f"{first} {second}" for first in half for second in behind}
    assert min(wrong.values()) > 0.1


def test_qirrunner_itself_loses_a_small_angle_behind_a_huge_one() -> None:
    bare = _Sparse(bare=True)
    pair = [next(gate for gate in _fair_lock(bare, angle) if gate.name == "ry__body") for angle in (1e15, 0.7)]
    (size,) = _wrong(bare, iter([tuple(pair)])).values()
    assert size > 1e-3
