; A function that is to run before anything else.
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @begin, ptr null }]

define internal void @begin() {
  ret void
}

define i64 @main() {
  ret i64 7
}
