; Shots that count themselves: 1, 2, 3, and so on.
@count = internal global i64 0

define void @main() #0 {
  %before = load i64, ptr @count
  %after = add i64 %before, 1
  store i64 %after, ptr @count
  call void @__quantum__rt__int_record_output(i64 %after, ptr null)
  ret void
}

declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
