; Functions that only this module sees, one with a name beyond ASCII, and one that calls them all.

define private i64 @hidden() {
  ret i64 1
}

define internal i64 @inner() {
  ret i64 2
}

define i64 @"größe"() {
  ret i64 4
}

define i64 @sum() {
  %1 = call i64 @hidden()
  %2 = call i64 @inner()
  %3 = call i64 @"größe"()
  %4 = add i64 %1, %2
  %5 = add i64 %4, %3
  ret i64 %5
}
