; The same with pointers of types.
%Qubit = type opaque

define void @main() {
  call void inttoptr (i64 12345 to void (%Qubit*)*)(%Qubit* null)
  ret void
}
