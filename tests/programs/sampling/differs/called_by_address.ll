; A function is called by an address that is read from memory, as one that takes nothing.
define void @main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  %place = alloca ptr
  store ptr @record, ptr %place
  %function = load volatile ptr, ptr %place
  call void %function()
  ret void
}

define internal void @record(double %number) noinline {
  %bits = bitcast double %number to i64
  call void @__quantum__rt__int_record_output(i64 %bits, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
