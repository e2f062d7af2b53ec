; Four fair coins: one qubit, thrown four times, each throw kept in a result of its own.

@first = internal constant [6 x i8] c"first\00"

define void @coins() #0 {
  call void @throw(ptr null)
  call void @throw(ptr inttoptr (i64 1 to ptr))
  call void @throw(ptr inttoptr (i64 2 to ptr))
  call void @throw(ptr inttoptr (i64 3 to ptr))
  call void @__quantum__rt__array_record_output(i64 4, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr @first)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 2 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 3 to ptr), ptr null)
  ret void
}

define internal void @throw(ptr %result) {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr %result)
  call void @__quantum__qis__reset__body(ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr writeonly) #1
declare void @__quantum__qis__reset__body(ptr) #1
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "output_labeling_schema" "required_num_qubits"="1" "required_num_results"="4" }
attributes #1 = { "irreversible" }
