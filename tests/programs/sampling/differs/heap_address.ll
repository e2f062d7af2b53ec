; Each shot allocates a tuple and keeps it.
define void @main() #0 {
  %tuple = call ptr @__quantum__rt__tuple_create(i64 64)
  %n = ptrtoint ptr %tuple to i64
  call void @__quantum__rt__int_record_output(i64 %n, ptr null)
  ret void
}
declare ptr @__quantum__rt__tuple_create(i64)
declare void @__quantum__rt__int_record_output(i64, ptr)

attributes #0 = { "entry_point" }
