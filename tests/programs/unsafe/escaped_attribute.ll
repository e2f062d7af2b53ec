; The same, with an escape in the attribute's name.
define i64 @main() "probe\2Dstack"="system" {
  %frame = alloca [10000 x i8]
  store volatile i8 0, ptr %frame
  ret i64 7
}
