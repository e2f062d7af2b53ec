; Gates under any number of control qubits, given as an array, in terms of those of the QIR of Q# that a simulator has
; (x__ctl and its like). CUDA-Q passes angles, array and qubits; Q# and MQT the array and a tuple of the others.
;
; The sources are named as in protocol/operations.py.

%Rotation = type { double, ptr }             ; the tuple of rx__ctl, ry__ctl and rz__ctl
%PauliRotation = type { i2, double, ptr }    ; and that of r__ctl
%Prx = type { double, double, ptr }
%U3 = type { double, double, double, ptr }
%Pair = type { ptr, ptr }

; ---- the adjoints of gates that are their own -----------------------------------------------------------------------
define void @__quantum__qis__h__ctladj(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__h__ctl(ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__x__ctladj(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__x__ctl(ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__y__ctladj(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__y__ctl(ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__z__ctladj(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__z__ctl(ptr %controls, ptr %qubit)
  ret void
}

; ---- CUDA-Q: sdg and tdg --------------------------------------------------------------------------------------------
define void @__quantum__qis__sdg__ctl(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__s__ctladj(ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__tdg__ctl(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__t__ctladj(ptr %controls, ptr %qubit)
  ret void
}

; ---- rotations: CUDA-Q has the angle first --------------------------------------------------------------------------
define internal void @qirjit.rotate(ptr %gate, double %angle, ptr %controls, ptr %qubit) {
  %rotation = alloca %Rotation
  store double %angle, ptr %rotation
  %qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  store ptr %qubit, ptr %qubit.p
  call void %gate(ptr %controls, ptr %rotation)
  ret void
}
define internal void @qirjit.rotate.back(ptr %gate, ptr %controls, ptr %rotation) {
  %angle = load double, ptr %rotation
  %minus = fneg double %angle
  %qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  %qubit = load ptr, ptr %qubit.p
  call void @qirjit.rotate(ptr %gate, double %minus, ptr %controls, ptr %qubit)
  ret void
}
define void @"__quantum__qis__rx__ctl/angle.first"(double %angle, ptr %controls, ptr %qubit) {
  call void @qirjit.rotate(ptr @__quantum__qis__rx__ctl, double %angle, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__rx__ctladj(ptr %controls, ptr %rotation) {
  call void @qirjit.rotate.back(ptr @__quantum__qis__rx__ctl, ptr %controls, ptr %rotation)
  ret void
}
define void @"__quantum__qis__ry__ctl/angle.first"(double %angle, ptr %controls, ptr %qubit) {
  call void @qirjit.rotate(ptr @__quantum__qis__ry__ctl, double %angle, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__ry__ctladj(ptr %controls, ptr %rotation) {
  call void @qirjit.rotate.back(ptr @__quantum__qis__ry__ctl, ptr %controls, ptr %rotation)
  ret void
}
define void @"__quantum__qis__rz__ctl/angle.first"(double %angle, ptr %controls, ptr %qubit) {
  call void @qirjit.rotate(ptr @__quantum__qis__rz__ctl, double %angle, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__rz__ctladj(ptr %controls, ptr %rotation) {
  call void @qirjit.rotate.back(ptr @__quantum__qis__rz__ctl, ptr %controls, ptr %rotation)
  ret void
}

; ---- diag(1, e^(iα)): Rz(α) and, as its phase can be observed, e^(iα/2), which is r with the Pauli operator I (0) ---
; r1: CUDA-Q; p: MQT
define internal void @qirjit.phase.ctl(double %angle, ptr %controls, ptr %qubit) {
  %minus = fneg double %angle
  %rotation = alloca %PauliRotation
  %angle.p = getelementptr %PauliRotation, ptr %rotation, i32 0, i32 1
  %qubit.p = getelementptr %PauliRotation, ptr %rotation, i32 0, i32 2
  store i2 0, ptr %rotation
  store double %minus, ptr %angle.p
  store ptr %qubit, ptr %qubit.p
  call void @__quantum__qis__r__ctl(ptr %controls, ptr %rotation)
  ret void
}
define void @__quantum__qis__r1__ctl(double %angle, ptr %controls, ptr %qubit) {
  call void @qirjit.rotate(ptr @__quantum__qis__rz__ctl, double %angle, ptr %controls, ptr %qubit)
  call void @qirjit.phase.ctl(double %angle, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__p__ctl(ptr %controls, ptr %rotation) {
  %angle = load double, ptr %rotation
  %qubit.p = getelementptr %Rotation, ptr %rotation, i32 0, i32 1
  %qubit = load ptr, ptr %qubit.p
  call void @__quantum__qis__r1__ctl(double %angle, ptr %controls, ptr %qubit)
  ret void
}

; ---- u3: CUDA-Q has the angles first; MQT has a tuple, also for u2(φ, λ), which is u3(π/2, φ, λ) --------------------
define void @"__quantum__qis__u3__ctl/angles.first"(double %theta, double %phi, double %lambda, ptr %controls,
                                                    ptr %qubit) {
  call void @qirjit.rotate(ptr @__quantum__qis__rz__ctl, double %lambda, ptr %controls, ptr %qubit)
  call void @qirjit.rotate(ptr @__quantum__qis__ry__ctl, double %theta, ptr %controls, ptr %qubit)
  call void @qirjit.rotate(ptr @__quantum__qis__rz__ctl, double %phi, ptr %controls, ptr %qubit)
  call void @qirjit.phase.ctl(double %phi, ptr %controls, ptr %qubit)
  call void @qirjit.phase.ctl(double %lambda, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__u3__ctl(ptr %controls, ptr %arguments) {
  %phi.p = getelementptr %U3, ptr %arguments, i32 0, i32 1
  %lambda.p = getelementptr %U3, ptr %arguments, i32 0, i32 2
  %qubit.p = getelementptr %U3, ptr %arguments, i32 0, i32 3
  %theta = load double, ptr %arguments
  %phi = load double, ptr %phi.p
  %lambda = load double, ptr %lambda.p
  %qubit = load ptr, ptr %qubit.p
  call void @"__quantum__qis__u3__ctl/angles.first"(double %theta, double %phi, double %lambda, ptr %controls, ptr %qubit)
  ret void
}
define void @__quantum__qis__u2__ctl(ptr %controls, ptr %arguments) {
  %lambda.p = getelementptr %Prx, ptr %arguments, i32 0, i32 1
  %qubit.p = getelementptr %Prx, ptr %arguments, i32 0, i32 2
  %phi = load double, ptr %arguments
  %lambda = load double, ptr %lambda.p
  %qubit = load ptr, ptr %qubit.p
  call void @"__quantum__qis__u3__ctl/angles.first"(double 0x3FF921FB54442D18, double %phi, double %lambda,  ; π/2
                                                    ptr %controls, ptr %qubit)
  ret void
}

; ---- rotation about an axis between x and y: MQT --------------------------------------------------------------------
define void @__quantum__qis__prx__ctl(ptr %controls, ptr %arguments) {
  %phi.p = getelementptr %Prx, ptr %arguments, i32 0, i32 1
  %qubit.p = getelementptr %Prx, ptr %arguments, i32 0, i32 2
  %theta = load double, ptr %arguments
  %phi = load double, ptr %phi.p
  %qubit = load ptr, ptr %qubit.p
  %minus.phi = fneg double %phi
  call void @__quantum__qis__rz__body(double %minus.phi, ptr %qubit)
  call void @qirjit.rotate(ptr @__quantum__qis__rx__ctl, double %theta, ptr %controls, ptr %qubit)
  call void @__quantum__qis__rz__body(double %phi, ptr %qubit)
  ret void
}

; ---- the square root of x, and nothing: MQT -------------------------------------------------------------------------
define void @__quantum__qis__sx__ctl(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__ctl(ptr %controls, ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__sx__ctladj(ptr %controls, ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__ctladj(ptr %controls, ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__i__ctl(ptr %controls, ptr %qubit) {
  ret void
}

; ---- a swap: CUDA-Q has two qubits, MQT a tuple ---------------------------------------------------------------------
; Between two cx stands an x under the controls and the first qubit, made of its square roots.
define void @__quantum__qis__swap__ctl(ptr %controls, ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.cp(double 0x3FF921FB54442D18, ptr %first, ptr %second)  ; π/2
  call void @__quantum__qis__x__ctl(ptr %controls, ptr %first)
  call void @qirjit.cp(double 0xBFF921FB54442D18, ptr %first, ptr %second)  ; -π/2
  call void @__quantum__qis__x__ctl(ptr %controls, ptr %first)
  call void @__quantum__qis__s__ctl(ptr %controls, ptr %second)
  call void @__quantum__qis__h__body(ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  ret void
}
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
define void @"__quantum__qis__swap__ctl/tuple"(ptr %controls, ptr %pair) {
  %second.p = getelementptr %Pair, ptr %pair, i32 0, i32 1
  %first = load ptr, ptr %pair
  %second = load ptr, ptr %second.p
  call void @__quantum__qis__swap__ctl(ptr %controls, ptr %first, ptr %second)
  ret void
}

; what a simulator has
declare void @__quantum__qis__h__ctl(ptr, ptr)
declare void @__quantum__qis__x__ctl(ptr, ptr)
declare void @__quantum__qis__y__ctl(ptr, ptr)
declare void @__quantum__qis__z__ctl(ptr, ptr)
declare void @__quantum__qis__s__ctladj(ptr, ptr)
declare void @__quantum__qis__t__ctladj(ptr, ptr)
declare void @__quantum__qis__rx__ctl(ptr, ptr)
declare void @__quantum__qis__ry__ctl(ptr, ptr)
declare void @__quantum__qis__rz__ctl(ptr, ptr)
declare void @__quantum__qis__r__ctl(ptr, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__s__ctl(ptr, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
