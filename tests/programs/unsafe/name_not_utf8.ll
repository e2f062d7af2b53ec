; A name that is no text.
define i64 @main() {
  ret i64 7
}

define void @"f\FF"() {
  ret void
}
