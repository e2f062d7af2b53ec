; The type of what is passed by value was not written before LLVM 15.
%Range = type { i64, i64, i64 }

declare void @of_range(%Range* byval %range)
define void @main() {
  call void @of_range(%Range* byval null)
  ret void
}
