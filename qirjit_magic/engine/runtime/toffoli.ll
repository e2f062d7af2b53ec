; Gates with two and three control qubits, and the controlled swap, in terms of basic ones. The controls come first.
;
; As in controlled.ll the phase is right relative to the uncontrolled states; the sources are named as in gates.ll.

; ---- one control, as in controlled.ll: what the others are made of --------------------------------------------------
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

; ---- two controls: ccx is also ccnot and toffoli (QIR-draft, qiskit-qir); ccy, ccz, cch: MQT ------------------------
define void @__quantum__qis__ccx(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccx__adj(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccnot(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccnot__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__toffoli(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__toffoli__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define internal void @qirjit.ccz(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__ccz(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccz(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccz__body(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccz(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccz__adj(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccz(ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccy__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__s__adj(ptr %target)
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target)
  call void @__quantum__qis__s__body(ptr %target)
  ret void
}
define void @__quantum__qis__cch__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__ry__body(double 0xBFE921FB54442D18, ptr %target)  ; -π/4
  call void @qirjit.ccz(ptr %control1, ptr %control2, ptr %target)
  call void @__quantum__qis__ry__body(double 0x3FE921FB54442D18, ptr %target)  ; π/4
  ret void
}

; ---- two controls with an angle: half of it, half of it back where the controls differ, half for the first (MQT) ----
define internal void @qirjit.ccp(double %angle, ptr %control1, ptr %control2, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @qirjit.cp(double %half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.cp(double %minus.half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.cp(double %half, ptr %control1, ptr %target)
  ret void
}
define void @__quantum__qis__ccp__body(double %angle, ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double %angle, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define internal void @qirjit.ccrx(double %angle, ptr %control1, ptr %control2, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @qirjit.crx(double %half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.crx(double %minus.half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.crx(double %half, ptr %control1, ptr %target)
  ret void
}
define void @__quantum__qis__ccrx__body(double %angle, ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccrx(double %angle, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define internal void @qirjit.ccry(double %angle, ptr %control1, ptr %control2, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @qirjit.cry(double %half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.cry(double %minus.half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.cry(double %half, ptr %control1, ptr %target)
  ret void
}
define void @__quantum__qis__ccry__body(double %angle, ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccry(double %angle, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define internal void @qirjit.ccrz(double %angle, ptr %control1, ptr %control2, ptr %target) {
  %half = fmul double %angle, 0.5
  %minus.half = fmul double %angle, -0.5
  call void @qirjit.crz(double %half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.crz(double %minus.half, ptr %control2, ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @qirjit.crz(double %half, ptr %control1, ptr %target)
  ret void
}
define void @__quantum__qis__ccrz__body(double %angle, ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccrz(double %angle, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccs__body(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0x3FF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__ccs__adj(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0xBFF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__ccsdg__body(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0xBFF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/2
  ret void
}
define void @__quantum__qis__cct__body(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0x3FE921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; π/4
  ret void
}
define void @__quantum__qis__cct__adj(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0xBFE921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/4
  ret void
}
define void @__quantum__qis__cctdg__body(ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccp(double 0xBFE921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/4
  ret void
}
define void @__quantum__qis__ccsx__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.ccp(double 0x3FF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; π/2
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__ccsx__adj(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.ccp(double 0xBFF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/2
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__ccsxdg__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.ccp(double 0xBFF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; -π/2
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}
define void @__quantum__qis__ccprx__body(double %theta, double %phi, ptr %control1, ptr %control2, ptr %target) {
  %minus.phi = fneg double %phi
  call void @__quantum__qis__rz__body(double %minus.phi, ptr %target)
  call void @qirjit.ccrx(double %theta, ptr %control1, ptr %control2, ptr %target)
  call void @__quantum__qis__rz__body(double %phi, ptr %target)
  ret void
}
define internal void @qirjit.ccu3(double %theta, double %phi, double %lambda, ptr %control1, ptr %control2,
                                  ptr %target) {
  %half.phi = fmul double %phi, 0.5
  %half.lambda = fmul double %lambda, 0.5
  call void @qirjit.cp(double %half.phi, ptr %control1, ptr %control2)
  call void @qirjit.cp(double %half.lambda, ptr %control1, ptr %control2)
  call void @qirjit.ccrz(double %lambda, ptr %control1, ptr %control2, ptr %target)
  call void @qirjit.ccry(double %theta, ptr %control1, ptr %control2, ptr %target)
  call void @qirjit.ccrz(double %phi, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccu3__body(double %theta, double %phi, double %lambda, ptr %control1, ptr %control2,
                                        ptr %target) {
  call void @qirjit.ccu3(double %theta, double %phi, double %lambda, ptr %control1, ptr %control2, ptr %target)
  ret void
}
define void @__quantum__qis__ccu2__body(double %phi, double %lambda, ptr %control1, ptr %control2, ptr %target) {
  call void @qirjit.ccu3(double 0x3FF921FB54442D18, double %phi, double %lambda, ptr %control1, ptr %control2,
                         ptr %target)
  ret void
}

; ---- a controlled swap: Qiskit CSwapGate, MQT; fredkin is its other name --------------------------------------------
define internal void @qirjit.cswap(ptr %control, ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__ccx__body(ptr %control, ptr %first, ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  ret void
}
define void @__quantum__qis__cswap(ptr %control, ptr %first, ptr %second) {
  call void @qirjit.cswap(ptr %control, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__cswap__body(ptr %control, ptr %first, ptr %second) {
  call void @qirjit.cswap(ptr %control, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__cswap__adj(ptr %control, ptr %first, ptr %second) {
  call void @qirjit.cswap(ptr %control, ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__fredkin__body(ptr %control, ptr %first, ptr %second) {
  call void @qirjit.cswap(ptr %control, ptr %first, ptr %second)
  ret void
}

; ---- three controls: MQT --------------------------------------------------------------------------------------------
define internal void @qirjit.cccz(ptr %control1, ptr %control2, ptr %control3, ptr %target) {
  call void @qirjit.cp(double 0x3FF921FB54442D18, ptr %control3, ptr %target)  ; π/2
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %control3)
  call void @qirjit.cp(double 0xBFF921FB54442D18, ptr %control3, ptr %target)  ; -π/2
  call void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %control3)
  call void @qirjit.ccp(double 0x3FF921FB54442D18, ptr %control1, ptr %control2, ptr %target)  ; π/2
  ret void
}
define void @__quantum__qis__cccz__body(ptr %control1, ptr %control2, ptr %control3, ptr %target) {
  call void @qirjit.cccz(ptr %control1, ptr %control2, ptr %control3, ptr %target)
  ret void
}
define void @__quantum__qis__cccx__body(ptr %control1, ptr %control2, ptr %control3, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @qirjit.cccz(ptr %control1, ptr %control2, ptr %control3, ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  ret void
}

; what a simulator has
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__ry__body(double, ptr)
declare void @__quantum__qis__ccx__body(ptr, ptr, ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__s__body(ptr)
