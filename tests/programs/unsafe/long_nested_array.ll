; Three million numbers as one value: LLVM ends the process at it.
@numbers = global [3000 x [1000 x i64]] zeroinitializer

define i64 @main() {
  %all = load [3000 x [1000 x i64]], ptr @numbers
  store [3000 x [1000 x i64]] %all, ptr @numbers
  ret i64 7
}
