; A function that has a number only.
define i64 @0() {
  ret i64 1
}
