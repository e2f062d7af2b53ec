; Output functions under older names and types. What stands before the slash is the name that a program declares.
;
; Sources: qir-alliance/qir-spec, specification/under_development/output_schemas (the drafts before 1.0 with one parameter,
; start and end markers); qir-runner's stdlib; pytket-qir, whose PYTKET profile records 32-bit integers.

; ---- no label ----------------------------------------------------------------------------------------------------

define void @"__quantum__rt__result_record_output/unlabeled"(ptr %result) {
  call void @__quantum__rt__result_record_output(ptr %result, ptr null)
  ret void
}
define void @"__quantum__rt__bool_record_output/unlabeled"(i1 %bool) {
  call void @__quantum__rt__bool_record_output(i1 %bool, ptr null)
  ret void
}
define void @"__quantum__rt__int_record_output/unlabeled"(i64 %int) {
  call void @__quantum__rt__int_record_output(i64 %int, ptr null)
  ret void
}
define void @"__quantum__rt__double_record_output/unlabeled"(double %double) {
  call void @__quantum__rt__double_record_output(double %double, ptr null)
  ret void
}
define void @"__quantum__rt__tuple_record_output/unlabeled"(i64 %count) {
  call void @__quantum__rt__tuple_record_output(i64 %count, ptr null)
  ret void
}
define void @"__quantum__rt__array_record_output/unlabeled"(i64 %count) {
  call void @__quantum__rt__array_record_output(i64 %count, ptr null)
  ret void
}

; ---- other names and widths --------------------------------------------------------------------------------------

define void @__quantum__rt__float_record_output(double %double, ptr %label) {
  call void @__quantum__rt__double_record_output(double %double, ptr %label)
  ret void
}
define void @"__quantum__rt__float_record_output/unlabeled"(double %double) {
  call void @__quantum__rt__double_record_output(double %double, ptr null)
  ret void
}
define void @"__quantum__rt__int_record_output/i32"(i32 %int, ptr %label) {
  %wide = sext i32 %int to i64
  call void @__quantum__rt__int_record_output(i64 %wide, ptr %label)
  ret void
}

; ---- containers between a start and an end -----------------------------------------------------------------------
; How many items there are is known at the end only, and then put into the record of the start.

define void @__quantum__rt__tuple_start_record_output() {
  call void @qirjit_start_container(i32 6)
  ret void
}
define void @__quantum__rt__tuple_end_record_output() {
  call void @qirjit_end_container()
  ret void
}
define void @__quantum__rt__array_start_record_output() {
  call void @qirjit_start_container(i32 7)
  ret void
}
define void @__quantum__rt__array_end_record_output() {
  call void @qirjit_end_container()
  ret void
}

declare void @__quantum__rt__result_record_output(ptr, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)
declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__rt__tuple_record_output(i64, ptr)
declare void @__quantum__rt__array_record_output(i64, ptr)
declare void @qirjit_start_container(i32)
declare void @qirjit_end_container()
