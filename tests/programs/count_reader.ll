; Reads the variable of counter.ll.

@count = external global i64
define i64 @look() {
  %count = load i64, ptr @count
  ret i64 %count
}
