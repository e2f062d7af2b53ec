; Null pointers where the runtime library takes strings, arrays and the like.

@text = internal constant [3 x i8] c"ab\00"

define void @fails_silently() {
  call void @__quantum__rt__fail(ptr null)
  unreachable
}
define void @fails_with_no_characters() {
  %empty = call ptr @__quantum__rt__string_create(ptr null)
  call void @__quantum__rt__fail(ptr %empty)
  unreachable
}

define void @says_nothing() {
  call void @__quantum__rt__message(ptr null)
  %empty = call ptr @__quantum__rt__string_create(ptr null)
  call void @__quantum__rt__message(ptr %empty)
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  %first = call ptr @__quantum__rt__string_concatenate(ptr null, ptr %string)
  call void @__quantum__rt__message(ptr %first)
  %second = call ptr @__quantum__rt__string_concatenate(ptr %string, ptr null)
  call void @__quantum__rt__message(ptr %second)
  %third = call ptr @__quantum__rt__string_concatenate(ptr null, ptr null)
  call void @__quantum__rt__message(ptr %third)
  ret void
}

define void @compares() {
  %empty = call ptr @__quantum__rt__string_create(ptr null)
  %string = call ptr @__quantum__rt__string_create(ptr @text)
  %a = call i1 @__quantum__rt__string_equal(ptr null, ptr null)
  %b = call i1 @__quantum__rt__string_equal(ptr null, ptr %empty)
  %c = call i1 @__quantum__rt__string_equal(ptr %string, ptr null)
  %d = call i1 @__quantum__rt__string_equal(ptr %string, ptr %string)
  call void @__quantum__rt__bool_record_output(i1 %a, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %b, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %c, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %d, ptr null)
  %length = call i32 @__quantum__rt__string_get_length(ptr null)
  %wide = sext i32 %length to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr null)
  %data = call ptr @__quantum__rt__string_get_data(ptr null)
  %first = load i8, ptr %data
  %first.wide = zext i8 %first to i64
  call void @__quantum__rt__int_record_output(i64 %first.wide, ptr null)
  ret void
}

define void @counts_nothing() {
  call void @__quantum__rt__string_update_reference_count(ptr null, i32 -1)
  call void @__quantum__rt__bigint_update_reference_count(ptr null, i32 1)
  call void @__quantum__rt__array_update_reference_count(ptr null, i32 -1)
  call void @__quantum__rt__array_update_alias_count(ptr null, i32 1)
  call void @__quantum__rt__tuple_update_reference_count(ptr null, i32 -1)
  call void @__quantum__rt__tuple_update_alias_count(ptr null, i32 1)
  call void @__quantum__rt__callable_update_reference_count(ptr null, i32 -1)
  call void @__quantum__rt__callable_update_alias_count(ptr null, i32 1)
  call void @__quantum__rt__capture_update_reference_count(ptr null, i32 -1)
  call void @__quantum__rt__capture_update_alias_count(ptr null, i32 1)
  %array = call ptr @__quantum__rt__array_copy(ptr null, i1 true)
  %tuple = call ptr @__quantum__rt__tuple_copy(ptr null, i1 true)
  %callable = call ptr @__quantum__rt__callable_copy(ptr null, i1 true)
  %array.none = icmp eq ptr %array, null
  %tuple.none = icmp eq ptr %tuple, null
  %callable.none = icmp eq ptr %callable, null
  call void @__quantum__rt__bool_record_output(i1 %array.none, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %tuple.none, ptr null)
  call void @__quantum__rt__bool_record_output(i1 %callable.none, ptr null)
  ret void
}

define void @labels_nothing() {
  call void @__quantum__rt__int_record_output(i64 1, ptr null)
  call void @__quantum__rt__bool_record_output(i1 1, ptr null)
  call void @__quantum__rt__tuple_record_output(i64 0, ptr null)
  call void @__quantum__rt__array_record_output(i64 0, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

define void @asserts_silently() {
  %qubits = call ptr @__quantum__rt__qubit_allocate_array(i64 1)
  %paulis = call ptr @__quantum__rt__array_create_1d(i32 1, i64 1)
  %pauli.p = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %paulis, i64 0)
  store i8 2, ptr %pauli.p
  %one = call ptr @__quantum__rt__result_get_one()
  call void @__quantum__qis__assertmeasurementprobability__body(ptr %paulis, ptr %qubits, ptr %one, double 1.0, ptr null, double 0.1)
  ret void
}

declare void @__quantum__rt__fail(ptr)
declare void @__quantum__rt__message(ptr)
declare ptr @__quantum__rt__string_create(ptr)
declare ptr @__quantum__rt__string_concatenate(ptr, ptr)
declare i1 @__quantum__rt__string_equal(ptr, ptr)
declare i32 @__quantum__rt__string_get_length(ptr)
declare ptr @__quantum__rt__string_get_data(ptr)
declare void @__quantum__rt__string_update_reference_count(ptr, i32)
declare void @__quantum__rt__bigint_update_reference_count(ptr, i32)
declare void @__quantum__rt__array_update_reference_count(ptr, i32)
declare void @__quantum__rt__array_update_alias_count(ptr, i32)
declare void @__quantum__rt__tuple_update_reference_count(ptr, i32)
declare void @__quantum__rt__tuple_update_alias_count(ptr, i32)
declare void @__quantum__rt__callable_update_reference_count(ptr, i32)
declare void @__quantum__rt__callable_update_alias_count(ptr, i32)
declare void @__quantum__rt__capture_update_reference_count(ptr, i32)
declare void @__quantum__rt__capture_update_alias_count(ptr, i32)
declare ptr @__quantum__rt__array_copy(ptr, i1)
declare ptr @__quantum__rt__tuple_copy(ptr, i1)
declare ptr @__quantum__rt__callable_copy(ptr, i1)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__rt__tuple_record_output(i64, ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__qis__assertmeasurementprobability__body(ptr, ptr, ptr, double, ptr, double)
