; A tile of a matrix is no value that a function can be given.
define void @main({ x86_amx, i64 } %tile) {
  ret void
}
