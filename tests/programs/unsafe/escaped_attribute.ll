; The same as trap_function, with an escape in the attribute's name.
declare void @llvm.trap()

define void @main() {
  call void @llvm.trap() "trap\2Dfunc-name"="abort"
  ret void
}
