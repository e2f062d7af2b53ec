; A number that is none.
define i64 @main() #0 {
  %frame = alloca [10000 x i8]
  store volatile i8 0, ptr %frame
  ret i64 7
}

attributes #0 = { "stack-probe-size"="many" }
