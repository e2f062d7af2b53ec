; Adds arguments of many types, more than a processor has registers for.

define i64 @sum(i1 %a, i8 %b, double %c, i16 %d, float %e, i32 %f, i64 %g, i64 %h, i64 %i) {
  %a.64 = zext i1 %a to i64
  %b.64 = sext i8 %b to i64
  %c.64 = fptosi double %c to i64
  %d.64 = sext i16 %d to i64
  %e.64 = fptosi float %e to i64
  %f.64 = sext i32 %f to i64
  %1 = add i64 %a.64, %b.64
  %2 = add i64 %1, %c.64
  %3 = add i64 %2, %d.64
  %4 = add i64 %3, %e.64
  %5 = add i64 %4, %f.64
  %6 = add i64 %5, %g
  %7 = add i64 %6, %h
  %8 = add i64 %7, %i
  ret i64 %8
}
