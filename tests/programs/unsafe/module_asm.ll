; Assembler code of the module itself.
module asm "nop"

define i64 @main() {
  ret i64 7
}
