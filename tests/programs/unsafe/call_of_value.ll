; The integer becomes a pointer in an instruction before.
define void @main() {
  %qubit = inttoptr i64 1 to ptr
  %address = inttoptr i64 12345 to ptr
  call void %address(ptr %qubit)
  ret void
}
