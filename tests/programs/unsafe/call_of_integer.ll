; Whatever is at this address is called. The argument is a qubit, as it should be.
define void @main() {
  call void inttoptr (i64 12345 to ptr)(ptr inttoptr (i64 1 to ptr))
  ret void
}
