; For a machine that stores the first byte last.
target datalayout = "E-m:e-i64:64-n32:64"

define i64 @main() {
  ret i64 1
}
