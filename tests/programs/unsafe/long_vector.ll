; More elements than LLVM takes apart.
define void @main(ptr %numbers) {
  %values = load <1000000 x i64>, ptr %numbers
  %twice = add <1000000 x i64> %values, %values
  store <1000000 x i64> %twice, ptr %numbers
  ret void
}
