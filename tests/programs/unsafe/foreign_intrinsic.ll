; An instruction that no other machine has.
define i64 @main() {
  call void @llvm.aarch64.dmb(i32 1)
  ret i64 7
}

declare void @llvm.aarch64.dmb(i32)
