; Uses functions and a variable of other modules. Names are mentioned in remarks and inside of other names too.

; @helper is declared at the end, @table before its use
@table = external global [4 x i64]
@helper.count = global i64 0

define void @main() {
  %count = load i64, ptr @helper.count       ; not yet @helper
  call void @"quoted name"()
  %entry = getelementptr i64, ptr @table, i64 1
  call void @helper(ptr %entry)
  ret void
}

declare void @helper(ptr)
declare void @"quoted name"()
declare void @never_called(i64)
