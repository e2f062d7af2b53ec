; LLVM would call `system` with the function's first argument, before the function's own code.
define i64 @main() {
  call void @large(ptr null)
  ret i64 7
}

define void @large(ptr %command) "probe-stack" = "system" {
  %frame = alloca [10000 x i8]
  store volatile i8 0, ptr %frame
  ret void
}
