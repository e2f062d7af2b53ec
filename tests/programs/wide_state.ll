; says that it needs 27 qubits, of which all amplitudes take 2 GiB; those that it uses are few
define void @main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__t__body(ptr null)
  call void @__quantum__qis__cnot__body(ptr null, ptr inttoptr (i64 26 to ptr))
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 26 to ptr), ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__cnot__body(ptr, ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" "required_num_qubits"="27" "required_num_results"="1" }
