; Calls what another module defines.

declare i64 @number()
define i64 @twice() {
  %number = call i64 @number()
  %twice = mul i64 %number, 2
  ret i64 %twice
}
