; As floats_x86_64.ll, on any other machine: what LLVM knows for all of them. There a program that has changed the environment
; finds the default one again behind what it asks for.

define void @qirjit_reset_floats() {
  call void @llvm.reset.fpenv()
  ret void
}

define i64 @qirjit_default_floats() {
  call void @llvm.reset.fpenv()
  ret i64 0
}
define void @qirjit_restore_floats(i64 %before) {
  ret void
}

declare void @llvm.reset.fpenv()
