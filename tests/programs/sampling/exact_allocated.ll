; Qubits of an array and results of QIR 1.0, measured into values of their own, with a rotation of a dialect between.
define void @main() #0 {
  %qubits = call ptr @__quantum__rt__qubit_allocate_array(i64 2)
  %a.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 0)
  %b.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %qubits, i64 1)
  %a = load ptr, ptr %a.p
  %b = load ptr, ptr %b.p
  %c = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__r__body(i2 -1, double 1.2, ptr %a)
  call void @__quantum__qis__rxx__body(double 0.9, ptr %a, ptr %b)
  call void @__quantum__qis__u3__body(double 0.4, double 0.5, double 0.6, ptr %c)
  call void @__quantum__qis__ccx__body(ptr %a, ptr %b, ptr %c)
  %x = call ptr @__quantum__qis__m__body(ptr %a)
  %y = call ptr @__quantum__qis__m__body(ptr %b)
  %z = call ptr @__quantum__qis__m__body(ptr %c)
  %one = call ptr @__quantum__rt__result_get_one()
  call void @__quantum__rt__result_record_output(ptr %x, ptr null)
  call void @__quantum__rt__result_record_output(ptr %y, ptr null)
  call void @__quantum__rt__result_record_output(ptr %z, ptr null)
  call void @__quantum__rt__result_record_output(ptr %one, ptr null)
  call void @__quantum__rt__qubit_release(ptr %c)
  call void @__quantum__rt__qubit_release_array(ptr %qubits)
  ret void
}

declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare ptr @__quantum__rt__qubit_allocate()
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__qubit_release_array(ptr)
declare void @__quantum__qis__r__body(i2, double, ptr)
declare void @__quantum__qis__rxx__body(double, ptr, ptr)
declare void @__quantum__qis__u3__body(double, double, double, ptr)
declare void @__quantum__qis__ccx__body(ptr, ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
