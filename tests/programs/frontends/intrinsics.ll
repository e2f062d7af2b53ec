; What intrinsics.qs leaves to the target.

define void @Turned(double %halves, ptr %qubit) {
  %angle = fmul double %halves, 0x400921FB54442D18 ; pi
  call void @__quantum__qis__ry__body(double %angle, ptr %qubit)
  ret void
}

define i64 @Twice(i64 %n) {
  %twice = shl i64 %n, 1
  ret i64 %twice
}

declare void @__quantum__qis__ry__body(double, ptr)
