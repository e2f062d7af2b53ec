; Half of the pointer is copied and loaded.
define void @main() #0 {
start:
  call void @__quantum__qis__h__body(ptr null)
  %r = call ptr @__quantum__qis__m__body(ptr null)
  %one = call ptr @__quantum__rt__result_get_one()
  %slot = alloca ptr
  %other = alloca ptr
  %half = alloca i32
  %half.one = alloca i32
  store ptr %r, ptr %slot
  store ptr %one, ptr %other
  call void @llvm.memcpy.p0.p0.i64(ptr %half, ptr %slot, i64 4, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %half.one, ptr %other, i64 4, i1 false)
  %a = load i32, ptr %half
  %b = load i32, ptr %half.one
  %bit = icmp eq i32 %a, %b
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

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__x__body(ptr)
declare ptr @__quantum__qis__m__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare ptr @__quantum__rt__result_get_one()
declare void @__quantum__rt__result_record_output(ptr, ptr)

attributes #0 = { "entry_point" }
