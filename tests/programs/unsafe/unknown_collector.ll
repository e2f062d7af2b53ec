; A garbage collector that nobody wrote.
define i64 @main() gc "of-my-own" {
  ret i64 7
}
