; Gates on one qubit, as other frontends name them, in terms of the basic gates of a simulator. Angles are radians.
;
; A definition has the name that a program declares; what stands after a slash tells apart the types of one name. Gates
; are right up to a global phase, which nothing can observe; controlled ones, whose phase can be, are in controlled.ll.
;
; Where the meanings come from: QIR-draft is qir-alliance/qir-spec's table of instructions in its first profile drafts;
; MQT is munich-quantum-toolkit/core (GateTable.def, dd/GateMatrixDefinitions.cpp; its first runtime took the qubits
; first); CUDA-Q is NVIDIA/cuda-quantum, runtime/nvqir (NVQIR.cpp, Gates.h); qcor is qir-alliance/qcor, its QIR runtime;
; pytket-qir is CQCL/pytket-qir (conversion.py), which turns pytket's half-turns (docs.quantinuum.com, OpType) into
; radians; pytket-qirpass is CQCL/pytket-qirpass (opdata); qir-qis is Quantinuum/qir-qis, qtm-qir-reference.md;
; Qiskit and Cirq are the classes of that name in their documentation.

; ---- the basic gates without __body (CUDA-Q, qcor), their adjoints, and angles behind the qubit (QIR-draft, MQT) ----
define void @__quantum__qis__h(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__x(ptr %qubit) {
  call void @__quantum__qis__x__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__y(ptr %qubit) {
  call void @__quantum__qis__y__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__z(ptr %qubit) {
  call void @__quantum__qis__z__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__s(ptr %qubit) {
  call void @__quantum__qis__s__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__t(ptr %qubit) {
  call void @__quantum__qis__t__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__rx(double %angle, ptr %qubit) {
  call void @__quantum__qis__rx__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__ry(double %angle, ptr %qubit) {
  call void @__quantum__qis__ry__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__rz(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__h__adj(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__x__adj(ptr %qubit) {
  call void @__quantum__qis__x__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__y__adj(ptr %qubit) {
  call void @__quantum__qis__y__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__z__adj(ptr %qubit) {
  call void @__quantum__qis__z__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__rx__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__rx__body(double %minus, ptr %qubit)
  ret void
}
define void @__quantum__qis__ry__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__ry__body(double %minus, ptr %qubit)
  ret void
}
define void @__quantum__qis__rz__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__rz__body(double %minus, ptr %qubit)
  ret void
}
define void @"__quantum__qis__rx__body/qubit.first"(ptr %qubit, double %angle) {
  call void @__quantum__qis__rx__body(double %angle, ptr %qubit)
  ret void
}
define void @"__quantum__qis__ry__body/qubit.first"(ptr %qubit, double %angle) {
  call void @__quantum__qis__ry__body(double %angle, ptr %qubit)
  ret void
}
define void @"__quantum__qis__rz__body/qubit.first"(ptr %qubit, double %angle) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}

; ---- the adjoints of s and t: s_adj (QIR-draft), s_adj__body (its implementations), sdg (CUDA-Q, qcor, MQT) ---------
define void @__quantum__qis__s_adj(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__s_adj__body(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__sdg(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__sdg__body(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__t_adj(ptr %qubit) {
  call void @__quantum__qis__t__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__t_adj__body(ptr %qubit) {
  call void @__quantum__qis__t__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__tdg(ptr %qubit) {
  call void @__quantum__qis__t__adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__tdg__body(ptr %qubit) {
  call void @__quantum__qis__t__adj(ptr %qubit)
  ret void
}

; ---- the square root of x: sx (Qiskit SXGate; the QDK), sqrtx (MQT), v (pytket V is Rx(π/2): the same up to a phase)
define internal void @qirjit.sx(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__body(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define internal void @qirjit.sx.adj(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__sx(ptr %qubit) {
  call void @qirjit.sx(ptr %qubit)
  ret void
}
define void @__quantum__qis__sx__body(ptr %qubit) {
  call void @qirjit.sx(ptr %qubit)
  ret void
}
define void @__quantum__qis__sqrtx__body(ptr %qubit) {
  call void @qirjit.sx(ptr %qubit)
  ret void
}
define void @__quantum__qis__v__body(ptr %qubit) {
  call void @qirjit.sx(ptr %qubit)
  ret void
}
define void @__quantum__qis__sx__adj(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__sxdg(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__sxdg__body(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__sqrtxdg__body(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__v__adj(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}
define void @__quantum__qis__vdg__body(ptr %qubit) {
  call void @qirjit.sx.adj(ptr %qubit)
  ret void
}

; ---- nothing to observe: the identity (MQT i, OpenQASM id) and the global phase e^(iα) (MQT; OpenQASM 3 gphase) -----
define void @__quantum__qis__i__body(ptr %qubit) {
  ret void
}
define void @__quantum__qis__id__body(ptr %qubit) {
  ret void
}
define void @__quantum__qis__gphase__body(double %angle) {
  ret void
}

; ---- diag(1, e^(iα)): p (Qiskit PhaseGate, MQT), phase (OpenQASM 3 stdgates.inc), r1 (CUDA-Q), u1 (Qiskit U1Gate) ---
define void @__quantum__qis__p(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__p__body(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__phase__body(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__r1(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__r1__body(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__u1(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__u1__body(double %angle, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @__quantum__qis__p__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__rz__body(double %minus, ptr %qubit)
  ret void
}
define void @__quantum__qis__r1__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__rz__body(double %minus, ptr %qubit)
  ret void
}
define void @__quantum__qis__u1__adj(double %angle, ptr %qubit) {
  %minus = fneg double %angle
  call void @__quantum__qis__rz__body(double %minus, ptr %qubit)
  ret void
}
define void @"__quantum__qis__p__body/qubit.first"(ptr %qubit, double %angle) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}
define void @"__quantum__qis__u1__body/qubit.first"(ptr %qubit, double %angle) {
  call void @__quantum__qis__rz__body(double %angle, ptr %qubit)
  ret void
}

; ---- rotation by θ about the axis at φ between x and y: Rz(φ) Rx(θ) Rz(-φ) ------------------------------------------
; phasedx: pytket PhasedX(θ, φ) (pytket-qir multiplies both by π); rxy: qir-qis; u1q: its old name, in pytket-qirpass
; and qir-qis; phased_rx: CUDA-Q PhasedRx; prx: MQT R(θ, φ), which in its first runtime is also called r.
define internal void @qirjit.prx(double %theta, double %phi, ptr %qubit) {
  %minus.phi = fneg double %phi
  call void @__quantum__qis__rz__body(double %minus.phi, ptr %qubit)
  call void @__quantum__qis__rx__body(double %theta, ptr %qubit)
  call void @__quantum__qis__rz__body(double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__phasedx__body(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__rxy__body(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__u1q__body(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__phased_rx(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__phased_rx__body(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__prx__body(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @"__quantum__qis__r__body/two.angles"(double %theta, double %phi, ptr %qubit) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @"__quantum__qis__prx__body/qubit.first"(ptr %qubit, double %theta, double %phi) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @"__quantum__qis__r__body/qubit.first"(ptr %qubit, double %theta, double %phi) {
  call void @qirjit.prx(double %theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__phasedx__adj(double %theta, double %phi, ptr %qubit) {
  %minus.theta = fneg double %theta
  call void @qirjit.prx(double %minus.theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__rxy__adj(double %theta, double %phi, ptr %qubit) {
  %minus.theta = fneg double %theta
  call void @qirjit.prx(double %minus.theta, double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__prx__adj(double %theta, double %phi, ptr %qubit) {
  %minus.theta = fneg double %theta
  call void @qirjit.prx(double %minus.theta, double %phi, ptr %qubit)
  ret void
}

; ---- any gate: Rz(φ) Ry(θ) Rz(λ) but for a phase: Qiskit U3Gate and UGate, CUDA-Q, qcor, MQT ------------------------
; u2(φ, λ) is u3(π/2, φ, λ): Qiskit U2Gate, MQT.
define internal void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit) {
  call void @__quantum__qis__rz__body(double %lambda, ptr %qubit)
  call void @__quantum__qis__ry__body(double %theta, ptr %qubit)
  call void @__quantum__qis__rz__body(double %phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__u3(double %theta, double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @__quantum__qis__u3__body(double %theta, double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @__quantum__qis__u(double %theta, double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @__quantum__qis__u__body(double %theta, double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @"__quantum__qis__u3__body/qubit.first"(ptr %qubit, double %theta, double %phi, double %lambda) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @"__quantum__qis__u__body/qubit.first"(ptr %qubit, double %theta, double %phi, double %lambda) {
  call void @qirjit.u3(double %theta, double %phi, double %lambda, ptr %qubit)
  ret void
}
define void @__quantum__qis__u3__adj(double %theta, double %phi, double %lambda, ptr %qubit) {
  %minus.theta = fneg double %theta
  %minus.phi = fneg double %phi
  %minus.lambda = fneg double %lambda
  call void @qirjit.u3(double %minus.theta, double %minus.lambda, double %minus.phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__u__adj(double %theta, double %phi, double %lambda, ptr %qubit) {
  %minus.theta = fneg double %theta
  %minus.phi = fneg double %phi
  %minus.lambda = fneg double %lambda
  call void @qirjit.u3(double %minus.theta, double %minus.lambda, double %minus.phi, ptr %qubit)
  ret void
}
define void @__quantum__qis__u2(double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double 0x3FF921FB54442D18, double %phi, double %lambda, ptr %qubit)  ; π/2
  ret void
}
define void @__quantum__qis__u2__body(double %phi, double %lambda, ptr %qubit) {
  call void @qirjit.u3(double 0x3FF921FB54442D18, double %phi, double %lambda, ptr %qubit)  ; π/2
  ret void
}
define void @"__quantum__qis__u2__body/qubit.first"(ptr %qubit, double %phi, double %lambda) {
  call void @qirjit.u3(double 0x3FF921FB54442D18, double %phi, double %lambda, ptr %qubit)  ; π/2
  ret void
}
define void @__quantum__qis__u2__adj(double %phi, double %lambda, ptr %qubit) {
  %minus.phi = fneg double %phi
  %minus.lambda = fneg double %lambda
  call void @qirjit.u3(double 0xBFF921FB54442D18, double %minus.lambda, double %minus.phi, ptr %qubit)  ; -π/2
  ret void
}

; ---- cx, for a simulator that has only cz. It stands here because nothing in this file is built on it ---------------
define void @__quantum__qis__cx__body(ptr %control, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__cz__body(ptr %control, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__cnot__body(ptr %control, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__cz__body(ptr %control, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}

; what a simulator has
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__y__body(ptr)
declare void @__quantum__qis__z__body(ptr)
declare void @__quantum__qis__s__body(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__t__adj(ptr)
declare void @__quantum__qis__cz__body(ptr, ptr)
