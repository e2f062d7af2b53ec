; The section of zeros with something else in it.
@seven = global i64 7, section ".bss"

define i64 @main() {
  ret i64 7
}
