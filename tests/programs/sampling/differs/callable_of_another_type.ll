; A callable's function takes one more number than the library gives it.
define void @main() #0 {
  call void @__quantum__qis__h__body(ptr null)
  call void @__quantum__qis__mz__body(ptr null, ptr null)
  %callable = call ptr @__quantum__rt__callable_create(ptr @table, ptr null, ptr null)
  call void @__quantum__rt__callable_invoke(ptr %callable, ptr null, ptr null)
  ret void
}

@table = internal constant [4 x ptr] [ptr @record, ptr null, ptr null, ptr null]
define internal void @record(ptr %capture, ptr %arguments, ptr %answer, double %number) {
  %bits = bitcast double %number to i64
  call void @__quantum__rt__int_record_output(i64 %bits, ptr null)
  ret void
}

declare ptr @__quantum__rt__callable_create(ptr, ptr, ptr)
declare void @__quantum__rt__callable_invoke(ptr, ptr, ptr)
declare void @__quantum__qis__h__body(ptr)
declare void @__quantum__qis__mz__body(ptr, ptr)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
