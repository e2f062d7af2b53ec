; LLVM ends the process at the code for this call.
%Storage = type opaque
%Pair = type { i64, [2 x %Storage] }

define void @main(ptr %function) {
  call void %function(%Pair undef)
  ret void
}
