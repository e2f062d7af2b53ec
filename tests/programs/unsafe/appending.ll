; A list that only LLVM may have.
@list = appending global [1 x i64] [i64 7]

define i64 @main() {
  ret i64 7
}
