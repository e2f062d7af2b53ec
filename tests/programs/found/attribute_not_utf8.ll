; As bitcode it ended the engine process: LLVM prints the attribute as the bytes that it has.

define i64 @main() #0 {
  ret i64 7
}

attributes #0 = { "entry_point" "what it does\DF" }
