; Adds an integer and a floating-point number.

define double @Add(i64 %a, double %b) {
  %a.double = sitofp i64 %a to double
  %sum = fadd double %a.double, %b
  ret double %sum
}
