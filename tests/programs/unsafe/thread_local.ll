; A variable for each thread.
@count = thread_local global i64 7

define i64 @main() {
  %count = load i64, ptr @count
  ret i64 %count
}
