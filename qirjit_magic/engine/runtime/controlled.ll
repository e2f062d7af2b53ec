; Gates with one, two and three control qubits, in terms of the basic gates. The control qubits come first.
;
; The phase of a controlled gate can be observed: each is built so that it is right relative to the uncontrolled states.
; The sources are named as in gates.ll.

; ---- cx and cz without __body, and their adjoints (CUDA-Q, qcor) ----------------------------------------------------
define void @__quantum__qis__cx(ptr %control, ptr %target) {
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cx__adj(ptr %control, ptr %target) {
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cnot(ptr %control, ptr %target) {
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cnot__adj(ptr %control, ptr %target) {
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cz(ptr %control, ptr %target) {
  call void @__quantum__qis__cz__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cz__adj(ptr %control, ptr %target) {
  call void @__quantum__qis__cz__body(ptr %control, ptr %target)
  ret void
}

; ---- controlled y and h: the QDK, Qiskit CYGate and CHGate, MQT. H is Ry(π/4) Z Ry(-π/4) ----------------------------
define internal void @qirjit.cy(ptr %control, ptr %target) {
  call void @__quantum__qis__s__adj(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  call void @__quantum__qis__s__body(ptr %target)
  ret void
}
define internal void @qirjit.ch(ptr %control, ptr %target) {
  call void @__quantum__qis__ry__body(double 0xBFE921FB54442D18, ptr %target)  ; -π/4
  call void @__quantum__qis__cz__body(ptr %control, ptr %target)
  call void @__quantum__qis__ry__body(double 0x3FE921FB54442D18, ptr %target)  ; π/4
  ret void
}
define void @__quantum__qis__cy(ptr %control, ptr %target) {
  call void @qirjit.cy(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cy__body(ptr %control, ptr %target) {
  call void @qirjit.cy(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cy__adj(ptr %control, ptr %target) {
  call void @qirjit.cy(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__ch(ptr %control, ptr %target) {
  call void @qirjit.ch(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__ch__body(ptr %control, ptr %target) {
  call void @qirjit.ch(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__ch__adj(ptr %control, ptr %target) {
  call void @qirjit.ch(ptr %control, ptr %target)
  ret void
}

; ---- e^(iα) where both are 1: cp (Qiskit CPhaseGate, MQT), cphase (CUDA-Q, qcor), cu1 (Qiskit, MQT), cr1 (CUDA-Q r1)
define internal void @qirjit.cp(double %angle, ptr %control, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @__quantum__qis__rz__body(double %half, ptr %control)
  call void @__quantum__qis__rz__body(double %half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  call void @__quantum__qis__rz__body(double %minus.half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cp(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cp__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cphase(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cphase__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu1(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu1__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cr1__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cp__adj(double %angle, ptr %control, ptr %target) {
  %minus = fneg double %angle
  call void @qirjit.cp(double %minus, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__cp__body/qubit.first"(ptr %control, ptr %target, double %angle) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__cu1__body/qubit.first"(ptr %control, ptr %target, double %angle) {
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  ret void
}

; ---- controlled s, t and sx: Qiskit CSGate and CSXGate, MQT ---------------------------------------------------------
define internal void @qirjit.csx(double %angle, ptr %control, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.cp(double %angle, ptr %control, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__cs(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0x3FF921FB54442D18, ptr %control, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__cs__body(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0x3FF921FB54442D18, ptr %control, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__cs__adj(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0xBFF921FB54442D18, ptr %control, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__csdg(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0xBFF921FB54442D18, ptr %control, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__csdg__body(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0xBFF921FB54442D18, ptr %control, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__ct__body(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0x3FE921FB54442D18, ptr %control, ptr %target)  ; π/4
  ret void
}
define void @__quantum__qis__ct__adj(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0xBFE921FB54442D18, ptr %control, ptr %target)  ; -π/4
  ret void
}
define void @__quantum__qis__ctdg__body(ptr %control, ptr %target) {
  call void @qirjit.cp(double 0xBFE921FB54442D18, ptr %control, ptr %target)  ; -π/4
  ret void
}
define void @__quantum__qis__csx(ptr %control, ptr %target) {
  call void @qirjit.csx(double 0x3FF921FB54442D18, ptr %control, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__csx__body(ptr %control, ptr %target) {
  call void @qirjit.csx(double 0x3FF921FB54442D18, ptr %control, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__csx__adj(ptr %control, ptr %target) {
  call void @qirjit.csx(double 0xBFF921FB54442D18, ptr %control, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__csxdg__body(ptr %control, ptr %target) {
  call void @qirjit.csx(double 0xBFF921FB54442D18, ptr %control, ptr %target)  ; -π/2
  ret void
}

; ---- controlled rotations: Qiskit CRXGate, CRYGate, CRZGate, MQT ----------------------------------------------------
define internal void @qirjit.crz(double %angle, ptr %control, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @__quantum__qis__rz__body(double %half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  call void @__quantum__qis__rz__body(double %minus.half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define internal void @qirjit.crx(double %angle, ptr %control, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.crz(double %angle, ptr %control, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define internal void @qirjit.cry(double %angle, ptr %control, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @__quantum__qis__ry__body(double %half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  call void @__quantum__qis__ry__body(double %minus.half, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crx(double %angle, ptr %control, ptr %target) {
  call void @qirjit.crx(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crx__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.crx(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crx__adj(double %angle, ptr %control, ptr %target) {
  %minus = fneg double %angle
  call void @qirjit.crx(double %minus, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__crx__body/qubit.first"(ptr %control, ptr %target, double %angle) {
  call void @qirjit.crx(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cry(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cry(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cry__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.cry(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cry__adj(double %angle, ptr %control, ptr %target) {
  %minus = fneg double %angle
  call void @qirjit.cry(double %minus, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__cry__body/qubit.first"(ptr %control, ptr %target, double %angle) {
  call void @qirjit.cry(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crz(double %angle, ptr %control, ptr %target) {
  call void @qirjit.crz(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crz__body(double %angle, ptr %control, ptr %target) {
  call void @qirjit.crz(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__crz__adj(double %angle, ptr %control, ptr %target) {
  %minus = fneg double %angle
  call void @qirjit.crz(double %minus, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__crz__body/qubit.first"(ptr %control, ptr %target, double %angle) {
  call void @qirjit.crz(double %angle, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cprx__body(double %theta, double %phi, ptr %control, ptr %target) {
  %minus.phi = fneg double %phi
  call void @__quantum__qis__rz__body(double %minus.phi, ptr %target)
  call void @qirjit.crx(double %theta, ptr %control, ptr %target)
  call void @__quantum__qis__rz__body(double %phi, ptr %target)
  ret void
}

; ---- controlled u3, whose phase e^(i(φ+λ)/2) turns the control: Qiskit CU3Gate; u2(φ, λ) is u3(π/2, φ, λ): MQT ------
; Angles are never added, here and elsewhere: a sum has lost what a large one leaves no room for.
define internal void @qirjit.cu3(double %theta, double %phi, double %lambda, ptr %control, ptr %target) {
  %half.phi = fmul double %phi, 0.5
  %half.lambda = fmul double %lambda, 0.5
  call void @__quantum__qis__rz__body(double %half.phi, ptr %control)
  call void @__quantum__qis__rz__body(double %half.lambda, ptr %control)
  call void @qirjit.crz(double %lambda, ptr %control, ptr %target)
  call void @qirjit.cry(double %theta, ptr %control, ptr %target)
  call void @qirjit.crz(double %phi, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu3(double %theta, double %phi, double %lambda, ptr %control, ptr %target) {
  call void @qirjit.cu3(double %theta, double %phi, double %lambda, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu3__body(double %theta, double %phi, double %lambda, ptr %control, ptr %target) {
  call void @qirjit.cu3(double %theta, double %phi, double %lambda, ptr %control, ptr %target)
  ret void
}
define void @"__quantum__qis__cu3__body/qubit.first"(ptr %control, ptr %target, double %theta, double %phi,
                                                     double %lambda) {
  call void @qirjit.cu3(double %theta, double %phi, double %lambda, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu3__adj(double %theta, double %phi, double %lambda, ptr %control, ptr %target) {
  %minus.theta = fneg double %theta
  %minus.phi = fneg double %phi
  %minus.lambda = fneg double %lambda
  call void @qirjit.cu3(double %minus.theta, double %minus.lambda, double %minus.phi, ptr %control, ptr %target)
  ret void
}
define void @__quantum__qis__cu2__body(double %phi, double %lambda, ptr %control, ptr %target) {
  call void @qirjit.cu3(double 0x3FF921FB54442D18, double %phi, double %lambda, ptr %control, ptr %target)  ; π/2
  ret void
}

; ---- controlled rotations about a product of two: MQT ---------------------------------------------------------------
define internal void @qirjit.crzz(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @qirjit.crz(double %theta, ptr %control, ptr %second)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}
define internal void @qirjit.crxx(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.crzz(double %theta, ptr %control, ptr %first, ptr %second)
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}
define void @__quantum__qis__crzz__body(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @qirjit.crzz(double %theta, ptr %control, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__crxx__body(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @qirjit.crxx(double %theta, ptr %control, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__cryy__body(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @__quantum__qis__s__adj(ptr %first)
  call void @__quantum__qis__s__adj(ptr %second)
  call void @qirjit.crxx(double %theta, ptr %control, ptr %first, ptr %second)
  call void @__quantum__qis__s__body(ptr %first)
  call void @__quantum__qis__s__body(ptr %second)
  ret void
}
define void @__quantum__qis__crzx__body(double %theta, ptr %control, ptr %first, ptr %second) {
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.crzz(double %theta, ptr %control, ptr %first, ptr %second)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}

; what a simulator has
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__cz__body(ptr, ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__s__body(ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__h__body(ptr)
