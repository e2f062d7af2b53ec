; Functions of simulator.ll that a small simulator may lack, in terms of its own smaller ones. A simulator's own are
; preferred. Gates of this kind have steps in the table of operations.

define void @__quantum__qis__mresetz__body(ptr %qubit, ptr %result) {
  call void @__quantum__qis__mz__body(ptr %qubit, ptr %result)
  call void @__quantum__qis__reset__body(ptr %qubit)
  ret void
}

; what a simulator has
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
