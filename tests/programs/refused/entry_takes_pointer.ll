; No argument is a pointer.
define void @main(ptr %qubits) {
  ret void
}
