; The result is an item of an array, which is sliced and read as numbers.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %one = call ptr @__quantum__rt__result_get_one()
  %array = call ptr @__quantum__rt__array_create_1d(i32 8, i64 2)
  %a.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 0)
  %b.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 1)
  store ptr %r, ptr %a.p
  store ptr %one, ptr %b.p
  %copy = call ptr @__quantum__rt__array_copy(ptr %array, i1 true)
  %c.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %copy, i64 0)
  %a = load i64, ptr %c.p
  %b = load i64, ptr %b.p
  %bit = icmp eq i64 %a, %b
  br i1 %bit, label %flip, label %measure
flip:
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  br label %measure
measure:
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare ptr @__quantum__rt__array_copy(ptr, i1)

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
