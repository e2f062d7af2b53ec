; LLVM would call `system` with the function's first argument, before the function's own code. (Written without the
; comment in between, the attribute is left out: how the stack is probed is not the program's to say.)
define i64 @main() {
  call void @large(ptr null)
  ret i64 7
}

define void @large(ptr %command) "probe-stack" /* of whom? */ = "system" {
  %frame = alloca [10000 x i8]
  store volatile i8 0, ptr %frame
  ret void
}
