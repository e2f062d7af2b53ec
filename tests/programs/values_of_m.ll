; What m and measure return of qubits that are certain: one and zero, as results, compared, and as text.

define void @main() #0 {
  %paulis = call ptr @__quantum__rt__array_create_1d(i32 1, i64 2)
  %qubits = call ptr @__quantum__rt__qubit_allocate_array(i64 2)
  %pauli.first = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 0)
  %pauli.second = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 1)
  store i8 2, ptr %pauli.first
  store i8 2, ptr %pauli.second
  %first.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 0)
  %second.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 1)
  %first = load ptr, ptr %first.p
  %second = load ptr, ptr %second.p
  call void @__quantum__qis__x__body(ptr %first)
  %one = call ptr @__quantum__qis__m__body(ptr %first)
  %zero = call ptr @__quantum__qis__m__body(ptr %second)
  %parity = call ptr @__quantum__qis__measure__body(ptr %paulis, ptr %qubits)
  call void @__quantum__rt__result_record_output(ptr %one, ptr null)
  call void @__quantum__rt__result_record_output(ptr %zero, ptr null)
  call void @__quantum__rt__result_record_output(ptr %parity, ptr null)
  %read = call i1 @__quantum__rt__read_result(ptr %one)
  %true = call ptr @__quantum__rt__result_get_one()
  %is.one = call i1 @__quantum__rt__result_equal(ptr %one, ptr %true)
  %is.other = call i1 @__quantum__rt__result_equal(ptr %zero, ptr %true)
  call void @__quantum__rt__bool_record_output(i1 %read, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %is.one, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %is.other, ptr null)
  %text = call ptr @__quantum__rt__result_to_string(ptr %one)
  call void @__quantum__rt__message(ptr %text)
  call void @__quantum__rt__qubit_release_array(ptr %qubits)
  call void @__quantum__rt__array_update_reference_count(ptr %paulis, i32 -1)
  ret void
}

declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare void @__quantum__rt__qubit_release_array(ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare ptr @__quantum__qis__measure__body(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare i1 @__quantum__rt__read_result(ptr)
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare ptr @__quantum__rt__result_to_string(ptr)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)

attributes #0 = { "entry_point" }
