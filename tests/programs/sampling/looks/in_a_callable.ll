; A callable captures the result and hands it to its function.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %one = call ptr @__quantum__rt__result_get_one()
  %capture = call ptr @__quantum__rt__tuple_create(i64 8)
  store ptr %r, ptr %capture
  %callable = call ptr @__quantum__rt__callable_create(ptr @table, ptr null, ptr %capture)
  %answer = alloca i64
  store i64 0, ptr %answer
  call void @__quantum__rt__callable_invoke(ptr %callable, ptr null, ptr %answer)
  %n = load i64, ptr %answer
  %bit = icmp eq i64 %n, 1
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

@table = internal constant [4 x ptr] [ptr @body, ptr null, ptr null, ptr null]
define internal void @body(ptr %capture, ptr %arguments, ptr %answer) {
  %r = load ptr, ptr %capture
  %one = call ptr @__quantum__rt__result_get_one()
  %same = icmp eq ptr %r, %one
  %n = zext i1 %same to i64
  store i64 %n, ptr %answer
  ret void
}
declare ptr @__quantum__rt__tuple_create(i64)
declare ptr @__quantum__rt__callable_create(ptr, ptr, ptr)
declare void @__quantum__rt__callable_invoke(ptr, ptr, ptr)

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
