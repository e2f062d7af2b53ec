; LLVM reads it, and then finds that a value is used before there is one.
define i64 @main() {
entry:
  br i1 true, label %one, label %two
one:
  %value = add i64 1, 2
  br label %two
two:
  ret i64 %value
}
