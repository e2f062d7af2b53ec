; What a program says, with pictures of the state in between.

@before = internal constant [7 x i8] c"before\00"
@between = internal constant [8 x i8] c"between\00"
@after = internal constant [6 x i8] c"after\00"

define void @dumps() #0 {
  call void @say(ptr @before)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @say(ptr @between)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @say(ptr @after)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

; The same without words, as other programs that print the records draw it too.
define void @only_dumps() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__array_record_output(i64 2, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__qis__dumpmachine__body(ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define internal void @say(ptr %text) {
  %string = call ptr @__quantum__rt__string_create(ptr %text)
  call void @__quantum__rt__message(ptr %string)
  call void @__quantum__rt__string_update_reference_count(ptr %string, i32 -1)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly)
declare void @__quantum__qis__dumpmachine__body(ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)

attributes #0 = { "entry_point" "required_num_qubits"="1" "required_num_results"="2" }
