; An instruction in the assembler's words, which returns its operand.
define i64 @main() {
  %seven = call i64 asm "movq $1, $0", "=r,r"(i64 7)
  ret i64 %seven
}
