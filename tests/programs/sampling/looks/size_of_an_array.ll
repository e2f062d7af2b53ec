; The library makes an array as large as the result says, and tells how large it is.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %n = ptrtoint ptr %r to i64
  %one = call ptr @__quantum__rt__result_get_one()
  %m = ptrtoint ptr %one to i64
  %x = xor i64 %n, %m
  %c = call i64 @llvm.umin.i64(i64 %x, i64 1)
  %t = call ptr @__quantum__rt__array_create_1d(i32 8, i64 %c)
  %k = call i64 @__quantum__rt__array_get_size_1d(ptr %t)
  %bit = icmp eq i64 %k, 0
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

declare i64 @llvm.umin.i64(i64, i64)

declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__array_create_1d(i32, i64)
declare i64 @__quantum__rt__array_get_size_1d(ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
