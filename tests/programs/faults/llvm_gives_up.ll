; What LLVM's code generator aborts at: options for a linker that are no strings.

define void @main() {
  ret void
}

!llvm.linker.options = !{!0}

!0 = !{i32 1}
