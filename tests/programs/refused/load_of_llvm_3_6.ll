; The type of what is loaded was not written before LLVM 3.7.
@number = internal global i64 1

define i64 @main() {
  %1 = load i64* @number
  ret i64 %1
}
