; Gates on two qubits and more that are no controlled ones, as other frontends name them, in terms of the basic gates.
;
; The sources are named as in gates.ll. Where the qubits' order matters, the first is the first parameter.

; ---- swap without __body (CUDA-Q, qcor), and its adjoint ------------------------------------------------------------
define void @__quantum__qis__swap(ptr %first, ptr %second) {
  call void @__quantum__qis__swap__body(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__swap__adj(ptr %first, ptr %second) {
  call void @__quantum__qis__swap__body(ptr %first, ptr %second)
  ret void
}

; ---- exp(-iθ/2 ZZ), exp(-iθ/2 XX), exp(-iθ/2 YY): the QDK, Qiskit RZZGate, MQT --------------------------------------
; pytket ZZPhase is rzz: so write pytket-qir, hugr-qir and qir-qis; zzphase is in Quantinuum's list of QIR gates.
define internal void @qirjit.rzz(double %theta, ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__rz__body(double %theta, ptr %second)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}
define internal void @qirjit.rxx(double %theta, ptr %first, ptr %second) {
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}
define internal void @qirjit.ryy(double %theta, ptr %first, ptr %second) {
  call void @__quantum__qis__s__adj(ptr %first)
  call void @__quantum__qis__s__adj(ptr %second)
  call void @qirjit.rxx(double %theta, ptr %first, ptr %second)
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__s__body(ptr %second)
  ret void
}
define void @__quantum__qis__rzz(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rzz__body(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rzz__adj(double %theta, ptr %first, ptr %second) {
  %minus = fneg double %theta
  call void @qirjit.rzz(double %minus, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__rzz__body/qubit.first"(ptr %first, ptr %second, double %theta) {
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxx(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rxx(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxx__body(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rxx(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxx__adj(double %theta, ptr %first, ptr %second) {
  %minus = fneg double %theta
  call void @qirjit.rxx(double %minus, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__rxx__body/qubit.first"(ptr %first, ptr %second, double %theta) {
  call void @qirjit.rxx(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__ryy(double %theta, ptr %first, ptr %second) {
  call void @qirjit.ryy(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__ryy__body(double %theta, ptr %first, ptr %second) {
  call void @qirjit.ryy(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__ryy__adj(double %theta, ptr %first, ptr %second) {
  %minus = fneg double %theta
  call void @qirjit.ryy(double %minus, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__ryy__body/qubit.first"(ptr %first, ptr %second, double %theta) {
  call void @qirjit.ryy(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__zzphase__body(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  ret void
}

; ---- exp(-iπ/4 ZZ): pytket ZZMax; zz is its name in pytket-qirpass --------------------------------------------------
define void @__quantum__qis__zzmax__body(ptr %first, ptr %second) {
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__s__body(ptr %second)
  call void @__quantum__qis__cz__body(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__zz__body(ptr %first, ptr %second) {
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__s__body(ptr %second)
  call void @__quantum__qis__cz__body(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__zzmax__adj(ptr %first, ptr %second) {
  call void @__quantum__qis__s__adj(ptr %first)
  call void @__quantum__qis__s__adj(ptr %second)
  call void @__quantum__qis__cz__body(ptr %first, ptr %second)
  ret void
}

; ---- exp(-i/2 (α XX + β YY + γ ZZ)): pytket TK2, which pytket-qir calls rxxyyzz; tk2 in pytket-qirpass --------------
define internal void @qirjit.rxxyyzz(double %alpha, double %beta, double %gamma, ptr %first, ptr %second) {
  call void @qirjit.rxx(double %alpha, ptr %first, ptr %second)
  call void @qirjit.ryy(double %beta, ptr %first, ptr %second)
  call void @qirjit.rzz(double %gamma, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxxyyzz__body(double %alpha, double %beta, double %gamma, ptr %first, ptr %second) {
  call void @qirjit.rxxyyzz(double %alpha, double %beta, double %gamma, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__tk2__body(double %alpha, double %beta, double %gamma, ptr %first, ptr %second) {
  call void @qirjit.rxxyyzz(double %alpha, double %beta, double %gamma, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rxxyyzz__adj(double %alpha, double %beta, double %gamma, ptr %first, ptr %second) {
  %minus.alpha = fneg double %alpha
  %minus.beta = fneg double %beta
  %minus.gamma = fneg double %gamma
  call void @qirjit.rxxyyzz(double %minus.alpha, double %minus.beta, double %minus.gamma, ptr %first, ptr %second)
  ret void
}

; ---- exp(-iθ/2 ZX), z on the first qubit: Qiskit RZXGate, MQT -------------------------------------------------------
define internal void @qirjit.rzx(double %theta, ptr %first, ptr %second) {
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.rzz(double %theta, ptr %first, ptr %second)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}
define void @__quantum__qis__rzx(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rzx(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rzx__body(double %theta, ptr %first, ptr %second) {
  call void @qirjit.rzx(double %theta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__rzx__adj(double %theta, ptr %first, ptr %second) {
  %minus = fneg double %theta
  call void @qirjit.rzx(double %minus, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__rzx__body/qubit.first"(ptr %first, ptr %second, double %theta) {
  call void @qirjit.rzx(double %theta, ptr %first, ptr %second)
  ret void
}

; ---- |01> and |10> exchanged with a factor i: Qiskit iSwapGate, MQT; its square root: Cirq SQRT_ISWAP ---------------
define internal void @qirjit.iswap(ptr %first, ptr %second) {
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__s__body(ptr %second)
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}
define internal void @qirjit.iswap.adj(ptr %first, ptr %second) {
  call void @__quantum__qis__h__body(ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__s__adj(ptr %first)
  call void @__quantum__qis__s__adj(ptr %second)
  ret void
}
define void @__quantum__qis__iswap(ptr %first, ptr %second) {
  call void @qirjit.iswap(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__iswap__body(ptr %first, ptr %second) {
  call void @qirjit.iswap(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__iswap__adj(ptr %first, ptr %second) {
  call void @qirjit.iswap.adj(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__iswapdg__body(ptr %first, ptr %second) {
  call void @qirjit.iswap.adj(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__sqrtiswap__body(ptr %first, ptr %second) {
  call void @qirjit.rxx(double 0xBFE921FB54442D18, ptr %first, ptr %second)  ; -π/4
  call void @qirjit.ryy(double 0xBFE921FB54442D18, ptr %first, ptr %second)  ; -π/4
  ret void
}
define void @__quantum__qis__sqrtiswap__adj(ptr %first, ptr %second) {
  call void @qirjit.rxx(double 0x3FE921FB54442D18, ptr %first, ptr %second)  ; π/4
  call void @qirjit.ryy(double 0x3FE921FB54442D18, ptr %first, ptr %second)  ; π/4
  ret void
}

; ---- [[1], [cos θ, -i sin θ; -i sin θ, cos θ], [e^(-iφ)]]: Cirq FSimGate(theta, phi) --------------------------------
define internal void @qirjit.fsim(double %theta, double %phi, ptr %first, ptr %second) {
  call void @qirjit.rxx(double %theta, ptr %first, ptr %second)
  call void @qirjit.ryy(double %theta, ptr %first, ptr %second)
  %minus.half = fmul double %phi, -0.5
  %half = fmul double %phi, 0.5
  call void @__quantum__qis__rz__body(double %minus.half, ptr %first)
  call void @__quantum__qis__rz__body(double %minus.half, ptr %second)
  call void @qirjit.rzz(double %half, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__fsim__body(double %theta, double %phi, ptr %first, ptr %second) {
  call void @qirjit.fsim(double %theta, double %phi, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__fsim__adj(double %theta, double %phi, ptr %first, ptr %second) {
  %minus.theta = fneg double %theta
  %minus.phi = fneg double %phi
  call void @qirjit.fsim(double %minus.theta, double %minus.phi, ptr %first, ptr %second)
  ret void
}

; ---- Rz(-β) exp(-iθ/4 (XX + YY)) Rz(β), the Rz on the first qubit: Qiskit XXPlusYYGate, MQT (xxplusyy: its old name)
define internal void @qirjit.xx.plus.yy(double %theta, double %beta, ptr %first, ptr %second) {
  %half = fmul double %theta, 0.5
  %minus.beta = fneg double %beta
  call void @__quantum__qis__rz__body(double %beta, ptr %first)
  call void @qirjit.rxx(double %half, ptr %first, ptr %second)
  call void @qirjit.ryy(double %half, ptr %first, ptr %second)
  call void @__quantum__qis__rz__body(double %minus.beta, ptr %first)
  ret void
}
define void @__quantum__qis__xx_plus_yy__body(double %theta, double %beta, ptr %first, ptr %second) {
  call void @qirjit.xx.plus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__xxplusyy__body(double %theta, double %beta, ptr %first, ptr %second) {
  call void @qirjit.xx.plus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__xx_plus_yy__body/qubit.first"(ptr %first, ptr %second, double %theta, double %beta) {
  call void @qirjit.xx.plus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}

; ---- Rz(β) exp(-iθ/4 (XX - YY)) Rz(-β), the Rz on the second qubit: Qiskit XXMinusYYGate, MQT -----------------------
define internal void @qirjit.xx.minus.yy(double %theta, double %beta, ptr %first, ptr %second) {
  %half = fmul double %theta, 0.5
  %minus.half = fneg double %half
  %minus.beta = fneg double %beta
  call void @__quantum__qis__rz__body(double %minus.beta, ptr %second)
  call void @qirjit.rxx(double %half, ptr %first, ptr %second)
  call void @qirjit.ryy(double %minus.half, ptr %first, ptr %second)
  call void @__quantum__qis__rz__body(double %beta, ptr %second)
  ret void
}
define void @__quantum__qis__xx_minus_yy__body(double %theta, double %beta, ptr %first, ptr %second) {
  call void @qirjit.xx.minus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__xxminusyy__body(double %theta, double %beta, ptr %first, ptr %second) {
  call void @qirjit.xx.minus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}
define void @"__quantum__qis__xx_minus_yy__body/qubit.first"(ptr %first, ptr %second, double %theta, double %beta) {
  call void @qirjit.xx.minus.yy(double %theta, double %beta, ptr %first, ptr %second)
  ret void
}

; ---- (IX - XY)/√2, the second factor on the first qubit; its own adjoint: Qiskit ECRGate, MQT -----------------------
define internal void @qirjit.ecr(ptr %first, ptr %second) {
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  call void @__quantum__qis__s__body(ptr %second)
  call void @__quantum__qis__h__body(ptr %second)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__x__body(ptr %first)
  ret void
}
define void @__quantum__qis__ecr(ptr %first, ptr %second) {
  call void @qirjit.ecr(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__ecr__body(ptr %first, ptr %second) {
  call void @qirjit.ecr(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__ecr__adj(ptr %first, ptr %second) {
  call void @qirjit.ecr(ptr %first, ptr %second)
  ret void
}

; ---- two cx, back and forth: Qiskit DCXGate, MQT; and a cx with an x: MQT peres -------------------------------------
define void @__quantum__qis__dcx(ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  ret void
}
define void @__quantum__qis__dcx__body(ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  ret void
}
define void @__quantum__qis__dcx__adj(ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__peres__body(ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__x__body(ptr %first)
  ret void
}
define void @__quantum__qis__peresdg__body(ptr %first, ptr %second) {
  call void @__quantum__qis__x__body(ptr %first)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}

; ---- ccx but for phases, in three cx: Qiskit RCCXGate and its qelib1.inc (gate rccx), MQT ---------------------------
define void @__quantum__qis__rccx__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__t__body(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control2, ptr %target)
  call void @__quantum__qis__t__adj(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %target)
  call void @__quantum__qis__t__body(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control2, ptr %target)
  call void @__quantum__qis__t__adj(ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}

; what a simulator has
declare void @__quantum__qis__swap__body(ptr, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__s__body(ptr)
declare void @__quantum__qis__cz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__t__adj(ptr)
