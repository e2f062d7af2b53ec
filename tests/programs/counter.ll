; Counts how often it was called, in a variable that others can use too.

@count = global i64 0

define i64 @increment() {
  %old = load i64, ptr @count
  %new = add i64 %old, 1
  store i64 %new, ptr @count
  ret i64 %new
}
