; What no tape has: a rotation about a product of Pauli operators, a gate with controls in an array, random numbers.

define void @on_a_product() {
  %paulis = call ptr @__quantum__rt__array_create_1d(i32 1, i64 1)
  %qubits = call ptr @__quantum__rt__qubit_allocate_array(i64 1)
  %pauli = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 0)
  store i8 1, ptr %pauli
  call void @__quantum__qis__exp__body(ptr %paulis, double 0.3, ptr %qubits)
  call void @__quantum__rt__qubit_release_array(ptr %qubits)
  call void @__quantum__rt__array_update_reference_count(ptr %paulis, i32 -1)
  ret void
}

define void @with_controls() {
  %controls = call ptr @__quantum__rt__qubit_allocate_array(i64 2)
  %target = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__h__body(ptr %target)
  call void @__quantum__qis__x__ctl(ptr %controls, ptr %target)
  call void @__quantum__rt__qubit_release(ptr %target)
  call void @__quantum__rt__qubit_release_array(ptr %controls)
  ret void
}

define void @draws_an_integer() {
  %drawn = call i64 @__quantum__qis__drawrandomint__body(i64 0, i64 1)
  call void @__quantum__rt__int_record_output(i64 %drawn, ptr null)
  ret void
}

define void @draws_a_double() {
  %drawn = call double @__quantum__qis__drawrandomdouble__body(double 0.0, double 1.0)
  call void @__quantum__rt__double_record_output(double %drawn, ptr null)
  ret void
}

declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__qubit_release_array(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__exp__body(ptr, double, ptr)
declare void @__quantum__qis__x__ctl(ptr, ptr)
declare i64 @__quantum__qis__drawrandomint__body(i64, i64)
declare double @__quantum__qis__drawrandomdouble__body(double, double)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
