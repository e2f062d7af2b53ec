; Assembler code that may jump.
define i64 @main() {
entry:
  callbr void asm sideeffect "nop", "!i"() to label %here [label %there]
here:
  ret i64 7
there:
  ret i64 8
}
