; A function reads more numbers than it was given.
define void @main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  call void (i64, ...) @record(i64 1)
  ret void
}

define internal void @record(i64 %count, ...) noinline {
  %list = alloca [32 x i8], align 8
  call void @llvm.va_start.p0(ptr %list)
  %number = va_arg ptr %list, i64
  call void @llvm.va_end.p0(ptr %list)
  call void @__quantum__rt__int_record_output(i64 %number, ptr null)
  ret void
}

declare void @llvm.va_start.p0(ptr)
declare void @llvm.va_end.p0(ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
