; A callable measures, and its result comes back in a tuple.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %c = call ptr @__quantum__rt__callable_create(ptr @tab, ptr null, ptr null)
  %res = call ptr @__quantum__rt__tuple_create(i64 8)
  call void @__quantum__rt__callable_invoke(ptr %c, ptr null, ptr %res)
  %r = load ptr, ptr %res
  %one = call ptr @__quantum__rt__result_get_one()
  %bit = icmp eq ptr %r, %one
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

@tab = internal constant [4 x ptr] [ptr @bd, ptr null, ptr null, ptr null]
define internal void @bd(ptr %c, ptr %a, ptr %r) {
  %x = call ptr @__quantum__qis__m__body(ptr null)
  store ptr %x, ptr %r
  ret void
}

declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__callable_create(ptr, ptr, ptr)
declare void @__quantum__rt__callable_invoke(ptr, ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)
declare ptr @__quantum__rt__tuple_create(i64)

attributes #0 = { "entry_point" }
