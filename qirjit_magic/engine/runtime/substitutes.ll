; Functions of simulator.ll that a small simulator may lack, in terms of its own smaller ones, such as cx. A simulator's
; own are preferred. The others of this kind are with their families: cx and sx in gates.ll; rxx, ryy, rzz in pairs.ll;
; cy in controlled.ll.

define void @__quantum__qis__swap__body(ptr %first, ptr %second) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__cx__body(ptr %second, ptr %first)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}

; Qiskit CCXGate and qelib1.inc have this one.
define void @__quantum__qis__ccx__body(ptr %control1, ptr %control2, ptr %target) {
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control2, ptr %target)
  call void @__quantum__qis__t__adj(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %target)
  call void @__quantum__qis__t__body(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control2, ptr %target)
  call void @__quantum__qis__t__adj(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %target)
  call void @__quantum__qis__t__body(ptr %control2)
  call void @__quantum__qis__t__body(ptr %target)
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  call void @__quantum__qis__t__body(ptr %control1)
  call void @__quantum__qis__t__adj(ptr %control2)
  call void @__quantum__qis__cx__body(ptr %control1, ptr %control2)
  ret void
}

define void @__quantum__qis__mresetz__body(ptr %qubit, ptr %result) {
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}

; what a simulator has
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__t__adj(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
