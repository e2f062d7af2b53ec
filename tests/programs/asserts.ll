; Assertions about the probability that a joint measurement gives a result: on a Bell pair, with the expected probability.

@message = internal constant [19 x i8] c"ZZ is as it is not\00"

define void @parity(double %expected) {
  call void @expect(i8 2, i8 2, double %expected)
  ret void
}

define void @flips(double %expected) {
  call void @expect(i8 1, i8 1, double %expected)
  ret void
}

define void @turns(double %expected) {
  call void @expect(i8 3, i8 3, double %expected)
  ret void
}

define void @single(double %expected) {
  call void @expect(i8 0, i8 2, double %expected)
  ret void
}

; That the product of these Pauli operators on the pair is found to be -1.
define internal void @expect(i8 %first, i8 %second, double %expected) {
  %qubits = call ptr @__quantum__rt__qubit_allocate_array(i64 2)
  %control.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 0)
  %target.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 1)
  %control = load ptr, ptr %control.p
  %target = load ptr, ptr %target.p
  call void @__quantum__qis__h__body(ptr %control)
  call void @__quantum__qis__cnot__body(ptr %control, ptr %target)
  %paulis = call ptr @__quantum__rt__array_create_1d(i32 1, i64 2)
  %first.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 0)
  %second.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 1)
  store i8 %first, ptr %first.p
  store i8 %second, ptr %second.p
  %text = call ptr @__quantum__rt__string_create(ptr @message)
  %one = call ptr @__quantum__rt__result_get_one()
  call void @__quantum__qis__assertmeasurementprobability__body(ptr %paulis, ptr %qubits, ptr %one, double %expected, ptr %text, double 1.000000e-10)
  call void @__quantum__rt__string_update_reference_count(ptr %text, i32 -1)
  call void @__quantum__rt__array_update_reference_count(ptr %paulis, i32 -1)
  call void @__quantum__rt__qubit_release_array(ptr %qubits)
  ret void
}

declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare void @__quantum__rt__qubit_release_array(ptr)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__string_create(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__cnot__body(ptr, ptr)
declare void @__quantum__qis__assertmeasurementprobability__body(ptr, ptr, ptr, double, ptr, double)
