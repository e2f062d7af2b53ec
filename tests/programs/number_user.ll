; Returns what another cell's @number returns.

define i64 @user() {
  %n = call i64 @number()
  ret i64 %n
}

declare i64 @number()
