; What is done with a result whose id is an argument.
define void @measured(i64 %id) {
  %result = inttoptr i64 %id to ptr
  call void @__quantum__qis__mz__body(ptr null, ptr %result)
  ret void
}
define void @measured_and_reset(i64 %id) {
  %result = inttoptr i64 %id to ptr
  call void @__quantum__qis__mresetz__body(ptr null, ptr %result)
  ret void
}
define i1 @read(i64 %id) {
  %result = inttoptr i64 %id to ptr
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  ret i1 %bit
}
define i1 @compared(i64 %id) {
  %result = inttoptr i64 %id to ptr
  %same = call i1 @__quantum__rt__result_equal(ptr null, ptr %result)
  ret i1 %same
}
define void @recorded(i64 %id) {
  %result = inttoptr i64 %id to ptr
  call void @__quantum__rt__result_record_output(ptr %result, ptr null)
  ret void
}

declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__mresetz__body(ptr, ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
