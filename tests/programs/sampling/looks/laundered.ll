; An intrinsic gives a pointer that LLVM takes for another one.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %a = call ptr @llvm.launder.invariant.group.p0(ptr %r)
  %one = call ptr @__quantum__rt__result_get_one()
  %bit = icmp eq ptr %a, %one
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

declare ptr @llvm.launder.invariant.group.p0(ptr)

declare void @__quantum__qis__h__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
