; Data that is put where code is, and called: 0xc3 returns.
@bytes = constant [1 x i8] c"\C3", section ".text"

define i64 @main() {
  call void @bytes()
  ret i64 7
}
