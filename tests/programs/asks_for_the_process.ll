; Not trusted itself; `process` is a function of c_library.ll, which is.
define i32 @asks() {
  %number = call i32 @process()
  ret i32 %number
}

declare i32 @process()
