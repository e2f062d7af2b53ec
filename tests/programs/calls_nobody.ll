; Calls a function that nobody defines.

define void @CallsNobody() {
  call void @nobody_defines_this(i64 3)
  ret void
}

declare void @nobody_defines_this(i64)
