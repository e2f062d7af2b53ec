; A section that is called like a function.
@seven = global i64 7, section "main"

define i64 @main() {
  ret i64 7
}
