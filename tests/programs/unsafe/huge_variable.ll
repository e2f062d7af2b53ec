; More than any machine has.
@memory = global [1099511627776 x i8] zeroinitializer

define i64 @main() {
  ret i64 7
}
