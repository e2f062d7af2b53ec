; One half of a circle: is_odd.ll has the other.

declare i64 @is_odd(i64)
define i64 @is_even(i64 %n) {
  %zero = icmp eq i64 %n, 0
  br i1 %zero, label %yes, label %ask
yes:
  ret i64 1
ask:
  %less = sub i64 %n, 1
  %odd = call i64 @is_odd(i64 %less)
  ret i64 %odd
}
