; Angles that no gate can have: infinite, and no number.

define void @infinite() {
  call void @__quantum__qis__rx__body(double 0x7FF0000000000000, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}
define void @no_number() {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__rz__body(double 0x7FF8000000000000, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__rx__body(double, ptr)
declare void @__quantum__qis__rz__body(double, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
