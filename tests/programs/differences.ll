; What qirrunner outputs in other words, or has wrong.

@tab = internal constant [4 x i8] c"a\09b\00"
@lines = internal constant [6 x i8] c"a\0Ab\0Dc\00"

define i64 @doubles() #0 {
  call void @__quantum__rt__double_record_output(double 0x7FF0000000000000, ptr null)
  call void @__quantum__rt__double_record_output(double 0xFFF0000000000000, ptr null)
  call void @__quantum__rt__double_record_output(double 0x7FF8000000000000, ptr null)
  call void @__quantum__rt__double_record_output(double 1.5, ptr null)
  ret i64 0
}

define i64 @labels() #1 {
  call void @__quantum__rt__bool_record_output(i1 true, ptr @tab)
  call void @__quantum__rt__bool_record_output(i1 true, ptr @lines)
  ret i64 0
}

define i64 @returns_three() #0 {
  ret i64 3
}

; Both are One.
define i64 @compares_ids() #0 {
  call void @__quantum__qis__x__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr inttoptr (i64 1 to ptr))
  %same = call i1 @__quantum__rt__result_equal(ptr null, ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__bool_record_output(i1 %same, ptr null)
  ret i64 0
}

; Nothing has measured into result 1.
define i64 @unmeasured() #0 {
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret i64 0
}

; A One that m returns, and a Zero that mz has put into result 1.
define i64 @mixed() #0 {
  call void @__quantum__qis__x__body(ptr null)
  %one = call ptr @__quantum__qis__m__body(ptr null)
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr %one, ptr null)
  ret i64 0
}

declare void @__quantum__rt__double_record_output(double, ptr)
declare void @__quantum__rt__bool_record_output(i1, ptr)
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare i1 @__quantum__rt__result_equal(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__qis__m__body(ptr)

attributes #0 = { "entry_point" "required_num_qubits"="2" "required_num_results"="2" }
attributes #1 = { "entry_point" "odd"="va\09lue" "required_num_qubits"="2" "required_num_results"="2" }
