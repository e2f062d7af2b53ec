; The library compares the address with another one, as big integers.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %n = ptrtoint ptr %r to i64
  %s = call ptr @__quantum__rt__bigint_create_i64(i64 %n)
  %one = call ptr @__quantum__rt__result_get_one()
  %m = ptrtoint ptr %one to i64
  %t = call ptr @__quantum__rt__bigint_create_i64(i64 %m)
  %bit = call i1 @__quantum__rt__bigint_equal(ptr %s, ptr %t)
  br i1 %bit, label %flip, label %measure
flip:
  call void @__quantum__qis__x__body(ptr inttoptr (i64 1 to ptr))
  br label %measure
measure:
  call void @__quantum__qis__mz__body(ptr inttoptr (i64 1 to ptr), ptr inttoptr (i64 1 to ptr))
  call void @__quantum__rt__result_record_output(ptr %r, ptr null)
  call void @__quantum__rt__result_record_output(ptr inttoptr (i64 1 to ptr), ptr null)
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__bigint_create_i64(i64)
declare i1 @__quantum__rt__bigint_equal(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
