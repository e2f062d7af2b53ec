; It needs an angle and a count.
define double @main(double %angle, i32 %count) {
  ret double %angle
}
