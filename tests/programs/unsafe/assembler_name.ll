; A public name of the kind that the assembler forgets.
define i64 @main() {
  call void @.Lstep()
  ret i64 7
}

define void @.Lstep() {
  ret void
}
