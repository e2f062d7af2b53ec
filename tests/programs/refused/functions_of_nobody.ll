; Two functions and a variable that nobody defines.
@table = external global i64

declare i64 @decode(i64)
declare void @__quantum__qis__warp__body(ptr, double)

define i64 @main() {
  call void @__quantum__qis__warp__body(ptr null, double 0.5)
  %syndrome = load i64, ptr @table
  %correction = call i64 @decode(i64 %syndrome)
  ret i64 %correction
}
