; A function that is to run after everything else.
@llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @end, ptr null }]

define internal void @end() {
  ret void
}

define i64 @main() {
  ret i64 7
}
