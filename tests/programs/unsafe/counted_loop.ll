; A loop whose count is in a register for it, which this processor has not.
declare i1 @llvm.loop.decrement.i32(i32)
define i1 @main() {
  %more = call i1 @llvm.loop.decrement.i32(i32 1)
  ret i1 %more
}
