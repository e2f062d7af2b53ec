; A function's name for an address.
@somewhere = alias void (), inttoptr (i64 12345 to ptr)

define void @main() {
  call void @somewhere()
  ret void
}
