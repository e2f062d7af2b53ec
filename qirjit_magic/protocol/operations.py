"""The one table of operations: what simulators carry out, and the gates of every dialect in terms of these.

A `Gate` is a row. Those with a number are *native*: a simulator carries them out itself, a trace has an entry for each,
and a diagram draws them. The others are written in ``steps`` of native ones and of each other. From the table come

- the functions of QIR that programs may declare, with their types (`engine.runtime.bindings`, completion),
- their IR: aliases, adjoints, gates made of others, the tracer's functions and the player's (`engine.runtime.gate_ir`),
- what may follow a measurement where shots are sampled, stim's names, shapes of circuits, the exact tests' matrices.

Steps are written as ``name(angle, …) qubit …; …``; an angle is a parameter, ``-θ``, ``θ/2``, ``-θ/2``, or a part of π,
``-π/4``. Angles are radians, and are never added: a sum has lost what a large one leaves no room for. Gates are right
up to a global phase, which nothing can observe; of a controlled gate the phase relative to the uncontrolled states is
right too. Control qubits come first.

Where the meanings come from: QIR-draft is qir-alliance/qir-spec's table of instructions in its first profile drafts;
MQT is munich-quantum-toolkit/core (GateTable.def, dd/GateMatrixDefinitions.cpp; its first runtime took qubits first);
CUDA-Q is NVIDIA/cuda-quantum, runtime/nvqir (NVQIR.cpp, Gates.h); qcor is qir-alliance/qcor, its runtime; pytket-qir
is CQCL/pytket-qir (conversion.py), which turns pytket's half-turns (docs.quantinuum.com, OpType) into radians;
pytket-qirpass is CQCL/pytket-qirpass (opdata); qir-qis is Quantinuum/qir-qis, qtm-qir-reference.md; Qiskit and Cirq are
the classes of that name in their documentation.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

import msgspec

Matrix = tuple[tuple[complex, ...], ...]


class Op(IntEnum):
    """The native operations by their numbers on a trace; gates on one qubit count from 1, as the player needs."""

    H = 1
    X = 2
    Y = 3
    Z = 4
    S = 5
    S_ADJ = 6
    T = 7
    T_ADJ = 8
    SX = 9
    RX = 10
    RY = 11
    RZ = 12
    CX = 20
    CY = 21
    CZ = 22
    SWAP = 23
    CCX = 24
    RXX = 25
    RYY = 26
    RZZ = 27
    MEASURE = 40
    RESET = 41
    RECORD = 42
    RECORD_ZERO = 43
    RECORD_ONE = 44
    RELEASE = 45
    MRESETZ = 46
    WRITE_ZERO = 47
    WRITE_ONE = 48


class Gate(NamedTuple):
    """A row of the table.

    Attributes:
        name: its name in other rows' steps, in diagrams and in messages.
        qubits: the names of its qubits, controls first.
        angles: the names of its angles; a function takes them before the qubits.
        names: what QIR calls it, without ``__quantum__qis__`` before.
        others: other functions that a simulator may have it as.
        adjoints: what QIR calls its adjoint.
        qubits_first: what it is called where the qubits stand before the angles.
        steps: what it is made of; of a native one, for a simulator that lacks it.
        controls: how many of the qubits are controls.
        op: its number, where it is native; its function is then ``native_symbol``.
        inverse: of a native one its inverse, for the negated angle where it has one; empty where ``steps`` are undone.
        diagonal: on which of its qubits, by place, it commutes with Z, so that these may have been measured before.
        flips: whether it exchanges 0 and 1 of a measured qubit.
        matrix: of a native one, by its angle: the first qubit is the most significant one of an index.
        stim: its name, or its names by quarters of a turn; two quarters about a product are a Pauli operator on each.
        sign: how a diagram draws it behind its controls: ``target``, ``cross``; a box with its name by itself.
        openqasm: its name in OpenQASM 3's stdgates.inc, where it has one.
        qiskit: the method of Qiskit's ``QuantumCircuit`` that adds it.
    """

    name: str
    qubits: str
    angles: str = ""
    names: str = ""
    others: str = ""
    adjoints: str = ""
    qubits_first: str = ""
    steps: str = ""
    controls: int = 0
    op: Op | None = None
    inverse: str = ""
    diagonal: tuple[int, ...] = ()
    flips: bool = False
    matrix: Callable[[float], Matrix] | None = None
    stim: str | tuple[str, str, str, str] = ""
    sign: str = ""
    openqasm: str = ""
    qiskit: str = ""

    @property
    def width(self) -> int:
        """On how many qubits it is."""
        return len(self.qubits.split())

    @property
    def native_symbol(self) -> str:
        """The function that carries a native operation out."""
        return symbol(self.name if self.name.endswith("__adj") else f"{self.name}__body")

    @property
    def type(self) -> str:
        """The type of its function, in LLVM's words."""
        return f"void ({', '.join(['double'] * len(self.angles.split()) + ['ptr'] * self.width)})"

    @property
    def type_with_qubits_first(self) -> str:
        """The type of its function where the qubits come first."""
        return f"void ({', '.join(['ptr'] * self.width + ['double'] * len(self.angles.split()))})"


def symbol(name: str) -> str:
    """The function of QIR that a row calls so."""
    return f"__quantum__qis__{name}"


# ---- matrices ------------------------------------------------------------------------------------------------------

_R = math.sqrt(0.5)
_X: Matrix = ((0, 1), (1, 0))
_Y: Matrix = ((0, -1j), (1j, 0))
_Z: Matrix = ((1, 0), (0, -1))


def _always(matrix: Matrix) -> Callable[[float], Matrix]:
    return lambda _: matrix


def _phase(angle: float) -> Matrix:
    return ((1, 0), (0, cmath.exp(1j * angle)))


def _product(left: Matrix, right: Matrix) -> Matrix:
    # Kronecker's.
    return tuple(tuple(a * b for a in upper for b in lower) for upper in left for lower in right)


def _rotation(pauli: Matrix) -> Callable[[float], Matrix]:
    # exp(-i angle/2 P) = cos(angle/2) - i sin(angle/2) P, since P² = 1.
    def matrix(angle: float) -> Matrix:
        cosine, sine = math.cos(angle / 2), math.sin(angle / 2)
        return tuple(
            tuple((cosine if row == column else 0) - 1j * sine * entry for column, entry in enumerate(entries))
            for row, entries in enumerate(pauli)
        )

    return matrix


def _controlled(matrix: Matrix) -> Matrix:
    size = len(matrix)
    same = tuple(tuple(complex(row == column) for column in range(2 * size)) for row in range(size))
    return (*same, *((0,) * size + row for row in matrix))


_SWAP: Matrix = ((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1))
_SX: Matrix = ((0.5 + 0.5j, 0.5 - 0.5j), (0.5 - 0.5j, 0.5 + 0.5j))

# ---- native gates --------------------------------------------------------------------------------------------------
# Names without __body and their adjoints: CUDA-Q, qcor. Angles behind the qubit: QIR-draft, MQT.

_NATIVE = (
    Gate(
        "h", "q", names="h", adjoints="h__adj", op=Op.H, inverse="h",
        matrix=_always(((_R, _R), (_R, -_R))), stim="H", openqasm="h", qiskit="h",
    ),
    Gate(
        "x", "q", names="x", adjoints="x__adj", steps="h q; rz(π) q; h q", op=Op.X, inverse="x", flips=True,
        matrix=_always(_X), stim="X", openqasm="x", qiskit="x",
    ),
    Gate(
        "y", "q", names="y", adjoints="y__adj", steps="h q; rz(π) q; h q; rz(π) q", op=Op.Y, inverse="y", flips=True,
        matrix=_always(_Y), stim="Y", openqasm="y", qiskit="y",
    ),
    Gate(
        "z", "q", names="z", adjoints="z__adj", steps="rz(π) q", op=Op.Z, inverse="z", diagonal=(0,),
        matrix=_always(_Z), stim="Z", openqasm="z", qiskit="z",
    ),
    Gate(
        "s", "q", names="s", steps="rz(π/2) q", op=Op.S, inverse="s__adj", diagonal=(0,),
        matrix=_always(((1, 0), (0, 1j))), stim="S", openqasm="s", qiskit="s",
    ),
    # s_adj: QIR-draft; s_adj__body: its implementations; sdg: CUDA-Q, qcor, MQT.
    Gate(
        "s__adj", "q", names="s_adj s_adj__body sdg sdg__body", steps="rz(-π/2) q",
        op=Op.S_ADJ, inverse="s", diagonal=(0,), matrix=_always(((1, 0), (0, -1j))),
        stim="S_DAG", openqasm="sdg", qiskit="sdg",
    ),
    Gate(
        "t", "q", names="t", steps="rz(π/4) q", op=Op.T, inverse="t__adj", diagonal=(0,),
        matrix=_always(_phase(math.pi / 4)), openqasm="t", qiskit="t",
    ),
    Gate(
        "t__adj", "q", names="t_adj t_adj__body tdg tdg__body", steps="rz(-π/4) q",
        op=Op.T_ADJ, inverse="t", diagonal=(0,), matrix=_always(_phase(-math.pi / 4)), openqasm="tdg", qiskit="tdg",
    ),
    # sx: Qiskit SXGate, the QDK; sqrtx: MQT; v: pytket V is Rx(π/2), the same up to a phase.
    Gate(
        "sx", "q", names="sx sqrtx__body v__body", adjoints="sx__adj sxdg sxdg__body sqrtxdg__body v__adj vdg__body",
        steps="h q; s q; h q", op=Op.SX, matrix=_always(_SX), stim="SQRT_X", openqasm="sx", qiskit="sx",
    ),
    Gate(
        "rx", "q", "angle", names="rx", adjoints="rx__adj", qubits_first="rx__body",
        steps="h q; rz(angle) q; h q", op=Op.RX, inverse="rx",
        matrix=_rotation(_X), stim=("I", "SQRT_X", "X", "SQRT_X_DAG"), openqasm="rx", qiskit="rx",
    ),
    Gate(
        "ry", "q", "angle", names="ry", adjoints="ry__adj", qubits_first="ry__body",
        steps="rz(-π/2) q; h q; rz(angle) q; h q; rz(π/2) q", op=Op.RY, inverse="ry",
        matrix=_rotation(_Y), stim=("I", "SQRT_Y", "Y", "SQRT_Y_DAG"), openqasm="ry", qiskit="ry",
    ),
    Gate(
        "rz", "q", "angle", names="rz", adjoints="rz__adj", qubits_first="rz__body", op=Op.RZ, inverse="rz",
        diagonal=(0,), matrix=_rotation(_Z), stim=("I", "S", "Z", "S_DAG"), openqasm="rz", qiskit="rz",
    ),
    Gate(
        "cx", "c t", names="cx cnot", others="cnot__body", adjoints="cx__adj cnot__adj",
        steps="h t; cz c t; h t", controls=1, op=Op.CX, inverse="cx", diagonal=(0,),
        matrix=_always(_controlled(_X)), stim="CX", sign="target", openqasm="cx", qiskit="cx",
    ),
    # The QDK, Qiskit CYGate, MQT.
    Gate(
        "cy", "c t", names="cy", adjoints="cy__adj", steps="s__adj t; cx c t; s t", controls=1,
        op=Op.CY, inverse="cy", diagonal=(0,), matrix=_always(_controlled(_Y)), stim="CY", openqasm="cy", qiskit="cy",
    ),
    Gate(
        "cz", "c t", names="cz", adjoints="cz__adj", steps="h t; cx c t; h t", controls=1,
        op=Op.CZ, inverse="cz", diagonal=(0, 1), matrix=_always(_controlled(_Z)), stim="CZ", openqasm="cz", qiskit="cz",
    ),
    Gate(
        "swap", "a b", names="swap", adjoints="swap__adj", steps="cx a b; cx b a; cx a b",
        op=Op.SWAP, inverse="swap", matrix=_always(_SWAP), stim="SWAP", sign="cross", openqasm="swap", qiskit="swap",
    ),
    # ccnot and toffoli: QIR-draft, qiskit-qir.
    Gate(
        "ccx", "c1 c2 t", names="ccx ccnot ccnot__body toffoli toffoli__body", adjoints="ccx__adj",
        steps="h t; cx c2 t; t__adj t; cx c1 t; t t; cx c2 t; t__adj t; cx c1 t; t c2; t t; h t; "
        "cx c1 c2; t c1; t__adj c2; cx c1 c2",
        controls=2, op=Op.CCX, inverse="ccx", diagonal=(0, 1), matrix=_always(_controlled(_controlled(_X))),
        sign="target", openqasm="ccx", qiskit="ccx",
    ),
    # exp(-iθ/2 XX) and its like: the QDK, Qiskit RXXGate, MQT.
    Gate(
        "rxx", "a b", "theta", names="rxx", adjoints="rxx__adj", qubits_first="rxx__body",
        steps="h a; h b; cx a b; rz(theta) b; cx a b; h a; h b", op=Op.RXX, inverse="rxx",
        matrix=_rotation(_product(_X, _X)), stim=("I", "SQRT_XX", "X", "SQRT_XX_DAG"), qiskit="rxx",
    ),
    Gate(
        "ryy", "a b", "theta", names="ryy", adjoints="ryy__adj", qubits_first="ryy__body",
        steps="s__adj a; s__adj b; h a; h b; cx a b; rz(theta) b; cx a b; h a; h b; s a; s b", op=Op.RYY, inverse="ryy",
        matrix=_rotation(_product(_Y, _Y)), stim=("I", "SQRT_YY", "Y", "SQRT_YY_DAG"), qiskit="ryy",
    ),
    # pytket ZZPhase is rzz: so write pytket-qir, hugr-qir and qir-qis; zzphase is in Quantinuum's list of QIR gates.
    Gate(
        "rzz", "a b", "theta", names="rzz zzphase__body", adjoints="rzz__adj", qubits_first="rzz__body",
        steps="cx a b; rz(theta) b; cx a b", op=Op.RZZ, inverse="rzz", diagonal=(0, 1),
        matrix=_rotation(_product(_Z, _Z)), stim=("I", "SQRT_ZZ", "Z", "SQRT_ZZ_DAG"), qiskit="rzz",
    ),
)  # fmt: skip

# ---- gates of dialects ---------------------------------------------------------------------------------------------

_ONE_QUBIT = (
    # Nothing to observe: the identity (MQT i, OpenQASM id) and the global phase e^(i alpha) (MQT; OpenQASM 3 gphase).
    Gate("id", "q", names="i__body id__body"),
    Gate("gphase", "", "angle", names="gphase__body"),
    # diag(1, e^(i alpha)): p (Qiskit PhaseGate, MQT), phase (OpenQASM 3 stdgates.inc), r1 (CUDA-Q), u1 (Qiskit U1Gate).
    Gate(
        "p", "q", "angle", names="p p__body phase__body r1 r1__body u1 u1__body", adjoints="p__adj r1__adj u1__adj",
        qubits_first="p__body u1__body", steps="rz(angle) q",
    ),
    # By θ about the axis at φ between x and y. phasedx: pytket PhasedX(θ, φ), times π in pytket-qir; rxy: qir-qis;
    # u1q: its old name, in pytket-qirpass and qir-qis; phased_rx: CUDA-Q PhasedRx; prx: MQT R(θ, φ), at first r.
    Gate(
        "prx", "q", "theta phi",
        names="phasedx__body rxy__body u1q__body phased_rx phased_rx__body prx__body r__body",
        adjoints="phasedx__adj rxy__adj prx__adj", qubits_first="prx__body r__body",
        steps="rz(-phi) q; rx(theta) q; rz(phi) q",
    ),
    # Any gate: Qiskit U3Gate and UGate, CUDA-Q, qcor, MQT; u2: Qiskit U2Gate, MQT.
    Gate(
        "u3", "q", "theta phi lambda", names="u3 u3__body u u__body", adjoints="u3__adj u__adj",
        qubits_first="u3__body u__body", steps="rz(lambda) q; ry(theta) q; rz(phi) q",
    ),
    Gate(
        "u2", "q", "phi lambda", names="u2 u2__body", adjoints="u2__adj", qubits_first="u2__body",
        steps="rz(lambda) q; ry(π/2) q; rz(phi) q",
    ),
)  # fmt: skip
_PAIRS = (
    # exp(-iπ/4 ZZ): pytket ZZMax; zz is its name in pytket-qirpass.
    Gate("zzmax", "a b", names="zzmax__body zz__body", adjoints="zzmax__adj", steps="s a; s b; cz a b"),
    # exp(-i/2 (alpha XX + beta YY + gamma ZZ)): pytket TK2, which pytket-qir calls rxxyyzz; tk2 in pytket-qirpass.
    Gate(
        "rxxyyzz", "a b", "alpha beta gamma", names="rxxyyzz__body tk2__body", adjoints="rxxyyzz__adj",
        steps="rxx(alpha) a b; ryy(beta) a b; rzz(gamma) a b",
    ),
    # exp(-iθ/2 ZX), z on the first qubit: Qiskit RZXGate, MQT.
    Gate(
        "rzx", "a b", "theta", names="rzx rzx__body", adjoints="rzx__adj", qubits_first="rzx__body",
        steps="h b; rzz(theta) a b; h b",
    ),
    # |01> and |10> exchanged with a factor i: Qiskit iSwapGate, MQT; its square root: Cirq SQRT_ISWAP.
    Gate(
        "iswap", "a b", names="iswap iswap__body", adjoints="iswap__adj iswapdg__body",
        steps="s a; s b; h a; cx a b; cx b a; h b",
    ),
    Gate(
        "sqrtiswap", "a b", names="sqrtiswap__body", adjoints="sqrtiswap__adj", steps="rxx(-π/4) a b; ryy(-π/4) a b",
    ),
    # [[1], [cos θ, -i sin θ; -i sin θ, cos θ], [e^(-iφ)]]: Cirq FSimGate(theta, phi).
    Gate(
        "fsim", "a b", "theta phi", names="fsim__body", adjoints="fsim__adj",
        steps="rxx(theta) a b; ryy(theta) a b; rz(-phi/2) a; rz(-phi/2) b; rzz(phi/2) a b",
    ),
    # Rz(-β) exp(-iθ/4 (XX + YY)) Rz(β), the Rz on the first qubit: Qiskit XXPlusYYGate, MQT (xxplusyy: its old name).
    Gate(
        "xx_plus_yy", "a b", "theta beta", names="xx_plus_yy__body xxplusyy__body", qubits_first="xx_plus_yy__body",
        steps="rz(beta) a; rxx(theta/2) a b; ryy(theta/2) a b; rz(-beta) a",
    ),
    # Rz(β) exp(-iθ/4 (XX - YY)) Rz(-β), the Rz on the second qubit: Qiskit XXMinusYYGate, MQT.
    Gate(
        "xx_minus_yy", "a b", "theta beta", names="xx_minus_yy__body xxminusyy__body", qubits_first="xx_minus_yy__body",
        steps="rz(-beta) b; rxx(theta/2) a b; ryy(-theta/2) a b; rz(beta) b",
    ),
    # (IX - XY)/√2, the second factor on the first qubit; its own adjoint: Qiskit ECRGate, MQT.
    Gate("ecr", "a b", names="ecr ecr__body", adjoints="ecr__adj", steps="s a; h b; s b; h b; cx a b; x a"),
    # Two cx, back and forth: Qiskit DCXGate, MQT; and a cx with an x: MQT peres.
    Gate("dcx", "a b", names="dcx dcx__body", adjoints="dcx__adj", steps="cx a b; cx b a"),
    Gate("peres", "a b", names="peres__body", adjoints="peresdg__body", steps="cx a b; x a"),
    # ccx but for phases, in three cx: Qiskit RCCXGate and its qelib1.inc (gate rccx), MQT.
    Gate(
        "rccx", "c1 c2 t", names="rccx__body",
        steps="h t; t t; cx c2 t; t__adj t; cx c1 t; t t; cx c2 t; t__adj t; h t",
    ),
)  # fmt: skip
_CONTROLLED = (
    # The QDK, Qiskit CHGate, MQT: H is Ry(π/4) Z Ry(-π/4).
    Gate("ch", "c t", names="ch ch__body", adjoints="ch__adj", steps="ry(-π/4) t; cz c t; ry(π/4) t", controls=1),
    # e^(i alpha) where both are 1: cp (Qiskit CPhaseGate, MQT), cphase (CUDA-Q, qcor), cu1 (both), cr1 (CUDA-Q).
    Gate(
        "cp", "c t", "angle", names="cp cp__body cphase cphase__body cu1 cu1__body cr1__body", adjoints="cp__adj",
        qubits_first="cp__body cu1__body", controls=1,
        steps="rz(angle/2) c; rz(angle/2) t; cx c t; rz(-angle/2) t; cx c t",
    ),
    # Qiskit CSGate and CSXGate, MQT.
    Gate("cs", "c t", names="cs cs__body", adjoints="cs__adj csdg csdg__body", steps="cp(π/2) c t", controls=1),
    Gate("ct", "c t", names="ct__body", adjoints="ct__adj ctdg__body", steps="cp(π/4) c t", controls=1),
    Gate(
        "csx", "c t", names="csx csx__body", adjoints="csx__adj csxdg__body", steps="h t; cp(π/2) c t; h t", controls=1,
    ),
    # Qiskit CRXGate, CRYGate, CRZGate, MQT.
    Gate(
        "crz", "c t", "angle", names="crz crz__body", adjoints="crz__adj", qubits_first="crz__body", controls=1,
        steps="rz(angle/2) t; cx c t; rz(-angle/2) t; cx c t",
    ),
    Gate(
        "crx", "c t", "angle", names="crx crx__body", adjoints="crx__adj", qubits_first="crx__body", controls=1,
        steps="h t; crz(angle) c t; h t",
    ),
    Gate(
        "cry", "c t", "angle", names="cry cry__body", adjoints="cry__adj", qubits_first="cry__body", controls=1,
        steps="ry(angle/2) t; cx c t; ry(-angle/2) t; cx c t",
    ),
    Gate(
        "cprx", "c t", "theta phi", names="cprx__body", steps="rz(-phi) t; crx(theta) c t; rz(phi) t", controls=1,
    ),
    # A controlled u3, whose phase e^(i(φ+λ)/2) turns the control: Qiskit CU3Gate; u2(φ, λ) is u3(π/2, φ, λ): MQT.
    Gate(
        "cu3", "c t", "theta phi lambda", names="cu3 cu3__body", adjoints="cu3__adj", qubits_first="cu3__body",
        steps="rz(phi/2) c; rz(lambda/2) c; crz(lambda) c t; cry(theta) c t; crz(phi) c t", controls=1,
    ),
    Gate("cu2", "c t", "phi lambda", names="cu2__body", steps="cu3(π/2, phi, lambda) c t", controls=1),
    # Rotations about a product of two: MQT.
    Gate(
        "crzz", "c a b", "theta", names="crzz__body", steps="cx a b; crz(theta) c b; cx a b", controls=1,
    ),
    Gate(
        "crxx", "c a b", "theta", names="crxx__body", steps="h a; h b; crzz(theta) c a b; h a; h b", controls=1,
    ),
    Gate(
        "cryy", "c a b", "theta", names="cryy__body", controls=1,
        steps="s__adj a; s__adj b; crxx(theta) c a b; s a; s b",
    ),
    Gate("crzx", "c a b", "theta", names="crzx__body", steps="h b; crzz(theta) c a b; h b", controls=1),
)  # fmt: skip
_TWICE = "{0}(angle/2) c2 t; cx c1 c2; {0}(-angle/2) c2 t; cx c1 c2; {0}(angle/2) c1 t"  # as MQT does it
_TWICE_CONTROLLED = (
    # ccz, ccy, cch: MQT.
    Gate("ccz", "c1 c2 t", names="ccz ccz__body", adjoints="ccz__adj", steps="h t; ccx c1 c2 t; h t", controls=2),
    Gate("ccy", "c1 c2 t", names="ccy__body", steps="s__adj t; ccx c1 c2 t; s t", controls=2),
    Gate("cch", "c1 c2 t", names="cch__body", steps="ry(-π/4) t; ccz c1 c2 t; ry(π/4) t", controls=2),
    # Half the angle, half of it back where the controls differ, half for the first: MQT.
    Gate("ccp", "c1 c2 t", "angle", names="ccp__body", steps=_TWICE.format("cp"), controls=2),
    Gate("ccrx", "c1 c2 t", "angle", names="ccrx__body", steps=_TWICE.format("crx"), controls=2),
    Gate("ccry", "c1 c2 t", "angle", names="ccry__body", steps=_TWICE.format("cry"), controls=2),
    Gate("ccrz", "c1 c2 t", "angle", names="ccrz__body", steps=_TWICE.format("crz"), controls=2),
    Gate("ccs", "c1 c2 t", names="ccs__body", adjoints="ccs__adj ccsdg__body", steps="ccp(π/2) c1 c2 t", controls=2),
    Gate("cct", "c1 c2 t", names="cct__body", adjoints="cct__adj cctdg__body", steps="ccp(π/4) c1 c2 t", controls=2),
    Gate(
        "ccsx", "c1 c2 t", names="ccsx__body", adjoints="ccsx__adj ccsxdg__body", steps="h t; ccp(π/2) c1 c2 t; h t",
        controls=2,
    ),
    Gate(
        "ccprx", "c1 c2 t", "theta phi", names="ccprx__body", controls=2,
        steps="rz(-phi) t; ccrx(theta) c1 c2 t; rz(phi) t",
    ),
    Gate(
        "ccu3", "c1 c2 t", "theta phi lambda", names="ccu3__body", controls=2,
        steps="cp(phi/2) c1 c2; cp(lambda/2) c1 c2; ccrz(lambda) c1 c2 t; ccry(theta) c1 c2 t; ccrz(phi) c1 c2 t",
    ),
    Gate("ccu2", "c1 c2 t", "phi lambda", names="ccu2__body", steps="ccu3(π/2, phi, lambda) c1 c2 t", controls=2),
    # Qiskit CSwapGate, MQT; fredkin is its other name.
    Gate(
        "cswap", "c a b", names="cswap cswap__body fredkin__body", adjoints="cswap__adj", controls=2,
        steps="cx b a; ccx c a b; cx b a",
    ),
    # Three controls: MQT.
    Gate(
        "cccz", "c1 c2 c3 t", names="cccz__body", controls=3,
        steps="cp(π/2) c3 t; ccx c1 c2 c3; cp(-π/2) c3 t; ccx c1 c2 c3; ccp(π/2) c1 c2 t",
    ),
    Gate("cccx", "c1 c2 c3 t", names="cccx__body", steps="h t; cccz c1 c2 c3 t; h t", controls=3),
)  # fmt: skip

GATES: Final[Mapping[str, Gate]] = {
    gate.name: gate for gate in (*_NATIVE, *_ONE_QUBIT, *_PAIRS, *_CONTROLLED, *_TWICE_CONTROLLED)
}
NATIVE: Final[Mapping[Op, Gate]] = {gate.op: gate for gate in _NATIVE if gate.op is not None}

# The words for the qubits above, where there is room for them.
QUBIT_NAMES: Final = {
    "q": "qubit", "c": "control", "c1": "control1", "c2": "control2", "c3": "control3",
    "t": "target", "a": "first", "b": "second",
}  # fmt: skip

# ---- operations as circuit diagrams have them: the engine reads them from a trace, the kernel draws them -------------

MAX_FIRST = 4000
MAX_LAST = 1000
MAX_QUBIT = (1 << 20) - 1
MAX_RESULT = (1 << 25) - 1
RETURNED: Final = MAX_RESULT + 1  # from here on results are those that m returned, in the order of the measurements


class Shape(msgspec.Struct, frozen=True):
    """The shape of an operation in traces and diagrams.

    Attributes:
        qubits: how many it is on.
        controls: how many of these, the first ones, are controls.
        angle: whether it has one.
        result: whether it measures or writes one, or records one.
        sign: how it is drawn behind its controls: ``target``, ``cross``; empty for a box with its name.
    """

    qubits: int
    controls: int = 0
    angle: bool = False
    result: bool = False
    sign: str = ""


# By the names that QIR gives them, without __quantum__qis__ or __quantum__rt__ before and __body behind.
SHAPES: Final = {
    **{gate.name: Shape(gate.width, gate.controls, bool(gate.angles), sign=gate.sign) for gate in NATIVE.values()},
    **dict.fromkeys(("m", "mz", "mresetz"), Shape(1, result=True)),
    **dict.fromkeys(("reset", "release"), Shape(1)),
    **dict.fromkeys(("record", "write_zero", "write_one"), Shape(0, result=True)),
    **dict.fromkeys(("record_zero", "record_one"), Shape(0)),
}
NOT_COUNTED: Final = frozenset({"release", *(name for name, shape in SHAPES.items() if not shape.qubits)})


class Operation(msgspec.Struct, frozen=True):
    """One of the things that a program asks a simulator for.

    Attributes:
        name: one of `SHAPES`.
        qubits: the ids of its qubits, controls first.
        result: the id of the result that it measures, writes or records; from `RETURNED` on one that ``m`` returned.
        angle: in radians; None where it has none, or one that is not finite.
    """

    name: str
    qubits: tuple[int, ...] = ()
    result: int | None = None
    angle: float | None = None

    @property
    def shape(self) -> Shape:
        """The shape of the operation."""
        return SHAPES[self.name]


class TraceEnd(msgspec.Struct, frozen=True):
    """Why a trace ended before the program did.

    Attributes:
        function: the function that it called, named as in `SHAPES`; empty where it is no single call.
        qubit: the qubit that the function was called with, where that is known.
        result: likewise the result.
        reason: why, where it is no single call.
    """

    function: str = ""
    qubit: int | None = None
    result: int | None = None
    reason: str = ""
