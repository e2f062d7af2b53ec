; Qubits by their ids: allocated ones share them with those that a program names, and may be recorded or used as an index.
; Each function records the same in all shots.

@squares = internal constant [4 x i64] [i64 0, i64 1, i64 4, i64 9]

define void @allocated_is_static() {
  %q = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__x__body(ptr %q)
  call void @measure(i64 0)
  ret void
}

define void @above_static_ones() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 4 to ptr))
  call void @allocate_and_record()
  call void @allocate_and_record()
  ret void
}

; Measured, swapped and reset ones are used as well; what a barrier or the identity is about is not.
define void @above_all_kinds_of_use() {
  call void @__quantum__qis__r__body(i2 0, double 1.0, ptr inttoptr (i64 9 to ptr))
  call void @allocate_and_record()
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 2 to ptr), ptr inttoptr (i64 40 to ptr))
  call void @allocate_and_record()
  call void @__quantum__qis__reset__body(ptr inttoptr (i64 5 to ptr))
  call void @allocate_and_record()
  call void @__quantum__qis__ccx__body(ptr inttoptr (i64 8 to ptr), ptr null, ptr inttoptr (i64 7 to ptr))
  call void @allocate_and_record()
  call void @__quantum__qis__swap__body(ptr null, ptr inttoptr (i64 70 to ptr))
  call void @allocate_and_record()
  ret void
}

define void @released_and_allocated() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__rt__qubit_release(ptr null)
  %q = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__qis__x__body(ptr %q)
  call void @measure(i64 0)
  ret void
}

; It is back once, and the second release does not reset it.
define void @released_twice() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__qubit_release(ptr null)
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__rt__qubit_release(ptr null)
  call void @measure(i64 0)
  call void @allocate_and_record()
  call void @allocate_and_record()
  call void @measure(i64 1)
  ret void
}

; One that nobody has used is not released; one that is in use afterwards may still be allocated.
define void @released_unused() {
  call void @__quantum__rt__qubit_release(ptr inttoptr (i64 3 to ptr))
  call void @allocate_and_record()
  call void @__quantum__rt__qubit_release(ptr null)
  call void @__quantum__qis__x__body(ptr null)
  call void @allocate_and_record()
  call void @measure(i64 0)
  ret void
}

define void @in_arrays() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  %many = call ptr @__quantum__rt__qubit_allocate_array(i64 100)
  call void @record_item(ptr %many, i64 0)
  call void @record_item(ptr %many, i64 99)
  %late = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__rt__qubit_release(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__qubit_release_array(ptr %many)
  %some = call ptr @__quantum__rt__qubit_allocate_array(i64 103)
  call void @record_item(ptr %some, i64 0)
  call void @record_item(ptr %some, i64 63)
  call void @record_item(ptr %some, i64 100)
  call void @record_item(ptr %some, i64 101)
  call void @record_item(ptr %some, i64 102)
  call void @measure(i64 1)
  ret void
}

define void @as_an_index() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 2 to ptr))
  %q = call ptr @__quantum__rt__qubit_allocate()
  %slot = alloca ptr
  store ptr %q, ptr %slot
  %id = load i64, ptr %slot
  %square.p = getelementptr [4 x i64], ptr @squares, i64 0, i64 %id
  %square = load i64, ptr %square.p
  call void @__quantum__rt__int_record_output(i64 %square, ptr null)
  ret void
}

define void @as_text() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 2 to ptr))
  %q = call ptr @__quantum__rt__qubit_allocate()
  %text = call ptr @__quantum__rt__qubit_to_string(ptr %q)
  call void @__quantum__rt__message(ptr %text)
  ret void
}

; Nothing has happened yet.
define void @begun_twice() {
  call void @__quantum__rt__initialize(ptr null)
  call void @__quantum__rt__initialize(ptr null)
  call void @__quantum__qis__x__body(ptr null)
  call void @measure(i64 0)
  ret void
}

; ---- what is not traced ----------------------------------------------------------------------------------------------

define void @begun_again() {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__rt__initialize(ptr null)
  call void @measure(i64 0)
  ret void
}

define void @begun_again_with_a_qubit() {
  %q = call ptr @__quantum__rt__qubit_allocate()
  call void @__quantum__rt__initialize(ptr null)
  call void @allocate_and_record()
  ret void
}

define void @begun_again_with_a_result() {
  call void @__quantum__rt__write_result(i1 true, ptr null)
  call void @__quantum__rt__initialize(ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

define void @reads_what_m_returned() {
  call void @__quantum__qis__h__body(ptr null)
  %result = call ptr @__quantum__qis__m__body(ptr null)
  %bit = call i1 @__quantum__rt__read_result(ptr %result)
  ret void
}

; ---- ids that there are none of -------------------------------------------------------------------------------------

define void @no_qubit() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1048576 to ptr))
  ret void
}

define void @no_other_qubit() {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1048575 to ptr))
  %q = call ptr @__quantum__rt__qubit_allocate()
  ret void
}

define void @no_measured_result() {
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 33554432 to ptr))
  ret void
}

define void @no_written_result() {
  call void @__quantum__rt__write_result(i1 true, ptr inttoptr (i64 33554432 to ptr))
  ret void
}

define void @no_recorded_result() {
  %r = call ptr @__quantum__qis__m__body(ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 33554432 to ptr), ptr null)
  ret void
}

; ----------------------------------------------------------------------------------------------------------------------

define internal void @measure(i64 %id) {
  %qubit = inttoptr i64 %id to ptr
  call void @__quantum__qis__mz__body(ptr %qubit, ptr null)
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  ret void
}

define internal void @allocate_and_record() {
  %q = call ptr @__quantum__rt__qubit_allocate()
  %slot = alloca ptr
  store ptr %q, ptr %slot
  %id = load i64, ptr %slot
  call void @__quantum__rt__int_record_output(i64 %id, ptr null)
  ret void
}

define internal void @record_item(ptr %array, i64 %index) {
  %place = call ptr @__quantum__rt__array_get_element_ptr_1d(ptr %array, i64 %index)
  %id = load i64, ptr %place
  call void @__quantum__rt__int_record_output(i64 %id, ptr null)
  ret void
}

declare void @__quantum__rt__initialize(ptr)
declare ptr @__quantum__rt__qubit_allocate()
declare ptr @__quantum__rt__qubit_allocate_array(i64)
declare void @__quantum__rt__qubit_release(ptr)
declare void @__quantum__rt__qubit_release_array(ptr)
declare ptr @__quantum__rt__qubit_to_string(ptr)
declare ptr @__quantum__rt__array_get_element_ptr_1d(ptr, i64)
declare void @__quantum__rt__message(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__r__body(i2, double, ptr)
declare void @__quantum__qis__swap__body(ptr, ptr)
declare void @__quantum__qis__ccx__body(ptr, ptr, ptr)
declare void @__quantum__qis__reset__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare i1 @__quantum__rt__read_result(ptr)
declare void @__quantum__rt__write_result(i1, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
