; One function for each gate of toy_simulator.c.

define void @flip_and_measure() #0 {
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr null, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

define i64 @initialiser_calls() {
  %calls = call i64 @__quantum__qis__drawrandomint__body(i64 0, i64 9)
  ret i64 %calls
}

define void @print() {
  call void @__quantum__qis__h__body(ptr inttoptr (i64 5 to ptr))
  ret void
}

define void @print_errors() {
  call void @__quantum__qis__s__body(ptr inttoptr (i64 6 to ptr))
  ret void
}

define void @write() {
  call void @__quantum__qis__t__body(ptr null)
  ret void
}

; prints, and goes on for ever
define void @print_then_hang() {
entry:
  call void @__quantum__qis__h__body(ptr inttoptr (i64 5 to ptr))
  br label %turn
turn:
  br label %turn
}

define void @flood() {
  call void @__quantum__qis__sx__body(ptr null)
  ret void
}

define void @abort() {
  call void @__quantum__qis__y__body(ptr null)
  ret void
}

define void @exit_with_0() {
  call void @__quantum__qis__z__body(ptr null)
  ret void
}

define void @exit_with_3() {
  call void @__quantum__qis__z__body(ptr inttoptr (i64 3 to ptr))
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__s__body(ptr)
declare void @__quantum__qis__sx__body(ptr)
declare void @__quantum__qis__t__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare void @__quantum__qis__y__body(ptr)
declare void @__quantum__qis__z__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare i64 @__quantum__qis__drawrandomint__body(i64, i64)
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
