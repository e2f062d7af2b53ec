; What LLVM's code generator aborts at: a call that is announced and never made.

define void @main() {
  %call = call token @llvm.call.preallocated.setup(i32 1)
  ret void
}

declare token @llvm.call.preallocated.setup(i32)
