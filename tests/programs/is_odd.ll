; One half of a circle: is_even.ll has the other.

declare i64 @is_even(i64)
define i64 @is_odd(i64 %n) {
  %zero = icmp eq i64 %n, 0
  br i1 %zero, label %no, label %ask
no:
  ret i64 0
ask:
  %less = sub i64 %n, 1
  %even = call i64 @is_even(i64 %less)
  ret i64 %even
}
