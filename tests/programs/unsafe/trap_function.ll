; A trap that calls a function of this name.
declare void @llvm.trap()

define void @main() {
  call void @llvm.trap() "trap-func-name"="abort"
  ret void
}
