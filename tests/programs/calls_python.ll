; Gives what a function in Python returns.
define i64 @ask_python() {
  %answer = call i64 @where()
  ret i64 %answer
}

declare i64 @where()
