; Calls what twice.ll defines, and counts how often.

declare i64 @twice()
@count = internal global i64 0
@limit = constant i64 5
define i64 @counted() {
  %ignored = call i64 @twice()
  %old = load i64, ptr @count
  %new = add i64 %old, 1
  store i64 %new, ptr @count
  ret i64 %new
}
