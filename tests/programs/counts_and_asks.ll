; Counts with counter.ll, and calls a function in Python, so that it runs where that is.
define i64 @count_and_ask() {
  %where = call i64 @where()
  %count = call i64 @increment()
  ret i64 %count
}

declare i64 @where()
declare i64 @increment()
