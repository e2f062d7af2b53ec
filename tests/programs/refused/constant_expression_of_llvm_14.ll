; A constant expression that LLVM 15 dropped.
define double @main() {
  ret double fadd (double 1.0, double 2.0)
}
