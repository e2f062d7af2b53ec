; LLVM's passes use it among themselves: there is no code for it.
declare i64 @llvm.ssa.copy.i64(i64 returned)
define i64 @main() {
  %copy = call i64 @llvm.ssa.copy.i64(i64 3)
  ret i64 %copy
}
