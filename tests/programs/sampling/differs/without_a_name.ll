; A variable without a name.
@0 = internal global i64 0
define void @main() #0 {
  %old = load i64, ptr @0
  %n = add i64 %old, 1
  store i64 %n, ptr @0
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
