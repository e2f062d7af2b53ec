; A way to call that only LLVM's own stack maps have.
define anyregcc void @step(i64 %number) {
  ret void
}

define i64 @main() {
  call anyregcc void @step(i64 1)
  ret i64 7
}
