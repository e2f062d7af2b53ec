; Measurements in other bases and of pairs, and other forms of mz, in terms of those of a simulator.
;
; After a measurement the qubits are in the eigenstate that was found. The sources are named as in protocol/operations.py.

; ---- in the basis of x: microsoft/qsharp, samples/algorithms/MajoranaQubits; Alice & Bob; of y: its counterpart -----
define internal void @qirjit.mx(ptr %qubit, ptr %result) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret void
}
define internal void @qirjit.my(ptr %qubit, ptr %result) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__mx(ptr %qubit, ptr %result) {
  call void @qirjit.mx(ptr %qubit, ptr %result)
  ret void
}
define void @__quantum__qis__mx__body(ptr %qubit, ptr %result) {
  call void @qirjit.mx(ptr %qubit, ptr %result)
  ret void
}
define void @__quantum__qis__my(ptr %qubit, ptr %result) {
  call void @qirjit.my(ptr %qubit, ptr %result)
  ret void
}
define void @__quantum__qis__my__body(ptr %qubit, ptr %result) {
  call void @qirjit.my(ptr %qubit, ptr %result)
  ret void
}

; ---- mz without __body, and forms that return a new result: CUDA-Q, qcor --------------------------------------------
define void @__quantum__qis__mz(ptr %qubit, ptr %result) {
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  ret void
}
define ptr @"__quantum__qis__mz/returning"(ptr %qubit) {
  %result = call ptr @__quantum__qis__m__body(ptr %qubit)
  ret ptr %result
}
define ptr @"__quantum__qis__mz__body/returning"(ptr %qubit) {
  %result = call ptr @__quantum__qis__m__body(ptr %qubit)
  ret ptr %result
}
define ptr @"__quantum__qis__mx__body/returning"(ptr %qubit) {
  call void @__quantum__qis__h__body(ptr %qubit)
  %result = call ptr @__quantum__qis__m__body(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  ret ptr %result
}
define ptr @"__quantum__qis__my__body/returning"(ptr %qubit) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  %result = call ptr @__quantum__qis__m__body(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__s__body(ptr %qubit)
  ret ptr %result
}

; ---- measured and then reset to |0>: Q# MResetX, MResetY, MResetZ (Std.Measurement) ---------------------------------
define void @__quantum__qis__mresetz(ptr %qubit, ptr %result) {
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__mresetx(ptr %qubit, ptr %result) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__mresetx__body(ptr %qubit, ptr %result) {
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__mresety(ptr %qubit, ptr %result) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}
define void @__quantum__qis__mresety__body(ptr %qubit, ptr %result) {
  call void @__quantum__qis__s__adj(ptr %qubit)
  call void @__quantum__qis__h__body(ptr %qubit)
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}

; ---- the parity of two qubits and nothing else: ZZ and XX, the same sample ------------------------------------------
define internal void @qirjit.mzz(ptr %first, ptr %second, ptr %result) {
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  call void @__quantum__qis__mz__body(ptr %second, ptr %result)
  call void @__quantum__qis__cx__body(ptr %first, ptr %second)
  ret void
}
define void @__quantum__qis__mzz__body(ptr %first, ptr %second, ptr %result) {
  call void @qirjit.mzz(ptr %first, ptr %second, ptr %result)
  ret void
}
define void @__quantum__qis__mxx__body(ptr %first, ptr %second, ptr %result) {
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  call void @qirjit.mzz(ptr %first, ptr %second, ptr %result)
  call void @__quantum__qis__h__body(ptr %first)
  call void @__quantum__qis__h__body(ptr %second)
  ret void
}

; what a simulator has
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__s__adj(ptr)
declare void @__quantum__qis__s__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
