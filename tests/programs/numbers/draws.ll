; Random numbers between the ends that are given, as Q# draws them.

define double @part(double %least, double %most) {
  %number = call double @__quantum__qis__drawrandomdouble__body(double %least, double %most)
  ret double %number
}

define i64 @whole(i64 %least, i64 %most) {
  %number = call i64 @__quantum__qis__drawrandomint__body(i64 %least, i64 %most)
  ret i64 %number
}

declare double @__quantum__qis__drawrandomdouble__body(double, double)
declare i64 @__quantum__qis__drawrandomint__body(i64, i64)
