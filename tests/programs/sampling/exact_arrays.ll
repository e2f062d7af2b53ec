; Results in an array, between results alone: a Bell pair, its opposite, and one that is written and not measured.
@pair = internal constant [5 x i8] c"pair\00"

define void @main() #0 {
  %results = alloca [3 x ptr]
  %second = getelementptr [3 x ptr], ptr %results, i64 0, i64 1
  %third = getelementptr [3 x ptr], ptr %results, i64 0, i64 2
  store ptr null, ptr %results
  store ptr inttoptr (i64 1 to ptr), ptr %second
  store ptr inttoptr (i64 1 to ptr), ptr %third
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__cx__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__write_result(i1 false, ptr inttoptr (i64 2 to ptr))
  call void @__quantum__rt__array_record_output(i64 3, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_array_record_output(i64 3, ptr %results, ptr @pair)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 2 to ptr), ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__cx__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__write_result(i1, ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__result_array_record_output(i64, ptr, ptr)

attributes #0 = { "entry_point" }
