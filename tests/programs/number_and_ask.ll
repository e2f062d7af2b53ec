; The number that some other module has, where a function in Python is.
define i64 @number_and_ask() {
  %where = call i64 @where()
  %number = call i64 @number()
  ret i64 %number
}

declare i64 @where()
declare i64 @number()
