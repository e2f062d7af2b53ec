; Assembler code that the assembler does not know.

define void @main() {
  call void asm sideeffect "no such instruction", ""()
  ret void
}
