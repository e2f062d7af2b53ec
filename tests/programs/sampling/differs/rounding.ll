; How the processor rounds, which the last shot has set.
define void @main() #0 {
  %mode = call i32 @llvm.get.rounding()
  call void @llvm.set.rounding(i32 0)
  %n = zext i32 %mode to i64
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare i32 @llvm.get.rounding()
declare void @llvm.set.rounding(i32)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
