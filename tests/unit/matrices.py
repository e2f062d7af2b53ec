"""What gates of public QIR mean, by name: matrices after their documentation, not after how they are built.

The first qubit is the most significant one of an index. Names stand without ``__quantum__qis__``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qirjit_magic.engine.runtime.gate_ir import native_symbols
from qirjit_magic.protocol.operations import NATIVE

Matrix = npt.NDArray[np.inexact[Any]]
Gate = Callable[..., Matrix]

_MAX_ANGLES = 3
I2 = np.eye(2, dtype=complex)
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)
H = np.array([[1, 1], [1, -1]]) / math.sqrt(2) + 0j
SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]
ISWAP = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])
SQRT_ISWAP = np.array([[2, 0, 0, 0], [0, 2**0.5, 2**0.5 * 1j, 0], [0, 2**0.5 * 1j, 2**0.5, 0], [0, 0, 0, 2]]) / 2
ECR = np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / math.sqrt(2)
DCX = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0]], dtype=complex)
PERES = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]], dtype=complex)
RCCX = np.eye(8, dtype=complex)
RCCX[5, 5] = -1  # |101>: the sign that ccx does not have
RCCX[6:, 6:] = [[0, -1j], [1j, 0]]
PAULIS = {0: I2, 1: X, 2: Z, 3: Y}  # as numbers of two bits


def rotation(paulis: Matrix, angle: float) -> Matrix:
    """exp(-i angle/2 P) for a product of Pauli matrices."""
    return math.cos(angle / 2) * np.eye(len(paulis)) - 1j * math.sin(angle / 2) * paulis


def rx(theta: float) -> Matrix:
    """exp(-iθ/2 X)."""
    return rotation(X, theta)


def ry(theta: float) -> Matrix:
    """exp(-iθ/2 Y)."""
    return rotation(Y, theta)


def rz(theta: float) -> Matrix:
    """exp(-iθ/2 Z)."""
    return rotation(Z, theta)


def phase(angle: float) -> Matrix:
    """A phase for |1> alone."""
    return np.diag([1, np.exp(1j * angle)])


def prx(theta: float, phi: float) -> Matrix:
    """exp(-iθ/2 (cos φ X + sin φ Y))."""
    return rotation(math.cos(phi) * X + math.sin(phi) * Y, theta)


def u3(theta: float, phi: float, lam: float) -> Matrix:
    """Qiskit's U3Gate."""
    cosine, sine = math.cos(theta / 2), math.sin(theta / 2)
    return np.array(
        [[cosine, -np.exp(1j * lam) * sine], [np.exp(1j * phi) * sine, np.exp(1j * phi) * np.exp(1j * lam) * cosine]]
    )


def u2(phi: float, lam: float) -> Matrix:
    """Qiskit's U2Gate."""
    return np.array([[1, -np.exp(1j * lam)], [np.exp(1j * phi), np.exp(1j * phi) * np.exp(1j * lam)]]) / math.sqrt(2)


def rxxyyzz(alpha: float, beta: float, gamma: float) -> Matrix:
    """pytket's TK2, in radians: the three commute, and their sum has the Bell states for eigenstates."""
    bell = np.array([[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]]) / math.sqrt(2)
    signs = np.array([[1, -1, 1], [-1, 1, 1], [1, 1, -1], [-1, -1, -1]])
    phases = np.prod(np.exp(-0.5j * signs * [alpha, beta, gamma]), axis=1)
    return np.asarray(bell.T @ np.diag(phases) @ bell)


def fsim(theta: float, phi: float) -> Matrix:
    """Cirq's FSimGate."""
    matrix = np.diag([1, math.cos(theta), math.cos(theta), np.exp(-1j * phi)])
    matrix[1, 2] = matrix[2, 1] = -1j * math.sin(theta)
    return matrix


def xx_plus_yy(theta: float, beta: float) -> Matrix:
    """Qiskit's XXPlusYYGate, with the first qubit as the most significant one."""
    matrix = np.diag([1, math.cos(theta / 2), math.cos(theta / 2), 1]).astype(complex)
    matrix[1, 2] = -1j * math.sin(theta / 2) * np.exp(1j * beta)
    matrix[2, 1] = -1j * math.sin(theta / 2) * np.exp(-1j * beta)
    return matrix


def xx_minus_yy(theta: float, beta: float) -> Matrix:
    """Qiskit's XXMinusYYGate."""
    matrix = np.diag([math.cos(theta / 2), 1, 1, math.cos(theta / 2)]).astype(complex)
    matrix[0, 3] = -1j * math.sin(theta / 2) * np.exp(-1j * beta)
    matrix[3, 0] = -1j * math.sin(theta / 2) * np.exp(1j * beta)
    return matrix


def fixed(matrix: Matrix) -> Gate:
    """A gate without angles."""
    return lambda: matrix


def adjoint(gate: Gate) -> Gate:
    """Its inverse, for the same angles."""
    return lambda *angles: gate(*angles).conj().T


def controlled(gate: Gate, count: int = 1) -> Gate:
    """The same where so many qubits before its own are 1."""

    def build(*angles: float) -> Matrix:
        inner = gate(*angles)
        matrix = np.eye(len(inner) << count, dtype=complex)
        matrix[-len(inner) :, -len(inner) :] = inner
        return matrix

    return build


def pair(pauli: Matrix, other: Matrix) -> Gate:
    """The rotation about a product of two Pauli matrices."""
    return lambda angle: rotation(np.kron(pauli, other), angle)


_S, _T, _ZZMAX = phase(math.pi / 2), phase(math.pi / 4), rotation(np.kron(Z, Z), math.pi / 2)
_ONE_QUBIT: Mapping[str, Gate] = {
    "i__body id__body": fixed(I2),
    "h h__adj": fixed(H),
    "x x__adj": fixed(X),
    "y y__adj": fixed(Y),
    "z z__adj": fixed(Z),
    "s": fixed(_S),
    "s_adj s_adj__body sdg sdg__body": adjoint(fixed(_S)),
    "t": fixed(_T),
    "t_adj t_adj__body tdg tdg__body": adjoint(fixed(_T)),
    "sx sqrtx__body v__body": fixed(SX),
    "sx__adj sxdg sxdg__body sqrtxdg__body v__adj vdg__body": adjoint(fixed(SX)),
    "rx rx__body/qubits.first": rx,
    "ry ry__body/qubits.first": ry,
    "rz rz__body/qubits.first": rz,
    "rx__adj": adjoint(rx),
    "ry__adj": adjoint(ry),
    "rz__adj": adjoint(rz),
    "p p__body p__body/qubits.first phase__body r1 r1__body u1 u1__body u1__body/qubits.first": phase,
    "p__adj r1__adj u1__adj": adjoint(phase),
    "phasedx__body rxy__body u1q__body phased_rx phased_rx__body prx__body prx__body/qubits.first": prx,
    "r__body r__body/qubits.first": prx,
    "phasedx__adj rxy__adj prx__adj": adjoint(prx),
    "u3 u3__body u3__body/qubits.first u u__body u__body/qubits.first": u3,
    "u3__adj u__adj": adjoint(u3),
    "u2 u2__body u2__body/qubits.first": u2,
    "u2__adj": adjoint(u2),
}
_MORE_QUBITS: Mapping[str, Gate] = {
    "swap swap__adj": fixed(SWAP),
    "rzz rzz__body/qubits.first zzphase__body": pair(Z, Z),
    "rxx rxx__body/qubits.first": pair(X, X),
    "ryy ryy__body/qubits.first": pair(Y, Y),
    "rzx rzx__body rzx__body/qubits.first": pair(Z, X),
    "rzz__adj": adjoint(pair(Z, Z)),
    "rxx__adj": adjoint(pair(X, X)),
    "ryy__adj": adjoint(pair(Y, Y)),
    "rzx__adj": adjoint(pair(Z, X)),
    "zzmax__body zz__body": fixed(_ZZMAX),
    "zzmax__adj": adjoint(fixed(_ZZMAX)),
    "rxxyyzz__body tk2__body": rxxyyzz,
    "rxxyyzz__adj": adjoint(rxxyyzz),
    "iswap iswap__body": fixed(ISWAP),
    "iswap__adj iswapdg__body": adjoint(fixed(ISWAP)),
    "sqrtiswap__body": fixed(SQRT_ISWAP),
    "sqrtiswap__adj": adjoint(fixed(SQRT_ISWAP)),
    "fsim__body": fsim,
    "fsim__adj": adjoint(fsim),
    "xx_plus_yy__body xx_plus_yy__body/qubits.first xxplusyy__body": xx_plus_yy,
    "xx_minus_yy__body xx_minus_yy__body/qubits.first xxminusyy__body": xx_minus_yy,
    "ecr ecr__body ecr__adj": fixed(ECR),
    "dcx dcx__body": fixed(DCX),
    "dcx__adj": adjoint(fixed(DCX)),
    "peres__body": fixed(PERES),
    "peresdg__body": adjoint(fixed(PERES)),
    "rccx__body": fixed(RCCX),
}
_CONTROLLED: Mapping[str, Gate] = {
    "cx cx__adj cnot cnot__adj": controlled(fixed(X)),
    "cz cz__adj": controlled(fixed(Z)),
    "cy cy__adj": controlled(fixed(Y)),
    "ch ch__body ch__adj": controlled(fixed(H)),
    "cs cs__body": controlled(fixed(_S)),
    "cs__adj csdg csdg__body": controlled(adjoint(fixed(_S))),
    "ct__body": controlled(fixed(_T)),
    "ct__adj ctdg__body": controlled(adjoint(fixed(_T))),
    "csx csx__body": controlled(fixed(SX)),
    "csx__adj csxdg__body": controlled(adjoint(fixed(SX))),
    "cp cp__body cp__body/qubits.first cphase cphase__body": controlled(phase),
    "cu1 cu1__body cu1__body/qubits.first cr1__body": controlled(phase),
    "cp__adj": controlled(adjoint(phase)),
    "crx crx__body crx__body/qubits.first": controlled(rx),
    "cry cry__body cry__body/qubits.first": controlled(ry),
    "crz crz__body crz__body/qubits.first": controlled(rz),
    "crx__adj": controlled(adjoint(rx)),
    "cry__adj": controlled(adjoint(ry)),
    "crz__adj": controlled(adjoint(rz)),
    "cprx__body": controlled(prx),
    "cu2__body": controlled(u2),
    "cu3 cu3__body cu3__body/qubits.first": controlled(u3),
    "cu3__adj": controlled(adjoint(u3)),
    "ccx ccx__adj ccnot ccnot__body toffoli toffoli__body": controlled(fixed(X), 2),
    "ccz ccz__body ccz__adj": controlled(fixed(Z), 2),
    "ccy__body": controlled(fixed(Y), 2),
    "cch__body": controlled(fixed(H), 2),
    "ccs__body": controlled(fixed(_S), 2),
    "ccs__adj ccsdg__body": controlled(adjoint(fixed(_S)), 2),
    "cct__body": controlled(fixed(_T), 2),
    "cct__adj cctdg__body": controlled(adjoint(fixed(_T)), 2),
    "ccsx__body": controlled(fixed(SX), 2),
    "ccsx__adj ccsxdg__body": controlled(adjoint(fixed(SX)), 2),
    "ccp__body": controlled(phase, 2),
    "ccrx__body": controlled(rx, 2),
    "ccry__body": controlled(ry, 2),
    "ccrz__body": controlled(rz, 2),
    "ccprx__body": controlled(prx, 2),
    "ccu2__body": controlled(u2, 2),
    "ccu3__body": controlled(u3, 2),
    "crzz__body": controlled(pair(Z, Z)),
    "crxx__body": controlled(pair(X, X)),
    "cryy__body": controlled(pair(Y, Y)),
    "crzx__body": controlled(pair(Z, X)),
    "cswap cswap__body cswap__adj fredkin__body": controlled(fixed(SWAP)),
    "cccx__body": controlled(fixed(X), 3),
    "cccz__body": controlled(fixed(Z), 3),
}
# Under an array of controls: the others follow it, or the angles stand before it, or the others are in a tuple.
_BEHIND: Mapping[str, Gate] = {
    "h__ctladj": fixed(H),
    "x__ctladj": fixed(X),
    "y__ctladj": fixed(Y),
    "z__ctladj": fixed(Z),
    "sdg__ctl": adjoint(fixed(_S)),
    "tdg__ctl": adjoint(fixed(_T)),
    "sx__ctl": fixed(SX),
    "sx__ctladj": adjoint(fixed(SX)),
    "i__ctl": fixed(I2),
    "swap__ctl": fixed(SWAP),
    "rx__ctl/angle.first": rx,
    "ry__ctl/angle.first": ry,
    "rz__ctl/angle.first": rz,
    "r1__ctl": phase,
    "u3__ctl/angles.first": u3,
}
_IN_TUPLE: Mapping[str, Gate] = {
    "rx__ctladj": adjoint(rx),
    "ry__ctladj": adjoint(ry),
    "rz__ctladj": adjoint(rz),
    "p__ctl": phase,
    "u2__ctl": u2,
    "u3__ctl": u3,
    "prx__ctl": prx,
    "swap__ctl/tuple": fixed(SWAP),
}


_OBSERVABLES: Mapping[str, Matrix] = {
    "mx mx__body mx__body/returning mresetx mresetx__body": X,
    "my my__body my__body/returning mresety mresety__body": Y,
    "mz mz/returning mz__body/returning mresetz mresetz__body": Z,
    "mxx__body": np.kron(X, X),
    "mzz__body": np.kron(Z, Z),
}


def _by_name(*tables: Mapping[str, Gate]) -> dict[str, Gate]:
    return {name: gate for table in tables for names, gate in table.items() for name in names.split()}


GATES = _by_name(_ONE_QUBIT, _MORE_QUBITS, _CONTROLLED)
UNDER_ARRAYS = _by_name(_BEHIND)
UNDER_ARRAYS_IN_TUPLES = _by_name(_IN_TUPLE)
# What a simulator has itself: the table of operations says by what names, the matrices are those above.
OWN: Mapping[str, Gate] = {
    native.removeprefix("__quantum__qis__"): GATES[row.names.split()[0]]
    for row in NATIVE.values()
    for native in native_symbols(row)
}
# Native gates as they are made of others where a simulator lacks them.
STEPS = {
    f"{name}/steps": OWN[name]
    for name in (row.native_symbol.removeprefix("__quantum__qis__") for row in NATIVE.values() if row.steps)
}
OWN_UNDER_ARRAYS: Mapping[str, Gate] = {
    **{f"{name}__ctl": GATES[name] for name in "hxyzst"},
    **{f"{name}__ctladj": GATES[f"{name}_adj"] for name in "st"},
}
OWN_UNDER_ARRAYS_IN_TUPLES: Mapping[str, Gate] = {"rx__ctl": rx, "ry__ctl": ry, "rz__ctl": rz}
MEASUREMENTS = {name: matrix for names, matrix in _OBSERVABLES.items() for name in names.split()}
OWN_MEASUREMENTS: Mapping[str, Matrix] = {"mz__body": Z, "mresetz__body": Z, "m__body": Z}


def arity(gate: Gate) -> int:
    """How many angles it has."""
    for count in range(_MAX_ANGLES + 1):
        try:
            gate(*[0.0] * count)
        except TypeError:
            continue
        return count
    raise AssertionError(gate)


def product(paulis: Iterable[int]) -> Matrix:
    """The product of Pauli operators, one a qubit."""
    matrix = np.eye(1, dtype=complex)
    for pauli in paulis:
        matrix = np.kron(matrix, PAULIS[pauli])
    return matrix


def width(matrix: Matrix) -> int:
    """Of how many qubits it is."""
    return len(matrix).bit_length() - 1


def apply(matrix: Matrix, states: Matrix, qubits: Sequence[int]) -> Matrix:
    """States after a gate, one a column or a single one; qubit 0 is the most significant bit of a row's index."""
    assert len(set(qubits)) == len(qubits) == width(matrix)
    tensor = np.moveaxis(states.reshape((2,) * width(states) + (-1,)), qubits, range(len(qubits)))
    turned = (matrix @ tensor.reshape(len(matrix), -1)).reshape(tensor.shape)
    return np.moveaxis(turned, range(len(qubits)), qubits).reshape(states.shape)
