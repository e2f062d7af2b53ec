; Where the stack is.
define void @main() #0 {
  %slot = alloca i64
  %n = ptrtoint ptr %slot to i64
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
