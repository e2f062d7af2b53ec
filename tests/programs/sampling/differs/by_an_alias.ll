; The variable is used by another name only.
@llvm.counter = internal global i64 0
@llvm.alias = internal alias i64, ptr @llvm.counter
define void @main() #0 {
  %old = load i64, ptr @llvm.alias
  %n = add i64 %old, 1
  store i64 %n, ptr @llvm.alias
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
