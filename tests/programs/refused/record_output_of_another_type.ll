; The label is missing, and the result is a number.
declare void @__quantum__rt__result_record_output(i64)

define void @main() {
  call void @__quantum__rt__result_record_output(i64 0)
  ret void
}
